// The few steps of a held run that matter for a finding, told for a student.
#pragma once

#include <vector>

#include "trace/finding.h"
#include "trace/trace.h"

namespace ipcgrade {

/// What a story ends with, beside the events.
enum class StoryEnd {
  kLastKey,  ///< the last of the events that it is about
  kWaits,    ///< what each task that has not ended waits for when the run is over
};

/// The `keys`, and of what came before them switches that the default order would not have made,
/// signals, time-outs, what was done to that which the keys and the last waits are about,
/// hand-overs and waits, as many as there is room for; the rest folded to "… 24 more writes by
/// server".
[[nodiscard]] std::vector<StoryStep> tell_story(const Trace& trace, std::vector<EventId> keys,
                                                StoryEnd end = StoryEnd::kLastKey);

}  // namespace ipcgrade
