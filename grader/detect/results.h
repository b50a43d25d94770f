// wrong-output, wrong-exit and crash, and by limits.h what a run was ended for: its results are
// none of those that its scenario allows.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assignment/assignment.h"
#include "detect/match.h"
#include "trace/finding.h"
#include "trace/trace.h"

namespace ipcgrade {

/// Where a signal other than SIGKILL ended a process in mid-run, what it was to do next it did not
/// do: the first such one is told, with its place and a hint. Not one from outside: that is what
/// the scenario is about. Whether there is one.
bool blame_deadly_signal(Finding& finding, const Trace& trace);

/// About a program, of whose source no place is known yet.
[[nodiscard]] Finding base_finding(Kind kind, const Scenario& scenario, const std::string& program);

/// Adds what the program wrote on stderr, if it did.
void add_errors(Finding& finding, const ProcessRecord& process);

/// Adds the lines of a text, cut, under a heading.
void add_text(std::vector<std::string>& details, const std::string& heading, std::string_view text);

/// Nothing where matching_result() finds one; else what differs from the nearest, told once: a
/// program that only suffered from another's fault is not accused. Of a scenario without results,
/// what the run was stopped for. `usual` as for nearest_result().
[[nodiscard]] std::vector<Finding> detect_wrong_results(const Scenario& scenario,
                                                        const Trace& trace,
                                                        const Result* usual = nullptr);

/// The call by which a segment was made, or taken away, last: for a program whose moment to be
/// started did not come. Nothing: there is none.
[[nodiscard]] std::optional<EventId> reason_never_started(const Trace& trace);

/// What to try where no fault of its own, but somebody's signal ended it; else empty.
[[nodiscard]] std::string hint_for_signal(int signal);

}  // namespace ipcgrade
