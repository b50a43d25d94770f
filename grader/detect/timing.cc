#include "detect/timing.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "detect/tell.h"

namespace ipcgrade {
namespace {

/// Whether what is over is a pause between looks, and nobody counts on how long it takes: it is
/// made again and again, or hardly takes any time. Told without places, which not every run knows.
bool is_pause(const Trace& trace, const Event& end, VirtualTime stall) {
  constexpr VirtualTime kHardlyAny = std::chrono::milliseconds(5);
  if (stall < kHardlyAny) return true;
  constexpr std::ptrdiff_t kAgainAndAgain = 3;
  return std::ranges::count_if(trace.events, [&](const Event& event) {
           return event.kind == EventKind::kTimer && event.task == end.task &&
                  event.instruction == end.instruction && event.text == end.text;
         }) >= kAgainAndAgain;
}

/// For how long a task looked again while the others stood still. `last` becomes the last time that
/// a pause of it was over.
VirtualTime idled(const Trace& trace, EventId& last, TaskId task) {
  VirtualTime sum{};
  std::size_t last_decision = trace.decisions.size();
  for (std::size_t number = 0; number < trace.decisions.size(); ++number) {
    const Choice* taken = taken_choice(trace, trace.decisions[number]);
    if (taken == nullptr || !taken->idles || taken->actor.task != task) continue;
    if (taken->actor.kind != ActorKind::kTimeOut) continue;
    sum += taken->stall;
    last_decision = number;
  }
  const auto event = std::ranges::find(trace.events, last_decision, &Event::decision);
  if (event != trace.events.end()) last = static_cast<EventId>(event - trace.events.begin());
  return sum;
}

bool is_started(const Trace& trace, TaskId task, EventId before) {
  const auto end = trace.events.begin() + static_cast<std::ptrdiff_t>(before);
  return std::find_if(trace.events.begin(), end,
                      [&](const Event& event) { return event.task == task; }) != end;
}

/// No more than `most`.
std::vector<Stall> find_stalls(const Trace& trace, std::size_t most) {
  std::vector<Stall> stalls;
  for (std::size_t number = 0; number < trace.decisions.size(); ++number) {
    const Choice* taken = taken_choice(trace, trace.decisions[number]);
    const bool timed = taken != nullptr && (taken->actor.kind == ActorKind::kTimeOut ||
                                            taken->actor.kind == ActorKind::kTimer);
    if (!timed) continue;
    const TaskId stalled = passed_over(trace, trace.decisions[number]);
    if (stalled == kNoTask && taken->stall <= VirtualTime{} && !taken->idles) continue;
    const auto event = std::ranges::find(trace.events, number, &Event::decision);
    if (event == trace.events.end()) continue;
    Stall stall{static_cast<EventId>(event - trace.events.begin()), taken->stall, stalled};
    // That one is started late costs no time; who waits for it has given up, or slept instead.
    const bool starts_late = stalled != kNoTask && !is_started(trace, stalled, stall.event);
    if (taken->stall <= VirtualTime{} && !taken->idles && !starts_late) continue;
    if (!taken->idles && !starts_late && is_pause(trace, *event, taken->stall)) continue;
    if (taken->idles) stall.time = idled(trace, stall.event, event->task);
    if (starts_late) stall.time = VirtualTime{};
    stalls.push_back(stall);
    if (stalls.size() == most) break;
  }
  return stalls;
}

}  // namespace

std::optional<Stall> find_stall(const Trace& trace) {
  const auto first = find_stalls(trace, 1);
  return first.empty() ? std::nullopt : std::optional(first.front());
}

std::vector<std::string> sleeps_counted_on(const Trace& trace) {
  constexpr std::size_t kMost = 16;
  std::vector<std::string> sleeps;
  for (const Stall& stall : find_stalls(trace, kMost)) {
    const Event& event = trace.events[stall.event];
    const bool is_timer = event.task >= trace.tasks.size();
    std::string sleep = fmt::format("{}: {}", is_timer ? "a timer" : process_of(trace, event.task),
                                    text_of(trace, event));
    if (std::ranges::find(sleeps, sleep) == sleeps.end()) sleeps.push_back(std::move(sleep));
  }
  return sleeps;
}

std::optional<EventId> call_that_set_timer(const Trace& trace, const Event& signal) {
  for (const EventId timer : after_of(trace, signal)) {
    if (timer >= trace.events.size() || trace.events[timer].kind != EventKind::kTimer) continue;
    for (const EventId set : after_of(trace, trace.events[timer])) {
      if (set < trace.events.size() && trace.events[set].kind == EventKind::kCall) return set;
    }
  }
  return std::nullopt;
}

std::optional<EventId> tell_timing(Finding& finding, const Trace& trace, const Stall& stall) {
  const Event& event = trace.events[stall.event];
  finding.kind = Kind::kTimingAssumption;
  const std::string who =
      stall.stalled == kNoTask ? std::string("another") : process_of(trace, stall.stalled);
  const bool is_timer = event.task >= trace.tasks.size();
  const std::string what =
      is_timer ? "a timer fires"
               : fmt::format("{}'s sleep or time-out{} is over", process_of(trace, event.task),
                             at_place(trace, event.place));
  // Who may still be started does not stand still.
  const std::string meanwhile =
      stall.time <= VirtualTime{}
          ? fmt::format("before {} is started", who)
          : fmt::format("while {} has stood still for {}", who, seconds_text(stall.time));
  finding.message += fmt::format("; that happens when {} {}", what, meanwhile);
  finding.hint.clear();  // that of the kind says more
  // The place that is to be changed comes first.
  const auto lead_with = [&](const Event& one) {
    Location where = location_of(trace, one);
    std::erase(finding.locations, where);
    finding.locations.insert(finding.locations.begin(), std::move(where));
  };
  if (!is_timer) {
    lead_with(event);
    return std::nullopt;
  }
  // It shows where its signal comes, and where it was set.
  const auto came = std::find_if(trace.events.begin() + stall.event, trace.events.end(),
                                 [](const Event& one) { return one.kind == EventKind::kSignal; });
  if (came == trace.events.end()) return std::nullopt;
  const auto set = call_that_set_timer(trace, *came);
  for (const Event* one : {&*came, set ? &trace.events[*set] : nullptr}) {
    if (one != nullptr && one->place != 0) lead_with(*one);
  }
  return set;
}

}  // namespace ipcgrade
