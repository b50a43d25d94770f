// wrong-output, wrong-exit, crash, forbidden-call and the limits: a run whose results are none of
// those that its scenario allows.
#pragma once

#include <vector>

#include "assignment/assignment.h"
#include "trace/finding.h"
#include "trace/trace.h"

namespace ipcgrade {

/// The result of the scenario that the trace has; nullptr where it has none of them.
[[nodiscard]] const Result* matching_result(const Scenario& scenario, const Trace& trace);

/// Nothing where matching_result() finds one; else what differs from the nearest, told once: a
/// program that only suffered from another's fault is not accused.
[[nodiscard]] std::vector<Finding> detect_wrong_results(const Scenario& scenario,
                                                        const Trace& trace);

}  // namespace ipcgrade
