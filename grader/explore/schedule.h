// An order of a scenario as a value: where it leaves the usual one. Short, since the usual order
// goes on with a task for as long as it can.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "supervise/chooser.h"
#include "trace/trace.h"

namespace ipcgrade {

/// At the decision of that number, this actor and not the usual one. Not the number of a choice:
/// an actor still means the same where an earlier deviation was dropped.
struct Deviation {
  std::uint32_t decision = 0;
  Actor actor;

  friend bool operator==(const Deviation&, const Deviation&) = default;
};

struct Schedule {
  std::size_t scenario = 0;  ///< index into the assignment's scenarios
  std::optional<Injection> injection{};
  std::vector<Watched> watched{};       ///< without them, the decisions were others
  std::vector<Deviation> deviations{};  ///< ascending, at most one a decision

  friend bool operator==(const Schedule&, const Schedule&) = default;
};

/// What a run of the schedule is made with, beside its deviations.
[[nodiscard]] RunOptions options_of(const Schedule& schedule);

/// Where the run left the usual order.
[[nodiscard]] std::vector<Deviation> deviations_of(const Trace& trace);

/// The actors that were taken, a decision each.
[[nodiscard]] std::vector<Actor> actors_of(const Trace& trace);

/// Those that a reader of the run has to follow: all; of a run that gets nowhere, those up to the
/// last that did anything but look.
[[nodiscard]] std::vector<Actor> actors_to_follow(const Trace& trace);

/// How often another of these was taken than just before.
[[nodiscard]] std::size_t switches_of(const Trace& trace);

/// What making the run cost, in events. One that was ended for computing took seconds for its few.
[[nodiscard]] std::size_t effort_of(const Trace& trace);

/// Which of the decision's choices takes `actor` on; nothing where it can't go on.
[[nodiscard]] std::optional<std::size_t> enabled_choice(const Trace& trace,
                                                        const Decision& decision, Actor actor);

/// The same; or a choice of it that idles.
[[nodiscard]] std::optional<std::size_t> possible_choice(const Trace& trace,
                                                         const Decision& decision, Actor actor);

}  // namespace ipcgrade
