// unsafe-handler: what a signal handler does and must not do.
#pragma once

#include <vector>

#include "assignment/assignment.h"
#include "trace/finding.h"
#include "trace/trace.h"

namespace ipcgrade {

/// Calls of functions that signal-safety(7) does not list, and handlers that return with another
/// errno than they found: one for each program and function, or handler.
[[nodiscard]] std::vector<Finding> detect_unsafe_handlers(const Scenario& scenario,
                                                          const Trace& trace);

}  // namespace ipcgrade
