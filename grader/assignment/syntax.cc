#include "assignment/syntax.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>

namespace ipcgrade {
namespace {

// toml++ makes a table of each part of a dotted key and destroys them recursively, without a
// bound: a key of enough parts would overflow the stack.
constexpr int kMostDots = 32;

/// The offset behind the string that begins at `begin`.
std::size_t end_of_string(std::string_view text, std::size_t begin) {
  const char quote = text[begin];
  const std::string fence(text.substr(begin).starts_with(std::string(3, quote)) ? 3 : 1, quote);
  for (std::size_t i = begin + fence.size(); i < text.size(); ++i) {
    if (text.substr(i).starts_with(fence)) return i + fence.size();
    if (text[i] == '\\' && quote == '"') ++i;
    // A mistake that toml++ tells about.
    if (fence.size() == 1 && i < text.size() && text[i] == '\n') return i;
  }
  return text.size();
}

/// The offset of the first dot too many.
std::optional<std::size_t> try_long_key(std::string_view text) {
  constexpr std::string_view kEndsKey = "=,{}[]\n";
  int dots = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '"' || text[i] == '\'') {
      i = end_of_string(text, i);
      continue;
    }
    if (text[i] == '#') {
      i = std::min(text.find('\n', i), text.size());
      continue;
    }
    if (kEndsKey.contains(text[i])) dots = 0;
    if (text[i] == '.' && ++dots > kMostDots) return i;
    ++i;
  }
  return std::nullopt;
}

Place place_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line = before.rfind('\n') + 1;  // npos + 1 is 0
  return {static_cast<toml::source_index>(1 + std::ranges::count(before, '\n')),
          static_cast<toml::source_index>(1 + offset - line)};
}

}  // namespace

std::optional<toml::table> parse_toml(std::string_view text, Mistakes& mistakes) {
  if (const auto offset = try_long_key(text)) {
    mistakes.add(place_of(text, *offset), "a key of too many parts", "a short key");
    return std::nullopt;
  }
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    std::string_view what = error.description();
    constexpr std::string_view kPrefix = "Error while ";
    if (what.starts_with(kPrefix)) what.remove_prefix(kPrefix.size());
    mistakes.add(error.source().begin, fmt::format("this is not TOML: {}", what), {},
                 what.contains("could not determine value type")
                     ? R"(text is written in quotes: name = "shared-memory")"
                     : "");
    return std::nullopt;
  }
}

}  // namespace ipcgrade
