// What scenarios, results and channels are made of: programs, their processes, signals, bytes.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assignment/assignment.h"
#include "assignment/parse.h"
#include "assignment/reader.h"

namespace ipcgrade {

inline constexpr std::int64_t kLargestKey = std::numeric_limits<key_t>::max();
inline constexpr std::string_view kPartyExpected =
    R"(a program, such as "server", or "child of server")";
inline constexpr std::string_view kRepeatedExpected =
    R"(bytes that the text is repeated to, such as "8MiB")";
inline constexpr std::string_view kRoundsExpected =
    R"(a table such as { ask = "SIGUSR1", answer = "SIGUSR2", from = "ping", to = "child of ping" })";

/// Reads them in one file: borrows all that it is made from.
class PartReader {
 public:
  /// `programs` are those of the lab, or nullopt where they could not be read: names are not
  /// checked against them then.
  PartReader(const std::optional<std::vector<std::string>>& programs, const ReadLabFile& read_file,
             Mistakes& mistakes)
      : programs_(programs), read_file_(read_file), mistakes_(mistakes) {}

  /// Whether it is a program of the lab; noted where it is not.
  [[nodiscard]] bool knows(std::string_view program, Place place) const;

  [[nodiscard]] std::optional<Party> party(const TableReader& reader, std::string_view key,
                                           Need need) const;
  /// Its number.
  [[nodiscard]] std::optional<int> signal(const TableReader& reader, std::string_view key,
                                          Need need) const;
  /// `table` has the keys ask, answer, from, to; times, where that is to be filled; and it may have
  /// end, where that is.
  [[nodiscard]] Rounds rounds(const toml::table& table, OuterTable outer,
                              std::uint64_t* times = nullptr, int* end = nullptr) const;

  struct BytesKeys {
    std::string_view text;
    std::string_view file;  ///< the path of one that has the text
    std::string_view size;  ///< what it is repeated to
  };
  [[nodiscard]] std::optional<std::string> bytes(const TableReader& reader, BytesKeys keys,
                                                 Need need) const;

 private:
  [[nodiscard]] std::optional<std::string> text_or_file(const TableReader& reader, BytesKeys keys,
                                                        Need need) const;

  const std::optional<std::vector<std::string>>& programs_;
  const ReadLabFile& read_file_;
  Mistakes& mistakes_;
};

}  // namespace ipcgrade
