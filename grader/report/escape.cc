#include "report/escape.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

#include "report/utf8.h"

namespace ipcgrade {
namespace {

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Code points that show nothing, or that change how others are shown.
constexpr std::array<std::pair<char32_t, char32_t>, 16> kUnseen{{
    {0x7F, 0x9F},        // DEL, C1
    {0xAD, 0xAD},        // soft hyphen
    {0x61C, 0x61C},      // Arabic letter mark
    {0x115F, 0x1160},    // Hangul fillers
    {0x17B4, 0x17B5},    // Khmer inherent vowels
    {0x180B, 0x180F},    // Mongolian selectors and vowel separator
    {0x200B, 0x200F},    // zero-width space and joiners, direction marks
    {0x2028, 0x202E},    // line and paragraph separator, bidirectional embeddings
    {0x2060, 0x206F},    // word joiner, invisible operators, bidirectional isolates
    {0x3164, 0x3164},    // Hangul filler
    {0xFDD0, 0xFDEF},    // noncharacters
    {0xFEFF, 0xFEFF},    // byte order mark
    {0xFFA0, 0xFFA0},    // halfwidth Hangul filler
    {0xFFF0, 0xFFFB},    // specials: interlinear annotation and what is unassigned beside it
    {0x1D173, 0x1D17A},  // musical beams
    {0xE0000, 0xE0FFF},  // tags and further selectors
}};

bool is_shown(char32_t code, Newlines newlines) {
  if (code == '\n') return newlines == Newlines::kKeep;
  if (code < 0x20) return code == '\t';
  if ((code & 0xFFFE) == 0xFFFE) return false;  // the last two of each plane are noncharacters
  return std::ranges::none_of(
      kUnseen, [code](auto range) { return code >= range.first && code <= range.second; });
}

std::string escape_of(CodePoint point) {
  if (!point.valid || point.value < 0x80) {
    if (point.value == '\n') return "\\n";
    if (point.value == '\r') return "\\r";
    return fmt::format("\\x{:02x}", static_cast<std::uint32_t>(point.value));
  }
  const auto value = static_cast<std::uint32_t>(point.value);
  return value <= 0xFFFF ? fmt::format("\\u{:04x}", value) : fmt::format("\\U{:08x}", value);
}

// Whether a backslash before `rest` would read as an escape.
bool reads_as_escape(std::string_view rest, Newlines newlines) {
  const auto hex_digits = [rest](std::size_t count) {
    return rest.size() > count && std::ranges::all_of(rest.substr(1, count), is_hex);
  };
  if (rest.empty()) return false;
  switch (rest.front()) {
    case 'x':
      return hex_digits(2);
    case 'u':
      return hex_digits(4);
    case 'U':
      return hex_digits(8);
    case 'r':
      return true;
    case 'n':
      return newlines == Newlines::kEscape;
    default: {
      const CodePoint next = decode_utf8(rest);
      return !next.valid || !is_shown(next.value, newlines);
    }
  }
}

struct Rules {
  Newlines newlines;
  bool is_c = false;  // where a backslash is what stands in the source
};

// Goes over bytes a code point at a time and gives each as it is to be shown. That depends on what
// follows and never on what went before, so a text can be walked from its middle on.
class Walker {
 public:
  Walker(std::string_view bytes, Rules rules)
      : rest_(bytes), newlines_(rules.newlines), is_c_(rules.is_c) {}

  [[nodiscard]] bool done() const { return rest_.empty(); }
  [[nodiscard]] std::size_t left() const { return rest_.size(); }

  /// REQUIRES: not done.
  std::string next() {
    if (rest_.front() == '\\') return next_backslash();
    const CodePoint point = decode_utf8(rest_);
    std::string shown = point.valid && is_shown(point.value, newlines_)
                            ? std::string(rest_.substr(0, point.length))
                            : escape_of(point);
    rest_.remove_prefix(point.length);
    return shown;
  }

 private:
  // A run is looked through once, when it begins: a megabyte of backslashes must not take for ever.
  std::string next_backslash() {
    if (run_left_ == 0) {
      run_left_ = std::min(rest_.find_first_not_of('\\'), rest_.size());
      run_doubled_ = !is_c_ && reads_as_escape(rest_.substr(run_left_), newlines_);
    }
    --run_left_;
    rest_.remove_prefix(1);
    return run_doubled_ ? "\\\\" : "\\";
  }

  std::string_view rest_;
  Newlines newlines_;
  bool is_c_;
  std::size_t run_left_ = 0;
  bool run_doubled_ = false;
};

struct Part {
  std::string shown;
  std::size_t bytes = 0;  // of the original
};

Part head_of(std::string_view bytes, Rules rules, std::size_t room) {
  Part head;
  for (Walker walker(bytes, rules); !walker.done();) {
    const std::string piece = walker.next();
    if (head.shown.size() + piece.size() > room) break;
    head.shown += piece;
    head.bytes = bytes.size() - walker.left();
  }
  return head;
}

Part tail_of(std::string_view bytes, Rules rules, std::size_t room) {
  // No code point is shown shorter than it is, so what is shown came from the last `room` bytes.
  std::size_t start = bytes.size() - std::min(room, bytes.size());
  start += to_boundary(bytes, start);
  struct Piece {
    std::string shown;
    std::size_t start;
  };
  std::vector<Piece> pieces;
  for (Walker walker(bytes.substr(start), rules); !walker.done();) {
    const std::size_t at = bytes.size() - walker.left();
    pieces.push_back({walker.next(), at});
  }
  auto first = pieces.end();
  for (std::size_t used = 0; first != pieces.begin(); --first) {
    used += std::prev(first)->shown.size();
    if (used > room) break;
  }
  Part tail;
  if (first == pieces.end()) return tail;
  tail.bytes = bytes.size() - first->start;
  for (; first != pieces.end(); ++first) tail.shown += first->shown;
  return tail;
}

// GitHub trims a line before it looks for "::". Which spaces it trims is its own affair: any that
// are not ASCII count here.
std::string defused_line_starts(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  bool line_start = true;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (line_start && text.substr(at, 2) == "::" && at + 2 < text.size() &&
        is_letter(text[at + 2])) {
      safe += "\\x3a";
      line_start = false;
      continue;
    }
    safe += c;
    const bool blank = c == ' ' || c == '\t' || static_cast<unsigned char>(c) >= 0x80;
    line_start = c == '\n' || (line_start && blank);
  }
  return safe;
}

std::string capped(std::string_view bytes, Rules rules, std::size_t cap) {
  // Capped by what is shown: a text of control characters is shown four times as long as it is.
  Part whole = head_of(bytes, rules, cap);
  if (whole.bytes == bytes.size()) return std::move(whole.shown);
  const Part head = head_of(bytes, rules, cap / 2);
  const Part tail = tail_of(bytes, rules, cap / 2);
  const std::size_t left_out = bytes.size() - head.bytes - tail.bytes;
  const std::string_view edge = rules.newlines == Newlines::kKeep ? "\n" : " ";
  return fmt::format("{}{}[... {} bytes left out here ...]{}{}", head.shown, edge, left_out, edge,
                     tail.shown);
}

}  // namespace

std::string visible(std::string_view bytes, Newlines newlines) {
  std::string text;
  text.reserve(bytes.size());
  for (Walker walker(bytes, Rules{newlines}); !walker.done();) text += walker.next();
  return text;
}

std::string visible_capped(std::string_view bytes, Newlines newlines, std::size_t cap) {
  return capped(bytes, {newlines}, cap);
}

std::string visible_c(std::string_view bytes, std::size_t cap) {
  return capped(bytes, {Newlines::kEscape, true}, cap);
}

std::string replaced(std::string_view text, std::string_view old, std::string_view with) {
  std::string result;
  result.reserve(text.size());
  while (true) {
    const std::size_t at = text.find(old);
    result += text.substr(0, at);
    if (at == std::string_view::npos) return result;
    result += with;
    text.remove_prefix(at + old.size());
  }
}

std::string defuse(std::string_view text) {
  std::string safe = replaced(text, "[[ATTACHMENT|", "[[ATTACHMENT\\x7c");
  // These are looked for anywhere in a line.
  safe = replaced(safe, "##[", "\\x23#[");
  safe = replaced(safe, "##vso[", "\\x23#vso[");
  safe = replaced(safe, "##teamcity[", "\\x23#teamcity[");
  return defused_line_starts(safe);
}

std::string valid_utf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const CodePoint point = decode_utf8(bytes);
    text += point.valid ? std::string(bytes.substr(0, point.length)) : escape_of(point);
    bytes.remove_prefix(point.length);
  }
  return text;
}

std::string defuse_json(std::string_view json) {
  std::string safe = replaced(json, "##[", "\\u0023#[");
  safe = replaced(safe, "##vso[", "\\u0023#vso[");
  safe = replaced(safe, "##teamcity[", "\\u0023#teamcity[");
  return replaced(safe, "[[ATTACHMENT|", "\\u005b[ATTACHMENT|");
}

std::string uri_of(std::string_view path) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  std::string uri;
  for (const char c : path) {
    uri += kPlain.contains(c) ? std::string(1, c)
                              : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri;
}

}  // namespace ipcgrade
