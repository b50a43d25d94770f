// A finding beside an order that goes well: the same places, and what comes the other way round.
#pragma once

#include <vector>

#include "trace/finding.h"
#include "trace/trace.h"

namespace ipcgrade {

/// The two events as a finding names them, `story` being told from the trace.
[[nodiscard]] Unordered unordered(const Trace& trace, const std::vector<StoryStep>& story,
                                  EventId earlier, EventId later);

/// Tells Finding::good_story from `good`, a run of the same scenario as `bad` in which nothing goes
/// wrong, and finds Finding::unordered where some two steps come the other way round there; the
/// finding's own story is told anew where it lacks them. Both traces have their places, and the
/// finding was told from `bad`.
void compare_with_good(Finding& finding, const Trace& bad, const Trace& good);

}  // namespace ipcgrade
