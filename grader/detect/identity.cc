#include "detect/identity.h"

#include <algorithm>
#include <iterator>
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

/// The words of an unhandled-error but for what is another with each error, or each scenario: which
/// error it was, which of the calls that a function of the library makes (but for a stream's, which
/// reads or writes), and, of a call that did not fail, what came of it.
std::string failed_call(const Finding& finding) {
  const std::string_view message = finding.message;
  const std::size_t comma = std::min(message.find(", "), message.size());
  const std::size_t since = std::min(message.rfind(", since "), message.size());
  std::string_view call = message.substr(0, std::min(message.find(" fails with "), comma));
  const std::size_t inside = call.substr(0, call.find(" at ")).find(" in ");
  const bool moves = call.starts_with("when read") || call.starts_with("when write");
  if (inside != std::string_view::npos && !moves) call.remove_prefix(inside);
  return std::string(call) + std::string(message.substr(since < message.size() ? since : comma));
}

/// By program and line, sorted.
std::vector<std::string> places_of(const Finding& finding) {
  std::vector<std::string> places;
  for (const Location& location : finding.locations) {
    places.push_back(location.program + ':' + location.file + ':' + std::to_string(location.line));
  }
  std::ranges::sort(places);
  return places;
}

/// The same for what a student would call the same. What is wrong in the fair run of a scenario is
/// that scenario's own.
std::string told_as(const Finding& finding) {
  std::string text(name_of(finding.kind));
  if (finding.stage == Stage::kFair) text += kBetween + finding.scenario;
  const std::string places = joined(places_of(finding));
  if (finding.kind == Kind::kUnhandledError && !places.empty()) {
    return text + places + kBetween + failed_call(finding);
  }
  const std::string& what = finding.distinct.empty() ? finding.message : finding.distinct;
  const bool has_places =
      std::ranges::none_of(finding.locations, [](const Location& one) { return one.line == 0; });
  if (!has_places) return text + kBetween + what;
  // Some kinds have more than one finding at a line: two ends of pipes, two functions of a handler.
  if (finding.kind == Kind::kDataRace && !places.empty()) return text + places;
  return text + kBetween + what + places;
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
                [&](const Finding& finding) { return !known.insert(told_as(finding)).second; });
  std::vector<std::vector<std::string>> lost;
  for (const Finding& finding : findings) {
    if (finding.kind == Kind::kLostWakeup) lost.push_back(places_of(finding));
  }
  std::erase_if(findings, [&](const Finding& finding) {
    return finding.kind == Kind::kDeadlock && finding.stage == Stage::kOrders &&
           std::ranges::any_of(lost, [hang = places_of(finding)](const auto& places) {
             return std::ranges::includes(places, hang);
           });
  });
}

std::vector<Finding> drop_same_faults(std::vector<Finding>& findings) {
  std::vector<Finding> dropped;
  const auto drop = [&](Stage told, Stage follows, auto of) {
    std::set<std::string> known;
    for (const Finding& finding : findings) {
      if ((finding.stage == Stage::kFaults) != (told == Stage::kFaults)) continue;
      known.insert(finding.faults.begin(), finding.faults.end());
    }
    const auto again = std::ranges::stable_partition(findings, [&](const Finding& finding) {
      return finding.stage != follows || std::ranges::none_of(finding.*of, [&](const auto& one) {
               return known.contains(one);
             });
    });
    std::ranges::move(again, std::back_inserter(dropped));
    findings.erase(again.begin(), again.end());
  };
  drop(Stage::kFaults, Stage::kOrders, &Finding::follows);
  drop(Stage::kOrders, Stage::kFaults, &Finding::faults);
  return dropped;
}

}  // namespace ipcgrade
