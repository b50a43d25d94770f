// A call that failed by itself, and whose result was used as if it had not: why things go wrong
// later, and elsewhere.
#pragma once

#include <optional>

#include "trace/finding.h"
#include "trace/trace.h"

namespace ipcgrade {

/// Where a program that the finding names has made such a call: adds it to the message, the places
/// and the faults, and says what to try. The call, which belongs into the story; nothing where
/// there is none. Of a run whose steps were written down; the finding is of that run.
std::optional<EventId> blame_unchecked_call(Finding& finding, const Trace& trace);

/// Whether that call, which failed or was made to, is such a one.
[[nodiscard]] bool is_used_unchecked(const Trace& trace, EventId call);

}  // namespace ipcgrade
