// A held run in the Trace Event Format, which chrome://tracing and Perfetto show ("Trace Event
// Format", Google, 2016): a track a process or thread, a slice a step, an arrow for what orders two
// steps of different tasks.
#pragma once

#include <string>

#include "trace/trace.h"

namespace ipcgrade {

/// Pure ASCII, ends with a newline. The time is the number of the step, a millisecond each: what
/// happened at one moment of the virtual clock has its order, too.
[[nodiscard]] std::string chrome_trace(const Trace& trace);

}  // namespace ipcgrade
