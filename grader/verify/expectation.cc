#include "verify/expectation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "assignment/did_you_mean.h"
#include "assignment/kind.h"
#include "assignment/reader.h"
#include "assignment/syntax.h"

namespace ipcgrade {
namespace {

constexpr std::array<KeySpec, 6> kKeys{{
    {"about", R"(a sentence, such as about = "The client never tells the server.")"},
    {"fails", R"(an array of checks, such as fails = ["every-order"])"},
    {"kinds", R"(an array of kinds of finding, such as kinds = ["data-race"])"},
    {"scenarios", R"(an array of scenarios, such as scenarios = ["together"])"},
    {"lines", R"(an array of "KIND FILE:LINE", such as lines = ["data-race server.c:33"])"},
    {"score", "the points, such as score = 8.5"},
}};

using Words = std::vector<std::string_view>;

/// The words of an array, each one of `known`.
std::set<std::string> words(const TableReader& table, std::string_view key, Need need,
                            std::string_view what, const Words& known, Mistakes& mistakes) {
  std::set<std::string> found;
  for (auto& [word, place] : table.texts(key, need).value_or(std::vector<TableReader::Text>{})) {
    if (std::ranges::find(known, word) == known.end()) {
      mistakes.add(place, fmt::format("unknown {} {}", what, in_quotes(word)), one_of(known),
                   did_you_mean(word, known));
    } else if (!found.insert(word).second) {
      mistakes.add(place, fmt::format("{} is named twice", in_quotes(word)),
                   fmt::format("each {} once", what));
    }
  }
  return found;
}

/// "data-race server.c:33" -> "data-race"; nothing where it has another form.
std::optional<std::string> kind_of_line(std::string_view text) {
  const std::size_t space = text.find(' ');
  const std::size_t colon = text.rfind(':');
  if (space == std::string_view::npos || colon == std::string_view::npos || colon <= space + 1) {
    return std::nullopt;
  }
  const std::string_view digits = text.substr(colon + 1);
  int line = 0;
  const auto [end, error] = std::from_chars(digits.begin(), digits.end(), line);
  // Written otherwise than we write it, it would never be found.
  if (error != std::errc{} || line < 1 || digits != std::to_string(line)) return std::nullopt;
  return std::string(text.substr(0, space));
}

std::set<std::string> read_lines(const TableReader& table, const std::set<std::string>& kinds,
                                 Mistakes& mistakes) {
  std::set<std::string> lines;
  for (auto& [text, place] :
       table.texts("lines", Need::kOptional).value_or(std::vector<TableReader::Text>{})) {
    const auto kind = kind_of_line(text);
    if (!kind) {
      mistakes.add(place, fmt::format("{} names no line", in_quotes(text)),
                   R"("KIND FILE:LINE", such as "data-race server.c:33")");
    } else if (!kinds.contains(*kind)) {
      mistakes.add(place, fmt::format("{} is no kind that \"kinds\" names", in_quotes(*kind)),
                   one_of(Words(kinds.begin(), kinds.end())));
    }
    lines.insert(std::move(text));
  }
  return lines;
}

template <typename Items, typename Name>
Words names(const Items& items, Name name) {
  Words all;
  for (const auto& item : items) all.push_back(name(item));
  return all;
}

double points_of(const Assignment& assignment) {
  double points = 0;
  for (const Check& check : assignment.checks) points += check.points;
  return points;
}

}  // namespace

std::string line_text(std::string_view kind, std::string_view file, int line) {
  return fmt::format("{} {}:{}", kind, file, line);
}

std::expected<Expectation, AssignmentError> parse_expectation(std::string_view text,
                                                              std::string file,
                                                              const Assignment& assignment,
                                                              Sort sort) {
  Mistakes mistakes(std::move(file));
  const auto root = parse_toml(text, mistakes);
  if (!root) return std::unexpected(mistakes.take());
  const TableReader table(*root, "the file", kKeys, mistakes);
  const Words checks =
      names(assignment.checks, [](const Check& one) -> std::string_view { return one.id; });
  const Words scenarios =
      names(assignment.scenarios, [](const Scenario& one) -> std::string_view { return one.id; });
  const Words kinds = names(all_kinds(), [](Kind kind) { return name_of(kind); });

  Expectation expectation;
  expectation.about = table.title("about", Need::kRequired).value_or("");
  expectation.fails = words(table, "fails", Need::kRequired, "check", checks, mistakes);
  expectation.kinds = words(table, "kinds", Need::kRequired, "kind of finding", kinds, mistakes);
  if (table.has("scenarios")) {
    expectation.scenarios =
        words(table, "scenarios", Need::kOptional, "scenario", scenarios, mistakes);
  }
  expectation.lines = read_lines(table, expectation.kinds, mistakes);
  expectation.score = table.number("score", Need::kOptional);
  const double most = points_of(assignment);
  if (expectation.score && !(*expectation.score >= 0 && *expectation.score <= most)) {
    table.reject("score", fmt::format("\"score\" is {}", *expectation.score),
                 fmt::format("the lab has {} points", most));
  }
  if (sort == Sort::kCorrect && !expectation.fails.empty()) {
    mistakes.add(table.place("fails"), "a hand-in in \"correct\" fails a check", "fails = []",
                 "what fails a check belongs in the folder \"wrong\"");
  }
  if (!mistakes.none()) return std::unexpected(mistakes.take());
  return expectation;
}

}  // namespace ipcgrade
