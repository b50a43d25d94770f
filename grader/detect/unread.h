// What is printed without having been read from where it is to come from.
#pragma once

#include <vector>

#include "assignment/assignment.h"
#include "trace/finding.h"
#include "trace/trace.h"

namespace ipcgrade {

/// Programs that printed the right text and read fewer bytes of the segment of
/// ExpectedEnd::from_segment, be it by their own code, libc's or the kernel on their behalf. Of a
/// held run whose results are right; of another, nothing.
[[nodiscard]] std::vector<Finding> detect_unread(const Scenario& scenario, const Trace& trace,
                                                 Stage stage);

}  // namespace ipcgrade
