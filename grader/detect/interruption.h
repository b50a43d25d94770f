// Whether a call can fail with EINTR.
#pragma once

#include "assignment/assignment.h"
#include "trace/trace.h"

namespace ipcgrade {

/// Whether one of the signals that would interrupt the call (Injectable::interrupted_by) can come
/// while it waits: one that the kernel sends of itself, as was seen to in the run; one that some
/// scenario sends from outside, or any, in a lab that says nothing of such; or one that the run's
/// own processes send to this one, by a sender that had not ended.
[[nodiscard]] bool can_be_interrupted(const Assignment& assignment, const Trace& trace,
                                      const Injectable& call);

}  // namespace ipcgrade
