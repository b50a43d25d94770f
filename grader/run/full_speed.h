// One run of a scenario at full speed, in a box of its own: programs + scenario -> trace.
#pragma once

#include <optional>
#include <vector>

#include "assignment/assignment.h"
#include "compile/build.h"
#include "sandbox/error.h"
#include "sandbox/host.h"
#include "sandbox/policy.h"
#include "trace/trace.h"

namespace ipcgrade {

struct RunSpec {
  const sandbox::Host& host;
  const Assignment& assignment;
  const sandbox::Policy& policy;
  const std::vector<Program>& programs;
  int stop = -1;  ///< as in sandbox::BoxSpec
};

/// Starts the programs as the scenario says and waits until the last has ended, or was ended at a
/// limit. `isolation` is set to the box's. An error is the machine's or ours.
[[nodiscard]] sandbox::Expected<Trace> run_at_full_speed(
    const RunSpec& spec, const Scenario& scenario, std::optional<sandbox::Isolation>& isolation);

/// Whether that run decides the scenario, whatever the orders come to: a refused call, a limit that
/// is not one of time, a stop. Waiting too long may be luck; whether it is, the held runs tell.
[[nodiscard]] bool decides(const Trace& full_speed);

}  // namespace ipcgrade
