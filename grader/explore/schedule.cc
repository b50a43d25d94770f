#include "explore/schedule.h"

#include <algorithm>

#include "explore/strategy.h"
#include "trace/stopped.h"

namespace ipcgrade {

namespace {

bool gets_nowhere(const Trace& trace) {
  return trace.end == RunEnd::kSpinning || trace.end == RunEnd::kSteps ||
         stopped_at(sandbox::LimitKind::kWallTime, trace);
}

/// More than a look, or a pause between looks.
bool changes_something(const Trace& trace, const Event& event) {
  switch (event.kind) {
    case EventKind::kTimer:
    case EventKind::kSpin:
    case EventKind::kWaitBegins:
      return false;
    case EventKind::kAccess:
      return event.writes;
    case EventKind::kCall:
      return event.result >= 0 &&
             std::ranges::any_of(touches_of(trace, event),
                                 [](const Touch& one) { return one.does != kReads; });
    default:
      return true;
  }
}

}  // namespace

std::vector<Deviation> deviations_of(const Trace& trace) {
  std::vector<Deviation> deviations;
  for (std::size_t i = 0; i < trace.decisions.size(); ++i) {
    const Decision& decision = trace.decisions[i];
    const Choice* taken = taken_choice(trace, decision);
    if (taken == nullptr || decision.taken == decision.usual) continue;
    deviations.push_back({static_cast<std::uint32_t>(i), taken->actor});
  }
  return deviations;
}

std::vector<Actor> actors_of(const Trace& trace) {
  std::vector<Actor> actors;
  actors.reserve(trace.decisions.size());
  for (const Decision& decision : trace.decisions) {
    if (const Choice* taken = taken_choice(trace, decision)) actors.push_back(taken->actor);
  }
  return actors;
}

RunOptions options_of(const Schedule& schedule) {
  RunOptions options;
  options.injection = schedule.injection;
  options.watched = schedule.watched;
  return options;
}

std::vector<Actor> actors_to_follow(const Trace& trace) {
  std::vector<Actor> actors = actors_of(trace);
  if (!gets_nowhere(trace)) return actors;
  const auto last = std::find_if(trace.events.rbegin(), trace.events.rend(),
                                 [&](const Event& one) { return changes_something(trace, one); });
  const std::size_t most = last == trace.events.rend() ? 0 : last->decision + 1;
  if (most < actors.size()) actors.resize(most);
  return actors;
}

std::size_t switches_of(const Trace& trace) {
  const std::vector<Actor> actors = actors_to_follow(trace);
  std::size_t switches = 0;
  for (std::size_t i = 1; i < actors.size(); ++i) {
    if (actors[i] != actors[i - 1]) ++switches;
  }
  return switches;
}

std::size_t effort_of(const Trace& trace) {
  constexpr std::size_t kOfSeconds = 100'000;
  constexpr std::size_t kOfSpin = 100;  // it is shown step by step
  const auto spins =
      static_cast<std::size_t>(std::ranges::count_if(trace.events, [](const Event& one) {
        return one.kind == EventKind::kSpin && one.result == 0;
      }));
  return trace.events.size() + kOfSpin * spins +
         (stopped_at(sandbox::LimitKind::kCpuTime, trace) ? kOfSeconds : 0);
}

namespace {

std::optional<std::size_t> choice_of(const Trace& trace, const Decision& decision, Actor actor,
                                     bool may_idle) {
  const auto choices = choices_of(trace, decision);
  const auto found = std::ranges::find_if(choices, [&](const Choice& choice) {
    return (choice.enabled || (may_idle && choice.idles)) && choice.actor == actor;
  });
  if (found == choices.end()) return std::nullopt;
  return static_cast<std::size_t>(found - choices.begin());
}

}  // namespace

std::optional<std::size_t> enabled_choice(const Trace& trace, const Decision& decision,
                                          Actor actor) {
  return choice_of(trace, decision, actor, false);
}

std::optional<std::size_t> possible_choice(const Trace& trace, const Decision& decision,
                                           Actor actor) {
  return choice_of(trace, decision, actor, true);
}

std::size_t enabled_count(const Trace& trace, const Decision& decision) {
  return static_cast<std::size_t>(
      std::ranges::count_if(choices_of(trace, decision), &Choice::enabled));
}

std::size_t contended_decisions(const Trace& trace) {
  return static_cast<std::size_t>(std::ranges::count_if(
      trace.decisions, [&](const Decision& one) { return enabled_count(trace, one) > 1; }));
}

}  // namespace ipcgrade
