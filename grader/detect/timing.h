// What a run owes to time: sleeps, time-outs and timers that were over while somebody who could
// have gone on stood still.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "trace/finding.h"
#include "trace/trace.h"

namespace ipcgrade {

/// A time-out or timer that was let come while a ready task stood still.
struct Stall {
  EventId event = kNoEvent;
  VirtualTime time{};
  TaskId stalled = kNoTask;  ///< one of those that stood still
};

/// The first of a run.
[[nodiscard]] std::optional<Stall> find_stall(const Trace& trace);

/// Whose sleeps and time-outs were over while a task that was ready stood still, each once, in
/// their order: a timing-assumption of that run counts on the first. The same whether its places
/// were looked up or not.
[[nodiscard]] std::vector<std::string> sleeps_counted_on(const Trace& trace);

/// The call that set the timer whose signal that is.
[[nodiscard]] std::optional<EventId> call_that_set_timer(const Trace& trace, const Event& signal);

/// Makes of a wrong result a timing-assumption, with the place that is to be changed first. Gives
/// the call that set the timer, if it was one, and is known.
[[nodiscard]] std::optional<EventId> tell_timing(Finding& finding, const Trace& trace,
                                                 const Stall& stall);

}  // namespace ipcgrade
