#include "detect/identity.h"

#include <algorithm>
#include <set>
#include <string_view>

namespace ipcgrade {
namespace {

// What a student called a program may hold any byte but this one.
constexpr char kBetween = '\0';

std::string begin_of(const Finding& finding) {
  const Kind kind =
      finding.kind == Kind::kTimingAssumption ? Kind::kOrderDependentResult : finding.kind;
  std::string text(name_of(kind));
  text += kBetween;
  text += finding.scenario;
  return text;
}

/// In any order: who came first is the schedule's affair.
std::string joined(std::vector<std::string> parts) {
  std::ranges::sort(parts);
  std::string text;
  for (const std::string& part : parts) text += kBetween + part;
  return text;
}

std::string lines_of(const Finding& finding) {
  std::vector<std::string> lines;
  for (const Location& location : finding.locations) {
    if (location.line == 0) return identity(finding);
    lines.push_back(location.program + ':' + location.file + ':' + std::to_string(location.line));
  }
  // Some kinds have more than one finding at a line: two ends of pipes, two functions of a handler.
  const bool by_lines = finding.kind == Kind::kDataRace && !lines.empty();
  if (!by_lines) return identity(finding);
  return begin_of(finding) + joined(std::move(lines));
}

}  // namespace

std::string identity(const Finding& finding) {
  std::string text = begin_of(finding);
  if (!finding.distinct.empty()) return text + kBetween + finding.distinct;
  std::vector<std::string> programs;
  for (const Location& location : finding.locations) programs.push_back(location.process);
  text += joined(std::move(programs));
  // What a run left behind is told apart by its words, which hold no number of a process.
  if (finding.locations.empty()) text += kBetween + finding.message;
  return text;
}

void drop_repeated(std::vector<Finding>& findings) {
  std::set<std::string> known;
  std::erase_if(findings,
                [&](const Finding& finding) { return !known.insert(lines_of(finding)).second; });
}

}  // namespace ipcgrade
