#include "compile/messages.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace ipcgrade {
namespace {

constexpr std::size_t kMostOfLine = 400;
constexpr std::size_t kMostDiagnostics = 1000;

std::string cut(std::string_view text) { return std::string(text.substr(0, kMostOfLine)); }

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

/// Takes ":NUMBER" off the end of `text`.
std::optional<int> take_number(std::string_view& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon + 1 == text.size()) return std::nullopt;
  if (text[colon + 1] == '-') return std::nullopt;  // a hand-in's own words: no tool counts so
  int number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, number);
  if (error != std::errc{} || stop != end) return std::nullopt;
  text = text.substr(0, colon);
  return number;
}

/// The student's own name for a file: the box's folder is not part of it.
std::string own_name(std::string_view path) {
  constexpr std::string_view kWork = "/work/";
  if (path.starts_with(kWork)) path.remove_prefix(kWork.size());
  return cut(path);
}

/// "FILE:LINE:COLUMN: error: MESSAGE", as gcc and g++ write it.
std::optional<CompilerMessage> parse_compiler_line(std::string_view line) {
  struct Word {
    std::string_view text;
    bool error;
  };
  constexpr std::array kWords{Word{": fatal error: ", true}, Word{": error: ", true},
                              Word{": warning: ", false}};
  // The first is the compiler's; a later one is the source's own text, as #warning puts it there.
  const auto* word =
      std::ranges::min_element(kWords, {}, [line](const Word& one) { return line.find(one.text); });
  const std::size_t at = line.find(word->text);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view place = line.substr(0, at);
  CompilerMessage message;
  message.error = word->error;
  message.message = cut(line.substr(at + word->text.size()));
  if (const auto last = take_number(place)) {
    message.line = *last;
    if (const auto first = take_number(place)) {
      message.column = *last;
      message.line = *first;
    }
  }
  message.file = own_name(place);
  return message;
}

/// "…/ld: FILE:LINE: undefined reference to `f'" and "multiple definition", with and without a
/// line.
std::optional<CompilerMessage> parse_linker_line(std::string_view line) {
  for (const std::string_view word : {": undefined reference to ", ": multiple definition of "}) {
    const std::size_t at = line.find(word);
    if (at == std::string_view::npos) continue;
    std::string_view place = line.substr(0, at);
    if (const std::size_t tool = place.find("ld: "); tool != std::string_view::npos) {
      place.remove_prefix(tool + 4);
    }
    CompilerMessage message;
    message.error = true;
    message.message = cut(line.substr(at + 2));
    if (const auto number = take_number(place)) message.line = *number;
    // Without debug information: "FILE:(.text+0x1f)".
    if (const std::size_t section = place.find(":("); section != std::string_view::npos) {
      place = place.substr(0, section);
    }
    if (!place.ends_with(".o")) message.file = own_name(place);
    return message;
  }
  return std::nullopt;
}

/// gcc draws an excerpt as "   12 | source" and "      |    ^~~".
bool is_excerpt(std::string_view line) {
  const std::size_t bar = line.find_first_not_of(" 0123456789");
  return bar != std::string_view::npos && bar > 0 && line[bar] == '|';
}

}  // namespace

std::string CompilerMessage::text() const {
  std::string place = file;
  if (line > 0) place += ":" + std::to_string(line);
  if (column > 0) place += ":" + std::to_string(column);
  return (place.empty() ? "" : place + ": ") + (error ? "error: " : "warning: ") + message;
}

std::vector<CompilerMessage> parse_messages(std::string_view printed) {
  std::vector<CompilerMessage> messages;
  bool excerpt_follows = false;
  for (const std::string_view line : lines_of(printed)) {
    // The linker has said why.
    if (line == "collect2: error: ld returned 1 exit status") continue;
    if (excerpt_follows && is_excerpt(line) && messages.back().excerpt.size() < 2) {
      messages.back().excerpt.push_back(cut(line));
      continue;
    }
    auto message = parse_compiler_line(line);
    if (!message) message = parse_linker_line(line);
    excerpt_follows = message.has_value();
    if (message) messages.push_back(std::move(*message));
    if (messages.size() == kMostDiagnostics) break;
  }
  return messages;
}

std::vector<std::string> last_lines(std::string_view printed, std::size_t most) {
  const auto lines = lines_of(printed);
  std::vector<std::string> last;
  const std::size_t first = lines.size() > most ? lines.size() - most : 0;
  for (std::size_t i = first; i < lines.size(); ++i) last.push_back(cut(lines[i]));
  return last;
}

}  // namespace ipcgrade
