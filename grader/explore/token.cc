#include "explore/token.h"

#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace ipcgrade {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::uint64_t kInjection = 1;
constexpr std::uint64_t kWatched = 2;
constexpr std::size_t kGroup = 5;
constexpr std::size_t kChecksumSize = 4;
constexpr std::size_t kMostCharacters = 1'000'000;

using Bytes = std::vector<std::uint8_t>;

std::uint32_t crc32(std::span<const std::uint8_t> bytes) {
  std::uint32_t crc = 0xffffffffU;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320U : 0);
  }
  return ~crc;
}

class Writer {
 public:
  template <typename T>
  void fixed(T number) {
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      bytes.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
    }
  }
  void number(std::uint64_t number) {
    for (; number >= 0x80; number >>= 7) {
      bytes.push_back(static_cast<std::uint8_t>(number | 0x80));
    }
    bytes.push_back(static_cast<std::uint8_t>(number));
  }

  Bytes bytes;
};

/// Once something was wrong, everything read is 0.
class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  template <typename T>
  T fixed() {
    T number = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      number = static_cast<T>(number | static_cast<T>(static_cast<T>(byte()) << (8 * i)));
    }
    return number;
  }
  std::uint64_t number(std::uint64_t most) {
    std::uint64_t number = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t next = byte();
      number |= static_cast<std::uint64_t>(next & 0x7f) << shift;
      if ((next & 0x80) != 0) continue;
      const bool is_shortest = next != 0 || shift == 0;
      const bool fits = shift + 7 <= 64 || next >> (64 - shift) == 0;
      if (number > most || !is_shortest || !fits) fail();
      return is_good_ ? number : 0;
    }
    fail();
    return 0;
  }
  void fail() { is_good_ = false; }
  [[nodiscard]] bool is_good() const { return is_good_; }
  [[nodiscard]] bool is_at_end() const { return at_ == bytes_.size(); }
  [[nodiscard]] std::size_t at() const { return at_; }

 private:
  std::uint8_t byte() {
    if (!is_good_ || is_at_end()) {
      fail();
      return 0;
    }
    return bytes_[at_++];
  }

  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
  bool is_good_ = true;
};

std::string to_text(const Bytes& bytes) {
  std::string text;
  std::uint32_t pending = 0;
  unsigned bits = 0;
  std::size_t characters = 0;
  const auto add = [&](std::uint32_t digit) {
    if (characters++ % kGroup == 0 && !text.empty()) text += '-';
    text += kAlphabet[digit & 31];
  };
  for (const std::uint8_t byte : bytes) {
    pending = (pending << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) add(pending >> (bits - 5));
  }
  if (bits > 0) add(pending << (5 - bits));
  return text;
}

// The digit that a character stands for, or looks like.
std::optional<std::uint32_t> digit_of(char character) {
  char small = character;
  if (character >= 'A' && character <= 'Z') small = static_cast<char>(character - 'A' + 'a');
  if (small == 'i' || small == 'l') small = '1';
  if (small == 'o') small = '0';
  const std::size_t digit = kAlphabet.find(small);
  if (digit == std::string_view::npos) return std::nullopt;
  return static_cast<std::uint32_t>(digit);
}

std::unexpected<TokenError> fault(TokenFault fault, std::string message) {
  return std::unexpected(TokenError{fault, std::move(message)});
}

struct Decoded {
  Bytes bytes;
  bool is_ragged = false;  ///< after them there is more than padding
};

std::expected<Decoded, TokenError> to_bytes(std::string_view text) {
  if (text.size() > kMostCharacters) return fault(TokenFault::kTooLong, "the token is too long");
  Bytes bytes;
  std::uint32_t pending = 0;
  unsigned bits = 0;
  std::size_t place = 0;
  for (const char character : text) {
    ++place;
    if (std::string_view(" \t\r\n-").contains(character)) continue;
    const auto digit = digit_of(character);
    if (!digit) {
      return fault(TokenFault::kCharacter,
                   "character " + std::to_string(place) + " of the token is none that a token has");
    }
    pending = (pending << 5) | *digit;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<std::uint8_t>(pending >> bits));
    pending &= (1U << bits) - 1;
  }
  return Decoded{std::move(bytes), bits >= 5 || pending != 0};
}

void write_schedule(Writer& body, const Schedule& schedule) {
  body.number(schedule.scenario);
  body.number((schedule.injection ? kInjection : 0) | (schedule.watched.empty() ? 0 : kWatched));
  if (schedule.injection) {
    body.number(schedule.injection->task);
    body.number(schedule.injection->ordinal);
    body.number(static_cast<std::uint32_t>(schedule.injection->failure.error));
  }
  if (!schedule.watched.empty()) {
    body.number(schedule.watched.size());
    Watched before;
    for (const Watched& one : schedule.watched) {
      if (one.program != before.program) before.end = 0;
      body.number(one.program);
      body.number(one.begin - before.end);
      body.number(one.end - one.begin);
      before = one;
    }
  }
  body.number(schedule.deviations.size());
  std::uint64_t last = 0;
  for (const Deviation& one : schedule.deviations) {
    body.number(one.decision - last);
    body.number(static_cast<std::uint64_t>(one.actor.kind) + 4ULL * one.actor.task);
    last = one.decision;
  }
}

template <typename T>
T read_number(Reader& body) {
  return static_cast<T>(body.number(static_cast<std::uint64_t>(std::numeric_limits<T>::max())));
}

std::vector<Watched> read_watched(Reader& body) {
  std::vector<Watched> all;
  Watched before;
  for (std::uint64_t left = read_number<std::uint16_t>(body); left > 0 && body.is_good(); --left) {
    Watched one;
    one.program = read_number<std::uint32_t>(body);
    if (one.program != before.program) before.end = 0;
    one.begin = before.end + body.number(std::numeric_limits<std::uint64_t>::max() - before.end);
    one.end = one.begin + body.number(std::numeric_limits<std::uint64_t>::max() - one.begin);
    all.push_back(one);
    before = one;
  }
  if (all.empty()) body.fail();
  return all;
}

Schedule read_schedule(Reader& body) {
  Schedule schedule;
  schedule.scenario = read_number<std::uint32_t>(body);
  const std::uint64_t beside = body.number(kInjection | kWatched);
  if ((beside & kInjection) != 0) {
    Injection injection;
    injection.task = read_number<TaskId>(body);
    injection.ordinal = read_number<std::uint32_t>(body);
    injection.failure.error = read_number<int>(body);
    schedule.injection = injection;
  }
  if ((beside & kWatched) != 0) schedule.watched = read_watched(body);
  std::uint64_t last = 0;
  for (std::uint64_t left = read_number<std::uint32_t>(body); left > 0 && body.is_good(); --left) {
    const bool is_first = schedule.deviations.empty();
    const auto since = read_number<std::uint32_t>(body);
    if (since == 0 && !is_first) body.fail();
    last += since;
    if (last > std::numeric_limits<std::uint32_t>::max()) body.fail();
    const auto actor = body.number(4ULL * std::numeric_limits<TaskId>::max() + 3);
    schedule.deviations.push_back(
        {static_cast<std::uint32_t>(last),
         {static_cast<ActorKind>(actor % 4), static_cast<TaskId>(actor / 4)}});
  }
  return schedule;
}

}  // namespace

// FNV-1a.
void Fingerprint::add_byte(std::uint8_t byte) { hash_ = (hash_ ^ byte) * 0x100000001b3U; }

void Fingerprint::add(std::uint64_t number) {
  for (std::size_t i = 0; i < 8; ++i) add_byte(static_cast<std::uint8_t>(number >> (8 * i)));
}

void Fingerprint::add(std::string_view text) {
  add(std::uint64_t{text.size()});
  for (const char character : text) add_byte(static_cast<std::uint8_t>(character));
}

Origin make_origin(std::uint64_t source, std::uint64_t lab, std::uint64_t tool) {
  // All bits of a fingerprint count.
  const auto fold = [](std::uint64_t value) {
    return static_cast<std::uint32_t>(value ^ (value >> 32));
  };
  const auto fold_more = [&](std::uint64_t value) {
    return static_cast<std::uint16_t>(fold(value) ^ (fold(value) >> 16));
  };
  return {fold(source), fold_more(lab), fold_more(tool)};
}

std::string encode(const Token& token) {
  Writer body;
  body.fixed(token.origin.source);
  body.fixed(token.origin.lab);
  body.fixed(token.origin.tool);
  write_schedule(body, token.schedule);
  Writer all;
  all.fixed(kFormat);
  all.number(body.bytes.size());
  all.bytes.insert(all.bytes.end(), body.bytes.begin(), body.bytes.end());
  all.fixed(crc32(all.bytes));
  return to_text(all.bytes);
}

std::expected<Token, TokenError> decode(std::string_view text) {
  const auto decoded = to_bytes(text);
  if (!decoded) return std::unexpected(decoded.error());
  const Bytes& bytes = decoded->bytes;
  if (bytes.empty()) return fault(TokenFault::kTruncated, "the token is empty");
  Reader head(bytes);
  if (head.fixed<std::uint8_t>() != kFormat) {
    return fault(TokenFault::kFormat,
                 "the token begins with a mistake, or is of another version of ipcgrade");
  }
  const std::uint64_t length = head.number(kMostCharacters);
  const std::size_t size = head.at() + length + kChecksumSize;
  if (!head.is_good() || bytes.size() < size) {
    return fault(TokenFault::kTruncated, "a part of the token is missing");
  }
  if (bytes.size() > size) return fault(TokenFault::kTooLong, "the token has something after it");
  const auto checked = std::span(bytes).first(size - kChecksumSize);
  if (Reader(std::span(bytes).last(kChecksumSize)).fixed<std::uint32_t>() != crc32(checked) ||
      decoded->is_ragged) {
    return fault(TokenFault::kTypo, "the token is mistyped");
  }
  Reader body(checked.subspan(head.at()));
  Token token;
  token.origin.source = body.fixed<std::uint32_t>();
  token.origin.lab = body.fixed<std::uint16_t>();
  token.origin.tool = body.fixed<std::uint16_t>();
  token.schedule = read_schedule(body);
  if (!body.is_good() || !body.is_at_end()) {
    return fault(TokenFault::kDamaged, "the token was not made by ipcgrade");
  }
  return token;
}

std::string origin_mismatch(const Origin& there, const Origin& here) {
  if (there.tool != here.tool) return "the token was made by another version of ipcgrade";
  if (there.lab != here.lab) return "the token belongs to another lab, or to a changed one";
  if (there.source != here.source)
    return "the token belongs to other sources, or they have changed";
  return {};
}

}  // namespace ipcgrade
