// forbidden-call and the limits: a run that was ended early, by Trace::stopped.
#pragma once

#include "assignment/assignment.h"
#include "trace/finding.h"
#include "trace/trace.h"

namespace ipcgrade {

/// Why it was ended, and where those stood who came to the limit. `result`: that the run is
/// measured by; one without programs where there is none.
[[nodiscard]] Finding tell_stopped(const Scenario& scenario, const Trace& trace,
                                   const Result& result);

}  // namespace ipcgrade
