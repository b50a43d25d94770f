// unclosed-pipe-end: a process reads or writes a pipe while it holds an end that is not its own.
#pragma once

#include <vector>

#include "assignment/assignment.h"
#include "trace/finding.h"
#include "trace/trace.h"

namespace ipcgrade {

/// From Trace::pipe_ends. An end is not a process's own if the process holds both ends of a pipe
/// that it shares with another, does not use this one in the whole run, and uses the other itself
/// or sees this one used by somebody else. So a pipe that a process keeps to wake itself is its
/// own, and an end that it only had no data for is, too. One finding for each process and end.
[[nodiscard]] std::vector<Finding> detect_unclosed_pipe_ends(const Scenario& scenario,
                                                             const Trace& trace);

}  // namespace ipcgrade
