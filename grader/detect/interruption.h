// Whether a call can fail with EINTR.
#pragma once

#include <vector>

#include "assignment/assignment.h"
#include "trace/trace.h"

namespace ipcgrade {

/// Of the signals that would interrupt the call (Injectable::interrupted_by), those that can come
/// while it waits: one that the kernel sends of itself, as was seen to in the run; one that some
/// scenario sends from outside, or any, in a lab that says nothing of such; or one that the run's
/// own processes send to this one, by a sender that had not ended.
[[nodiscard]] std::vector<int> interrupting(const Assignment& assignment, const Trace& trace,
                                            const Injectable& call);

/// Whether the task's handler of it came back, in a run in which it was made to come
/// (Injection::signal). A call fails with EINTR when its handler has, and never where that ends the
/// process, or jumps.
[[nodiscard]] bool comes_back(const Trace& trace, TaskId task, int signal);

}  // namespace ipcgrade
