// A schedule as a word that can be pasted into a mail and typed from a screen:
// "12jg5-…", of digits and small letters without i, l, o and u, in groups of five.
//
// In the order of its bytes, five bits a character (Crockford's base 32), the last one padded with
// zeros; numbers are of variable length, seven bits a byte, low ones first, as short as can be:
//   format           1 byte, 1 here
//   length           of what follows up to the checksum
//   source, lab, tool  4, 2 and 2 bytes of their fingerprints, low ones first
//   scenario
//   what is beside   bit 0: an injection, bit 1: watched bytes
//   injection        task, ordinal, error
//   watched bytes    their count; of each, program, address (since the end of the one before where
//                    that was of the same program), length
//   deviations       their count; of each, decisions since the one before, and kind + 4 * task
//   checksum         CRC-32 (ISO 3309) of all bytes before it, 4 bytes, low ones first
// A CRC finds every single wrong character and every two that changed places.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "explore/schedule.h"

namespace ipcgrade {

/// A short hash of texts and numbers, the same everywhere. Not against those who want two texts to
/// have the same one: a wrong token replays another order, no more.
class Fingerprint {
 public:
  /// Adding "ab" and "c" gives another one than adding "a" and "bc".
  void add(std::string_view text);
  void add(std::uint64_t number);
  [[nodiscard]] std::uint64_t value() const { return hash_; }

 private:
  void add_byte(std::uint8_t byte);

  std::uint64_t hash_ = 0xcbf29ce484222325U;
};

/// What a schedule belongs to: it means nothing for another source, lab or version of the tool.
struct Origin {
  std::uint32_t source = 0;
  std::uint16_t lab = 0;
  std::uint16_t tool = 0;

  friend bool operator==(const Origin&, const Origin&) = default;
};

/// Of fingerprints.
[[nodiscard]] Origin make_origin(std::uint64_t source, std::uint64_t lab, std::uint64_t tool);

struct Token {
  Origin origin;
  Schedule schedule;

  friend bool operator==(const Token&, const Token&) = default;
};

enum class TokenFault : std::uint8_t {
  kCharacter,  ///< one that no token has
  kTruncated,
  kTooLong,
  kTypo,     ///< the checksum is wrong
  kFormat,   ///< of another version of the format
  kDamaged,  ///< the checksum is right, the rest makes no sense: not made by this program
};

struct TokenError {
  TokenFault fault{};
  std::string message;  ///< a sentence without its final stop; holds no byte of the token
};

[[nodiscard]] std::string encode(const Token& token);

/// Spaces, line ends and hyphens are left out, capitals are as good as small letters, and i, l and
/// o are read as the digits that they look like. Any bytes may be given.
[[nodiscard]] std::expected<Token, TokenError> decode(std::string_view text);

/// Why a token from there is of no use here, a sentence without its final stop; empty where it is.
[[nodiscard]] std::string origin_mismatch(const Origin& there, const Origin& here);

}  // namespace ipcgrade
