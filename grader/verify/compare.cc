#include "verify/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>
#include <string_view>

#include "assignment/kind.h"
#include "report/json.h"
#include "report/text.h"

namespace ipcgrade {
namespace {

using Names = std::set<std::string>;

void add_missing(std::vector<std::string>& list, std::string_view what, const Names& wanted,
                 const Names& there) {
  for (const std::string& name : wanted) {
    if (!there.contains(name)) list.push_back(fmt::format("{} {}", what, name));
  }
}

void compare_names(Differences& differences, std::string_view what, const Names& expected,
                   const Names& found) {
  add_missing(differences.missed, what, expected, found);
  add_missing(differences.invented, what, found, expected);
}

void compare_scores(Differences& differences, double expected, double found) {
  constexpr double kRounding = 1e-6;  // shared points are thirds and fifths
  if (std::abs(found - expected) < kRounding) return;
  std::vector<std::string>& list = found > expected ? differences.missed : differences.invented;
  list.push_back(fmt::format("score {} (right: {})", points(found), points(expected)));
}

/// The report without what differs from run to run.
std::string timeless(Verdict verdict) {
  verdict.seconds = 0;
  for (Exploration& one : verdict.exploration) one.seconds = 0;
  return json_report(verdict, "");
}

std::string_view line_at(std::string_view text, std::size_t offset) {
  if (offset >= text.size()) return "its end";
  const std::size_t begin = text.rfind('\n', offset == 0 ? 0 : offset - 1) + 1;  // npos + 1 is 0
  std::string_view line = text.substr(begin, text.find('\n', offset) - begin);
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  constexpr std::size_t kMost = 300;
  return line.substr(0, kMost);
}

}  // namespace

Differences compare(const Expectation& expectation, const Verdict& verdict) {
  Names failed;  // checks that lost points, those included that were skipped for it
  for (const CheckResult& check : verdict.checks) {
    if (check.score < check.max_score) failed.insert(check.id);
  }
  Names kinds;
  Names scenarios;
  Names lines;
  for (const Finding& finding : verdict.findings) {
    const std::string kind(name_of(finding.kind));
    kinds.insert(kind);
    if (!finding.scenario.empty()) scenarios.insert(finding.scenario);
    for (const Location& location : finding.locations) {
      lines.insert(line_text(kind, location.file, location.line));
      for (const Location& caller : location.callers) {
        lines.insert(line_text(kind, caller.file, caller.line));
      }
    }
  }
  Differences differences;
  compare_names(differences, "check", expectation.fails, failed);
  compare_names(differences, "kind", expectation.kinds, kinds);
  if (expectation.scenarios) {
    compare_names(differences, "scenario", *expectation.scenarios, scenarios);
  }
  add_missing(differences.missed, "line", expectation.lines, lines);
  if (expectation.score || expectation.fails.empty()) {
    compare_scores(differences, expectation.score.value_or(verdict.max_score), verdict.score);
  }
  return differences;
}

std::string instability(const Verdict& first, const Verdict& second) {
  const std::string one = timeless(first);
  const std::string other = timeless(second);
  if (one == other) return "";
  const auto [at, ignored] = std::ranges::mismatch(one, other);
  const auto offset = static_cast<std::size_t>(std::distance(one.begin(), at));
  return fmt::format("{} -> {}", line_at(one, offset), line_at(other, offset));
}

std::vector<std::string> findings_told(const Verdict& verdict) {
  std::vector<std::string> told;
  for (const Finding& finding : verdict.findings) {
    std::vector<std::string> places;
    for (const Location& location : finding.locations) {
      if (location.line > 0) places.push_back(fmt::format("{}:{}", location.file, location.line));
    }
    told.push_back(fmt::format(
        "{}{}{}{}{}: {}", name_of(finding.kind), finding.scenario.empty() ? "" : " in ",
        finding.scenario, places.empty() ? "" : " at ", fmt::join(places, ", "), finding.message));
  }
  return told;
}

}  // namespace ipcgrade
