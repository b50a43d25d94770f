// What the grader must say of a hand-in whose grade is known: NAME.toml beside the folder NAME, in
// the form that tests/corpus/README.md describes.
#pragma once

#include <expected>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "assignment/assignment.h"
#include "assignment/parse.h"

namespace ipcgrade {

/// As it is made: full points and no finding.
struct Expectation {
  std::string about;                               ///< a sentence for people
  std::set<std::string> fails;                     ///< ids of checks
  std::set<std::string> kinds;                     ///< of findings: "data-race"
  std::optional<std::set<std::string>> scenarios;  ///< ids; none given: not looked at
  std::set<std::string> lines;                     ///< "data-race server.c:33"
  std::optional<double> score;
};

/// Whether a hand-in keeps all rules of its lab.
enum class Sort { kCorrect, kWrong };

/// "data-race server.c:33"
[[nodiscard]] std::string line_text(std::string_view kind, std::string_view file, int line);

/// `file` is what the mistakes call it.
[[nodiscard]] std::expected<Expectation, AssignmentError> parse_expectation(
    std::string_view text, std::string file, const Assignment& assignment, Sort sort);

}  // namespace ipcgrade
