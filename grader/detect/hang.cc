#include "detect/hang.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "detect/deadlock.h"
#include "detect/results.h"
#include "detect/story.h"
#include "detect/tell.h"
#include "detect/unchecked_call.h"
#include "trace/stopped.h"

namespace ipcgrade {
namespace {

/// The part of a run of too many steps in which nothing may have changed for it to be a livelock,
/// and how many different looks there may be in it.
constexpr std::size_t kLeastQuiet = 1000;
constexpr std::size_t kMostLooks = 64;

/// Sleeping, yielding and waiting with a time-out let others go on.
bool lets_go(const Trace& trace, const Event& event) {
  if (event.kind == EventKind::kTimer || event.kind == EventKind::kWaitBegins) return true;
  if (event.kind != EventKind::kCall) return false;
  const std::string_view call = call_of(trace, event);
  if (call.ends_with("sleep") || call.ends_with("yield")) return true;
  return std::ranges::any_of(touches_of(trace, event), [&](const Touch& touch) {
    return touch.object < trace.objects.size() &&
           trace.objects[touch.object].kind == ObjectKind::kClock;
  });
}

/// The last thing that a task looked at before it was held: in memory, or by a call that failed.
const Event* last_look(const Trace& trace, TaskId task, std::size_t before) {
  while (before > 0) {
    const Event& event = trace.events[--before];
    if (event.task == task && event.kind == EventKind::kAccess) return &event;
    const bool is_call = event.task == task && event.kind == EventKind::kCall;
    if (is_call && !lets_go(trace, event)) return event.result < 0 ? &event : nullptr;
  }
  return nullptr;
}

/// "client calls shmget again and again at client.c:23, which fails with ENOENT each time".
std::string calls_text(const Trace& trace, const Event& call) {
  const char* error = strerrorname_np(static_cast<int>(-call.result));
  return fmt::format("{} calls {} again and again{}, which fails with {} each time",
                     process_of(trace, call.task), call_of(trace, call),
                     at_place(trace, call.place), error == nullptr ? "an error" : error);
}

/// ", 1 byte at offset 0 of the segment", or nothing.
std::string looked_at(const Trace& trace, std::size_t spin) {
  const Event& event = trace.events[spin];
  const Touch* touch = memory_touch(trace, event);
  if (touch == nullptr) {
    const Event* look = last_look(trace, event.task, spin);
    if (look != nullptr && look->kind == EventKind::kAccess) touch = memory_touch(trace, *look);
  }
  return touch == nullptr ? "" : " at " + bytes_text(trace, *touch);
}

/// Whether the task has only slept, again and again, since it was taken to look: that is no look.
bool only_sleeps(const Trace& trace, std::size_t spin) {
  constexpr std::size_t kAgainAndAgain = 6;
  std::size_t seen = 0;
  for (std::size_t at = spin + 1; at < trace.events.size(); ++at) {
    const Event& event = trace.events[at];
    if (event.task != trace.events[spin].task) continue;
    if (!lets_go(trace, event)) return false;
    ++seen;
  }
  return seen >= kAgainAndAgain;
}

/// Whether the task lets others go on between its looks: said by the event, or seen in what it did
/// since it last did the same.
bool is_polite(const Trace& trace, std::size_t spin) {
  constexpr std::size_t kMostInARound = 64;
  const Event& event = trace.events[spin];
  if (event.result != 0) return true;
  const Event* last = nullptr;
  std::size_t seen = 0;
  for (std::size_t i = spin; i > 0 && seen < kMostInARound;) {
    const Event& earlier = trace.events[--i];
    if (earlier.task != event.task) continue;
    if (lets_go(trace, earlier)) return true;
    const bool same = last != nullptr && last->instruction != 0 &&
                      earlier.instruction == last->instruction && earlier.kind == last->kind &&
                      call_of(trace, earlier) == call_of(trace, *last);
    if (same) return false;
    if (last == nullptr) last = &earlier;
    ++seen;
  }
  return false;
}

std::vector<EventId> last_spins(const Trace& trace) {
  std::vector<EventId> spins;
  std::set<TaskId> seen;
  for (std::size_t i = trace.events.size(); i > 0;) {
    const Event& event = trace.events[--i];
    if (event.kind != EventKind::kSpin || event.task >= trace.tasks.size()) continue;
    if (trace.tasks[event.task].ended) continue;
    if (seen.insert(event.task).second) spins.push_back(static_cast<EventId>(i));
  }
  std::ranges::reverse(spins);
  return spins;
}

/// The last writes, of anybody, to the bytes that those who look again and again look at: why they
/// look in vain.
std::vector<EventId> writes_looked_at(const Trace& trace) {
  constexpr std::size_t kMostWrites = 3;
  std::vector<EventId> keys;
  for (const TaskId id : task_ids(trace)) {
    if (trace.tasks[id].ended) continue;
    const auto look =
        std::ranges::find_if(trace.events.rbegin(), trace.events.rend(), [&](const Event& event) {
          return event.task == id && event.kind == EventKind::kAccess && event.reads;
        });
    const Touch* looked = look == trace.events.rend() ? nullptr : memory_touch(trace, *look);
    if (looked == nullptr) continue;
    std::size_t found = 0;
    for (std::size_t i = trace.events.size(); i > 0 && found < kMostWrites;) {
      const Event& event = trace.events[--i];
      const Touch* touch = event.writes ? memory_touch(trace, event) : nullptr;
      if (touch == nullptr || !conflict(*touch, *looked)) continue;
      keys.push_back(static_cast<EventId>(i));
      ++found;
    }
  }
  return keys;
}

Finding livelock(const Scenario& scenario, const Trace& trace, Stage stage) {
  Finding finding = held_finding(Kind::kLivelock, scenario, stage);
  std::vector<std::string> parts;
  std::set<std::string> names;
  std::vector<EventId> spins = last_spins(trace);
  bool looks = spins.empty();
  bool names_bytes = false;
  bool circles = false;
  for (const EventId spin : spins) {
    const Event& event = trace.events[spin];
    names.insert(process_of(trace, event.task));
    const bool sleeps = only_sleeps(trace, spin);
    const std::string what = sleeps ? "" : looked_at(trace, spin);
    // Where it looks comes before where it pauses.
    const Event* look = sleeps ? nullptr : last_look(trace, event.task, spin);
    const std::uint32_t place = look != nullptr && look->place != 0 ? look->place : event.place;
    finding.locations.push_back(location_of(trace, event.task, place));
    if (place != event.place) finding.locations.push_back(location_of(trace, event));
    looks = looks || !sleeps;
    names_bytes = names_bytes || !what.empty();
    if (parts.size() == kMostNamed) continue;
    if (sleeps) {
      parts.push_back(fmt::format("{} sleeps again and again{}, and does nothing between",
                                  process_of(trace, event.task), at_place(trace, event.place)));
      continue;
    }
    if (look != nullptr && look->kind == EventKind::kCall) {
      parts.push_back(calls_text(trace, *look));
      // Who is alone waits for one who will not come.
      if (scenario.starts.size() == 1) {
        finding.hint =
            "Nobody is there who could make what it asks for, and it can't know: give up after a "
            "while, say so on stderr, and exit with another status than 0.";
      }
      continue;
    }
    if (trace.tasks[event.task].waits_for == kBurns) {
      parts.push_back(fmt::format("{} runs in a circle{}, in which it changes nothing",
                                  process_of(trace, event.task), at_place(trace, place)));
      finding.hint =
          "Either nobody changes any more what the loop looks at, or it does not look: a plain "
          "variable may be read once and for all, since the compiler does not expect that anybody "
          "else changes it. What a handler changes is a volatile sig_atomic_t, what another thread "
          "or process changes an atomic; and better than a loop that burns the processor is a "
          "wait.";
      circles = true;
      continue;
    }
    parts.push_back(fmt::format("{} looks again and again{}{}", process_of(trace, event.task), what,
                                at_place(trace, place)));
  }
  std::vector<TaskId> others;
  for (const TaskId id : stuck_tasks(scenario, trace)) {
    const TaskRecord& task = trace.tasks[id];
    names.insert(task.name);
    const bool spins_itself =
        std::ranges::any_of(spins, [&](EventId spin) { return trace.events[spin].task == id; });
    if (spins_itself) continue;
    others.push_back(id);
    if (parts.size() < kMostNamed) {
      parts.push_back(
          fmt::format("{}{} {}", task.name, at_place(trace, task.waits_at), task.waits_for));
    }
  }
  finding.message = parts.empty() ? std::string("the programs run on and change nothing")
                                  : fmt::format("{}", fmt::join(parts, ", "));
  finding.message += circles       ? ", and nothing will ever end that"
                     : names_bytes ? ", and nobody will ever change it"
                     : looks       ? ", and it will find the same for ever"
                                   : ", for longer than anybody would wait";
  add_waits(finding, trace, others);
  blame_deadly_signal(finding, trace);
  finding.distinct = fmt::format("{}", fmt::join(names, "; "));
  return finding;
}

/// Whether somebody can go on at the end, and has not since that event: an order that is unfair for
/// so long says nothing.
bool somebody_stood_still(const Trace& trace, std::size_t since) {
  if (trace.decisions.empty()) return false;
  std::set<TaskId> went;
  for (std::size_t i = since; i < trace.events.size(); ++i) went.insert(trace.events[i].task);
  return std::ranges::any_of(choices_of(trace, trace.decisions.back()), [&](const Choice& one) {
    const bool is_task = one.actor.kind == ActorKind::kTask || one.actor.kind == ActorKind::kSignal;
    return one.enabled && is_task && !went.contains(one.actor.task);
  });
}

/// Whether the second half of a run of too many steps changed nothing: only looks, at a few things,
/// sleeps and calls that failed. Anything else may be progress, and nobody is accused.
bool ran_in_place(const Trace& trace) {
  const std::size_t half = trace.events.size() / 2;
  if (half < kLeastQuiet) return false;
  std::set<std::tuple<TaskId, std::uint64_t, ObjectId, std::uint64_t, std::int64_t>> looks;
  for (std::size_t i = half; i < trace.events.size(); ++i) {
    const Event& event = trace.events[i];
    switch (event.kind) {
      case EventKind::kTimer:
      case EventKind::kWaitBegins:
      case EventKind::kSpin:
        break;
      case EventKind::kAccess: {
        const Touch* touch = memory_touch(trace, event);
        if (event.writes || touch == nullptr) return false;
        looks.emplace(event.task, event.instruction, touch->object, touch->begin, event.result);
        break;
      }
      case EventKind::kCall: {
        const bool clock_only =
            std::ranges::all_of(touches_of(trace, event), [&](const Touch& one) {
              return one.object < trace.objects.size() &&
                     trace.objects[one.object].kind == ObjectKind::kClock;
            });
        if (event.result >= 0 && !(clock_only && event.touches != kEmptyList)) return false;
        break;
      }
      default:
        return false;
    }
    if (looks.size() > kMostLooks) return false;
  }
  return true;
}

/// Where a call that waits for several files comes back at once each time: why, and what then.
/// Empty: it goes round otherwise.
std::string hint_for_spin(const Trace& trace, EventId spin) {
  const Event& event = trace.events[spin];
  for (EventId at = spin; at > 0; --at) {
    const Event& last = trace.events[at - 1];
    if (last.task != event.task || last.kind != EventKind::kCall) continue;
    const std::string_view call = call_of(trace, last);
    const bool waits = call.starts_with("poll") || call.starts_with("ppoll") ||
                       call.starts_with("select") || call.starts_with("pselect") ||
                       call.starts_with("epoll");
    if (!waits || last.result <= 0) return "";
    return "The call comes back at once, since something that it is asked about is ready and stays "
           "so: data that nobody reads, room to write that nobody uses, or an end of a pipe whose "
           "other end is closed (POLLHUP, POLLERR). Deal with that, or ask about it no more.";
  }
  return "";
}

}  // namespace

std::vector<Finding> detect_hang(const Scenario& scenario, const Trace& trace, Stage stage) {
  if (matching_result(scenario, trace) != nullptr) return {};
  std::optional<Finding> finding;
  std::vector<EventId> keys = last_spins(trace);
  if (trace.end == RunEnd::kDeadlock) {
    if (stuck_tasks(scenario, trace).empty()) return {};
    finding = tell_deadlock(scenario, trace, stage, keys);
  } else if (somebody_stood_still(trace, trace.events.size() / 2)) {
    return {};
  } else if (trace.end == RunEnd::kSpinning ||
             (trace.end == RunEnd::kSteps && ran_in_place(trace))) {
    finding = livelock(scenario, trace, stage);
  }
  if (!finding) return {};
  if (finding->kind == Kind::kLivelock) {
    if (!keys.empty() && finding->hint.empty()) finding->hint = hint_for_spin(trace, keys.front());
    std::ranges::copy(writes_looked_at(trace), std::back_inserter(keys));
  }
  if (const auto unchecked = blame_unchecked_call(*finding, trace)) keys.push_back(*unchecked);
  finding->story = tell_story(trace, keys, StoryEnd::kWaits);
  return {std::move(*finding)};
}

std::vector<Finding> detect_busy_waits(const Scenario& scenario, const Trace& trace,
                                       Polling polling) {
  std::vector<Finding> findings;
  std::set<std::string> known;
  for (EventId id = 0; id < trace.events.size(); ++id) {
    const Event& event = trace.events[id];
    if (event.kind != EventKind::kSpin || event.result == kTimesOut) continue;
    const bool polite = is_polite(trace, id);
    if (polite && polling == Polling::kIsWaiting) continue;
    Finding finding = held_finding(Kind::kBusyWait, scenario, Stage::kOrders);
    finding.message = fmt::format(
        "{} waits by looking again and again{}{}{}", process_of(trace, event.task),
        looked_at(trace, id), at_place(trace, event.place),
        polite ? ", with a sleep or a yield between the looks" : " without ever letting go");
    finding.distinct = fmt::format("{}+{:#x}", program_of(trace, event.task), event.instruction);
    if (!known.insert(finding.distinct).second) continue;
    finding.locations = {location_of(trace, event)};
    finding.hint = hint_for_spin(trace, id);
    finding.story = tell_story(trace, {id});
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace ipcgrade
