// When two findings are the same one, found in two runs.
#pragma once

#include <string>
#include <vector>

#include "trace/finding.h"

namespace ipcgrade {

/// The same for a run whose places were looked up and one whose were not, and for the long schedule
/// and the short one; of the fair run and another order, too. A result that depends on the order
/// and one that depends on time are one: which it is shows only when the schedule is as short as it
/// will go.
[[nodiscard]] std::string identity(const Finding& finding);

/// Of several that a student would call the same (the same lines, or without lines the same
/// identity; in whichever scenario, but for what is wrong in fair runs), only the first stays. A
/// deadlock where a lost wake-up is told at the same lines is that one. For findings whose places
/// were looked up.
void drop_repeated(std::vector<Finding>& findings);

/// One fault is one finding: what a failing call leads to is dropped where the same fault shows
/// without it, in any scenario; and what an order leads to where it comes of a failure that is not
/// handled. Gives those that were dropped.
[[nodiscard]] std::vector<Finding> drop_same_faults(std::vector<Finding>& findings);

}  // namespace ipcgrade
