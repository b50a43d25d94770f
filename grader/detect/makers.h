// Who made what a held run left behind. Of a run at full speed nobody knows.
#pragma once

#include <string_view>

#include "sandbox/listing.h"
#include "trace/trace.h"

namespace ipcgrade {

/// The call that made it; nullptr: it was there before, or nobody saw it. Of a System V object the
/// first that came back with its id, since no id is used again; of what has a name the first that
/// could have made it, since that name was last taken away. Into the trace.
[[nodiscard]] const Event* maker_of(const Trace& trace, const sandbox::SysvSegment& one);
[[nodiscard]] const Event* maker_of(const Trace& trace, const sandbox::SysvSemaphoreSet& one);
[[nodiscard]] const Event* maker_of(const Trace& trace, const sandbox::SysvMessageQueue& one);
[[nodiscard]] const Event* maker_of(const Trace& trace, const sandbox::PosixMessageQueue& one);
[[nodiscard]] const Event* maker_of(const Trace& trace, const sandbox::SharedMemoryFile& one);

/// The same of the process that is called so, "server's child 1": its fork.
[[nodiscard]] const Event* maker_of_process(const Trace& trace, std::string_view name);

}  // namespace ipcgrade
