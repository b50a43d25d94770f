// unclosed-pipe-end: a process reads or writes a pipe while it holds an end that is not its own.
#pragma once

#include <vector>

#include "assignment/assignment.h"
#include "trace/finding.h"
#include "trace/trace.h"

namespace ipcgrade {

/// From what a process holds when it reads or writes a pipe (Event::held_ends). An end is not its
/// own if it holds both ends of a pipe that a process beside it has, too, does not use this one in
/// the whole run, and uses the other itself or sees this one used by somebody else. So a pipe that
/// a process keeps to wake itself is its own, and an end that it only had no data for is, too. Of a
/// process that had not ended when the run did, nobody knows what it would still have used: only
/// an end that somebody else uses is held against it. One finding for each process and end.
[[nodiscard]] std::vector<Finding> detect_unclosed_pipe_ends(const Scenario& scenario,
                                                             const Trace& trace);

}  // namespace ipcgrade
