// leaked-object, leaked-process and unreaped-child: what a run left behind.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "assignment/assignment.h"
#include "trace/finding.h"
#include "trace/trace.h"

namespace ipcgrade {

/// One of Finding::faults: that something of the sort was left.
[[nodiscard]] std::string left_fault(std::string_view what);
inline constexpr std::string_view kChildLeft = "a child";

/// Nothing where a program did not end by itself and with the status that it should: then what it
/// left follows from that, which is told by detect_wrong_results(). Objects that the scenario gave
/// may stay where the result allows it.
[[nodiscard]] std::vector<Finding> detect_left_behind(const Scenario& scenario, const Trace& trace);

/// The same with any exit status, for a run in which a program was to fail. Nothing still where one
/// was ended early or crashed: it had no chance to clean up.
[[nodiscard]] std::vector<Finding> detect_left_at_all(const Scenario& scenario, const Trace& trace);

}  // namespace ipcgrade
