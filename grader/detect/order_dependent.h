// order-dependent-result, timing-assumption, crash and what ends a program early, in a held run.
#pragma once

#include <string>
#include <vector>

#include "assignment/assignment.h"
#include "trace/finding.h"
#include "trace/trace.h"

namespace ipcgrade {

/// What is wrong with the results of a run, told as of `stage`: of the fair run as wrong output and
/// exit, of another as a result that depends on the order. Where this run let a time-out come or a
/// sleep end while a task that was ready stood still, a wrong result is a timing-assumption; so a
/// schedule is made short first. A data race of the same run is told by itself and changes neither.
/// `usual` as for nearest_result().
[[nodiscard]] std::vector<Finding> detect_wrong_results_held(const Scenario& scenario,
                                                             const Trace& trace, Stage stage,
                                                             const Result* usual = nullptr);

/// To those who print more than they may, the place from which they printed last in a held run that
/// was not followed so far.
void add_where_it_prints(std::vector<Finding>& findings, const Trace& held);

/// Processes and threads that a fault of their own ended and whose program's result does not show
/// it: children, mostly. `told` are the findings about the results.
[[nodiscard]] std::vector<Finding> detect_crashes(const Scenario& scenario, const Trace& trace,
                                                  Stage stage, const std::vector<Finding>& told);

/// Of programs without right results to compare with (explore): an exit status that is 0 in one of
/// the two runs only is an error, other differences are notes.
[[nodiscard]] std::vector<Finding> detect_differences(const Scenario& scenario, const Trace& fair,
                                                      const Trace& trace);

/// Whether a task was ended by a signal that counts as a crash: one that nobody in the run sent, or
/// SIGABRT or SIGPIPE however it came. `status` is a wait status.
[[nodiscard]] bool is_crash_of(const Trace& trace, TaskId task, int status);

}  // namespace ipcgrade
