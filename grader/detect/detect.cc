#include "detect/detect.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <iterator>

#include "detect/data_race.h"
#include "detect/left_behind.h"
#include "detect/order_dependent.h"
#include "detect/pipe_ends.h"
#include "detect/results.h"
#include "detect/tell.h"
#include "detect/unhandled_error.h"
#include "detect/unread.h"
#include "detect/unsafe_handler.h"
#include "sandbox/describe.h"
#include "trace/stopped.h"

namespace ipcgrade {
namespace {

void append(std::vector<Finding>& all, std::vector<Finding> some) {
  std::ranges::move(some, std::back_inserter(all));
}

bool is_judged(const Trace& trace) {
  if (trace.end == RunEnd::kFullSpeed || trace.end == RunEnd::kUnmodelled) return false;
  if (trace.end == RunEnd::kAbandoned) return false;  // an equivalent one was judged
  return !is_interrupted(trace);
}

/// A program that could not be started suffers from whoever did not make what it is started for.
bool is_only_never_started(const std::vector<Finding>& findings, const Trace& trace) {
  return std::ranges::all_of(findings, [&](const Finding& finding) {
    return !finding.locations.empty() &&
           std::ranges::any_of(trace.processes, [&](const ProcessRecord& process) {
             return process.program == finding.locations.front().program && !process.end;
           });
  });
}

/// Whether who waits for ever can't say that another did not do its part: all others ended as they
/// should, whatever they printed, and none gave up too early.
bool is_own_hang(const Scenario& scenario, const Trace& trace, const Result* usual,
                 const std::vector<Finding>& found) {
  if (std::ranges::count(found, Kind::kTimingAssumption, &Finding::kind) > 0) return false;
  const Result* nearest = nearest_result(scenario, trace, usual);
  if (nearest == nullptr) return false;
  return std::ranges::all_of(trace.processes, [&](const ProcessRecord& process) {
    const ExpectedEnd* expected = expected_of(*nearest, process.program);
    if (expected == nullptr) return false;
    return ended_by_us(process) ? !expected->may_wait : exited_as_asked(*expected, process);
  });
}

/// Results, ends and waits of a run. `usual` as for nearest_result().
std::vector<Finding> detect_outcome(const Scenario& scenario, const Trace& trace, Stage stage,
                                    const Result* usual = nullptr) {
  std::vector<Finding> findings = detect_wrong_results_held(scenario, trace, stage, usual);
  // Where there was a segment, it was the wrong one: who waits then waits for who could not start.
  const bool follows =
      findings.empty() || (is_only_never_started(findings, trace) && trace.seen_segments.empty());
  std::vector<Finding> hang = detect_hang(scenario, trace, stage);
  if (follows && !hang.empty()) {
    findings = std::move(hang);
  } else if (stage == Stage::kOrders && is_own_hang(scenario, trace, usual, findings)) {
    append(findings, std::move(hang));
  }
  append(findings, detect_crashes(scenario, trace, stage, findings));
  if (stage == Stage::kFair) append(findings, detect_unread(scenario, trace, stage));
  // Neither right nor anything else: it went on for longer than is looked at.
  if (stage == Stage::kFair && findings.empty() && trace.end == RunEnd::kSteps &&
      matching_result(scenario, trace) == nullptr) {
    Finding finding = held_finding(Kind::kTimeLimit, scenario, stage);
    std::vector<std::string> running;
    for (const TaskRecord& task : trace.tasks) {
      if (!task.ended && task.parent == kNoTask) running.push_back(task.name);
    }
    finding.message = fmt::format("{} had not ended after {} steps", fmt::join(running, " and "),
                                  trace.events.size());
    finding.distinct = "steps";
    findings.push_back(std::move(finding));
  }
  return findings;
}

/// Where something failed from the beginning, what is wrong is a failure that was not handled.
std::vector<Finding> as_unhandled(std::vector<Finding> findings, const Trace& trace) {
  const EventId came = outside_signal(trace);
  for (Finding& finding : findings) {
    finding.distinct = fmt::format("{} {}", name_of(finding.kind), finding.distinct);
    const bool says_more = finding.kind == Kind::kCrash && !finding.hint.empty();
    finding.kind = Kind::kUnhandledError;
    finding.stage = Stage::kFaults;
    if (came == kNoEvent) continue;
    const auto sent = std::ranges::find(trace.sent_signals, came, &SentSignal::event);
    if (sent == trace.sent_signals.end()) continue;
    finding.message = fmt::format("when {} gets {}, {}", process_of(trace, sent->to),
                                  sandbox::signal_text(sent->number), finding.message);
    if (sent->number == SIGKILL && !says_more) finding.hint = hint_for_killed_child();
  }
  return findings;
}

/// Of a scenario in which something fails from the beginning.
std::vector<Finding> detect_failure(const Scenario& scenario, const Trace* fair,
                                    const Trace& trace) {
  const auto judge = [&](const Trace& run) {
    std::vector<Finding> findings = detect_outcome(scenario, run, Stage::kFaults);
    if (findings.empty()) findings = detect_left_behind(scenario, run);
    return findings;
  };
  std::vector<Finding> findings;
  if (fair == nullptr || judge(*fair).empty()) findings = as_unhandled(judge(trace), trace);
  // What a handler must not do, it must not do there either.
  append(findings, detect_unsafe_handlers(scenario, trace));
  return findings;
}

/// An exit status that is not 0 in the only run there is so far.
void note_exits(std::vector<Finding>& findings, const Scenario& scenario, const Trace& trace) {
  for (const ProcessRecord& process : trace.processes) {
    const auto* exited = process.end ? std::get_if<sandbox::Exited>(&*process.end) : nullptr;
    if (exited == nullptr || exited->status == 0) continue;
    Finding finding = held_finding(Kind::kWrongExit, scenario, Stage::kOrders);
    finding.severity = Severity::kNote;
    finding.message = fmt::format("{} exits with {}", process.program, exited->status);
    finding.locations = {{process.program, process.program, "", 0, ""}};
    finding.distinct = "exit " + process.program;
    if (!process.errors.empty()) {
      add_text(finding.details, process.program + " wrote on stderr:", process.errors);
    }
    findings.push_back(std::move(finding));
  }
}

/// By the rules of `explore`: nobody says what is right.
std::vector<Finding> explore_outcome(const Scenario& scenario, const Trace* fair,
                                     const Trace& trace) {
  // What a run was stopped for comes before all that was cut short.
  std::vector<Finding> findings = detect_wrong_results_held(scenario, trace, Stage::kOrders);
  if (!findings.empty()) return findings;
  findings = detect_crashes(scenario, trace, Stage::kOrders, {});
  if (findings.empty()) append(findings, detect_hang(scenario, trace, Stage::kOrders));
  if (fair == nullptr) {
    note_exits(findings, scenario, trace);
  } else {
    append(findings, detect_differences(scenario, *fair, trace));
  }
  return findings;
}

}  // namespace

std::vector<Finding> detect_all(const Scenario& scenario, const Trace* fair, const Trace& trace,
                                const DetectOptions& options) {
  if (!is_judged(trace)) return {};
  if (scenario.failure) return detect_failure(scenario, fair, trace);
  const bool explores = scenario.results.empty();
  const Stage stage = fair == nullptr ? Stage::kFair : Stage::kOrders;
  std::vector<Finding> findings;
  bool outcome_counts = true;
  if (explores) {
    findings = explore_outcome(scenario, fair, trace);
  } else {
    const Trace& yardstick = fair == nullptr ? trace : *fair;
    const auto fair_faults = detect_outcome(scenario, yardstick, Stage::kFair);
    outcome_counts = fair_faults.empty();
    if (fair == nullptr) {
      findings = fair_faults;
    } else if (outcome_counts) {
      findings = detect_outcome(scenario, trace, stage, matching_result(scenario, yardstick));
    }
  }
  if (outcome_counts) {
    auto waits = detect_busy_waits(scenario, trace, options.polling);
    for (Finding& wait : waits) {
      if (explores) wait.severity = Severity::kNote;
    }
    append(findings, std::move(waits));
  }
  append(findings, detect_data_races(scenario, trace));
  // Nobody asked an explored program for these: what they lead to is an error of its own. (And what
  // handlers do to errno is not in held traces yet.)
  if (!explores) append(findings, detect_unsafe_handlers(scenario, trace));
  auto pipe_ends = detect_unclosed_pipe_ends(scenario, trace);
  if (explores) {
    for (Finding& end : pipe_ends) end.severity = Severity::kNote;
  }
  append(findings, std::move(pipe_ends));
  auto left = detect_left_behind(scenario, trace);
  for (Finding& finding : left) {
    finding.stage = stage;
    finding.situation = scenario.title;
  }
  append(findings, std::move(left));
  return findings;
}

}  // namespace ipcgrade
