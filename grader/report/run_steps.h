// A held run as a list of steps, for those that tell all of it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "trace/trace.h"

namespace ipcgrade {

struct RunStep {
  EventId event = kNoEvent;  ///< of the trace; steps are in its order
  std::string text;          ///< what happens, any bytes: for shown_step()
};

/// All that there is something to say of: what the C library does for itself is left out.
[[nodiscard]] std::vector<RunStep> run_steps(const Trace& trace);

/// "server", "server's child 1"; empty for what is nobody's, such as a signal from outside. Any
/// bytes.
[[nodiscard]] std::string who(const Trace& trace, const Event& event);

/// "server.c:32"; empty where that is not known. Any bytes.
[[nodiscard]] std::string where(const Trace& trace, std::uint32_t place);

}  // namespace ipcgrade
