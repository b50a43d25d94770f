#include "detect/good_order.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "detect/deadlock.h"
#include "detect/happens_before.h"
#include "detect/story.h"
#include "detect/tell.h"

namespace ipcgrade {
namespace {

/// What a process does at a place of its program: a wrapper's one line is many places, by who calls
/// it, and a loop does something to many things.
struct Doing {
  std::string process;
  std::string file;
  int line = 0;
  EventKind kind{};
  std::vector<int> callers{};  ///< their lines
  std::string call{};
  std::string object{};  ///< the first that it touches, and where
  friend auto operator<=>(const Doing&, const Doing&) = default;
};

/// What matters to others.
const Touch* touch_of(const Trace& trace, const Event& event) {
  for (const Touch& one : touches_of(trace, event)) {
    if (one.object >= trace.objects.size()) continue;
    if (trace.objects[one.object].kind != ObjectKind::kClock) return &one;
  }
  return nullptr;
}

/// The events of a run by what they do, the first time, the second, …
class Doings {
 public:
  explicit Doings(const Trace& trace) : trace_(trace), times_(trace.events.size()) {
    for (EventId id = 0; id < trace.events.size(); ++id) {
      if (trace.events[id].place == 0) continue;
      auto& all = events_[doing_of(id)];
      times_[id] = all.size();
      all.push_back(id);
    }
  }
  [[nodiscard]] Doing doing_of(EventId id) const {
    const Event& event = trace_.events[id];
    const Place& place = trace_.places[event.place];
    Doing doing{process_of(trace_, event.task), place.file, place.line, event.kind};
    for (const Place& caller : place.callers) doing.callers.push_back(caller.line);
    doing.call = call_of(trace_, event);
    if (const Touch* touch = touch_of(trace_, event)) {
      const ObjectRecord& object = trace_.objects[touch->object];
      doing.object = object.name;
      if (object.kind == ObjectKind::kMemory) doing.object += fmt::format("+{}", touch->begin);
    }
    return doing;
  }
  [[nodiscard]] bool has_place(EventId id) const { return trace_.events[id].place != 0; }
  /// How often the same was done before.
  [[nodiscard]] std::size_t times(EventId id) const { return times_[id]; }
  [[nodiscard]] const std::vector<EventId>* find(const Doing& doing) const {
    const auto found = events_.find(doing);
    return found == events_.end() ? nullptr : &found->second;
  }
  /// The last wait of a process at a line, or what it does there without one.
  [[nodiscard]] std::optional<EventId> last_wait_at(const std::string& process,
                                                    const std::string& file, int line) const {
    const auto last_of = [&](EventKind kind) {
      std::optional<EventId> last;
      for (const auto& [doing, events] : events_) {
        const bool there = doing.process == process && doing.file == file && doing.line == line &&
                           doing.kind == kind;
        if (there && (!last || events.back() > *last)) last = events.back();
      }
      return last;
    };
    for (const EventKind kind : {EventKind::kWaitBegins, EventKind::kCall, EventKind::kAccess}) {
      if (const auto last = last_of(kind)) return last;
    }
    return std::nullopt;
  }
  /// What is done here for the same time as the event of the other run.
  [[nodiscard]] std::optional<EventId> same(const Doings& other, EventId id) const {
    if (!other.has_place(id)) return std::nullopt;
    const auto* all = find(other.doing_of(id));
    const std::size_t time = other.times(id);
    return all == nullptr || time >= all->size() ? std::nullopt : std::optional((*all)[time]);
  }

 private:
  const Trace& trace_;
  std::vector<std::size_t> times_;
  std::map<Doing, std::vector<EventId>> events_;
};

/// Two events of a run and their counterparts in the other.
struct Reversed {
  std::optional<EventId> bad_earlier, bad_later;           ///< nothing: it does not come to that
  EventId good_earlier = kNoEvent, good_later = kNoEvent;  ///< which come the other way round
};

class Comparison {
 public:
  Comparison(const Finding& finding, const Trace& bad, const Trace& good)
      : finding_(finding), bad_(bad), good_(good), in_bad_(bad), in_good_(good) {
    std::map<std::string, ObjectId> names;
    for (ObjectId id = 0; id < bad.objects.size(); ++id) names.emplace(bad.objects[id].name, id);
    for (const ObjectRecord& one : good.objects) {
      const auto found = names.find(one.name);
      objects_.push_back(found == names.end() ? kNoObject : found->second);
    }
  }

  /// What the program that goes wrong saw too early, the last before it does: that other processes
  /// have done it by then in the good run.
  [[nodiscard]] std::optional<Reversed> seen_too_early() const {
    std::set<std::string> wrong;
    EventId last = 0;
    for (const StoryStep& step : finding_.story) {
      if (!step.is_key || step.event == kNoEvent) continue;
      wrong.insert(step.process);
      last = std::max(last, step.event);
    }
    std::size_t looks = 0;
    for (EventId id = last + 1; !wrong.empty() && id-- > 0 && looks < kMostLooks;) {
      if (!wrong.contains(process_of(bad_, bad_.events[id].task))) continue;
      const auto good = in_good_.same(in_bad_, id);
      if (!good) continue;
      for (EventId other = *good; other-- > 0 && ++looks < kMostLooks;) {
        if (!in_good_.has_place(other) || !sees(id, other)) continue;
        const auto later = in_bad_.same(in_good_, other);
        if (!later || *later > id) return Reversed{id, later, *good, other};
      }
    }
    return std::nullopt;
  }

  /// Two steps of the story of those that wait for ever.
  [[nodiscard]] std::optional<Reversed> steps_reversed() const {
    struct Pair {
      const StoryStep* step;
      EventId good;
    };
    std::vector<Pair> pairs;
    for (const StoryStep& step : finding_.story) {
      const auto event = counterpart(step);
      // A sleep and a yield are nothing that another could wait for.
      if (event && touch_of(good_, good_.events[*event]) != nullptr)
        pairs.push_back({&step, *event});
    }
    // At one object, about the finding itself, near each other, late.
    const auto worth = [this](const Pair& one, const Pair& other) {
      const auto matters = [](const StoryStep& step) {
        return step.is_key || step.event == kNoEvent ? 1 : 0;
      };
      const bool meet = conflict(touches_of(good_, good_.events[one.good]),
                                 touches_of(good_, good_.events[other.good]));
      return std::tuple(meet, matters(*one.step) + matters(*other.step),
                        one.step->step - other.step->step, other.step->step);
    };
    const Pair* first = nullptr;
    const Pair* second = nullptr;
    for (const Pair& later : pairs) {
      for (const Pair& earlier : pairs) {
        if (&earlier == &later) break;
        if (earlier.step->process == later.step->process || earlier.good <= later.good) continue;
        // What never comes to an end here does not come before anything.
        if (earlier.step->event == kNoEvent) continue;
        if (first != nullptr && worth(earlier, later) <= worth(*first, *second)) continue;
        first = &earlier;
        second = &later;
      }
    }
    if (first == nullptr) return std::nullopt;
    const auto event_of = [](const StoryStep& step) {
      return step.event == kNoEvent ? std::nullopt : std::optional(step.event);
    };
    return Reversed{event_of(*first->step), event_of(*second->step), first->good, second->good};
  }

  /// The events of the good run that the story's steps stand for.
  [[nodiscard]] std::vector<EventId> counterparts() const {
    std::vector<EventId> events;
    for (const StoryStep& step : finding_.story) {
      if (const auto event = counterpart(step)) events.push_back(*event);
    }
    return events;
  }

 private:
  static constexpr std::size_t kMostLooks = 2'000'000;

  /// There for the same time or, where that is never, the last time.
  [[nodiscard]] std::optional<EventId> counterpart(const StoryStep& step) const {
    if (step.event == kNoEvent) return wait_at(step);
    if (!in_bad_.has_place(step.event)) return std::nullopt;
    const auto* all = in_good_.find(in_bad_.doing_of(step.event));
    if (all == nullptr) return std::nullopt;
    return (*all)[std::min(in_bad_.times(step.event), all->size() - 1)];
  }
  /// Of a wait that does not end: where the good run last waits, or goes by.
  [[nodiscard]] std::optional<EventId> wait_at(const StoryStep& step) const {
    if (step.line == 0) return std::nullopt;
    return in_good_.last_wait_at(step.process, step.file, step.line);
  }

  /// Whether what the event of the bad run does depends on whether another process has done what
  /// it does in the good one.
  [[nodiscard]] bool sees(EventId bad, EventId good) const {
    const Event& one = bad_.events[bad];
    const Event& other = good_.events[good];
    if (process_of(bad_, one.task) == process_of(good_, other.task)) return false;
    // An end touches all that the process holds; and nobody waits for another to take a signal.
    if (one.kind == EventKind::kExit || other.kind == EventKind::kExit) return false;
    if (other.kind == EventKind::kSignal) return false;
    // What a wait for a child sees is its end.
    if (call_of(bad_, one).starts_with("wait")) return false;
    for (const Touch& theirs : touches_of(good_, other)) {
      if (theirs.object >= objects_.size() || objects_[theirs.object] == kNoObject) continue;
      Touch touch = theirs;
      touch.object = objects_[theirs.object];
      for (const Touch& own : touches_of(bad_, one)) {
        if (!conflict(own, touch)) continue;
        const bool memory = bad_.objects[own.object].kind == ObjectKind::kMemory;
        if (!memory || (touch_reads(bad_, one, own) && touch_writes(other, theirs))) return true;
      }
    }
    return false;
  }

  const Finding& finding_;
  const Trace& bad_;
  const Trace& good_;
  Doings in_bad_, in_good_;
  std::vector<ObjectId> objects_;  ///< those of the good run as the bad one knows them
};

std::string told(const Trace& trace, EventId id) {
  const Event& event = trace.events[id];
  return fmt::format("{}{} ({})", process_of(trace, event.task), at_place(trace, event.place),
                     event_text(trace, event));
}

int step_of(const std::vector<StoryStep>& story, std::optional<EventId> event) {
  const auto found =
      std::ranges::find_if(story, [&](const StoryStep& step) { return step.event == event; });
  return event && found != story.end() ? found->step : 0;
}

}  // namespace

Unordered unordered(const Trace& trace, const std::vector<StoryStep>& story, EventId earlier,
                    EventId later) {
  return {told(trace, earlier), told(trace, later), step_of(story, earlier), step_of(story, later)};
}

void compare_with_good(Finding& finding, const Trace& bad, const Trace& good) {
  const Comparison comparison(finding, bad, good);
  std::vector<EventId> good_keys = comparison.counterparts();
  if (good_keys.empty()) return;
  // Who lost a wake-up need not be quicker, nor must time be longer, nor who takes locks crosswise
  // come first: there the fault is no order that is missing.
  const bool hangs = (finding.kind == Kind::kDeadlock && !is_lock_cycle(finding.waits)) ||
                     finding.kind == Kind::kLivelock;
  const bool sees = finding.kind == Kind::kOrderDependentResult || finding.kind == Kind::kCrash;
  const auto found = hangs  ? comparison.steps_reversed()
                     : sees ? comparison.seen_too_early()
                            : std::nullopt;
  if (found) {
    good_keys.insert(good_keys.end(), {found->good_earlier, found->good_later});
    const auto lacks = [&](std::optional<EventId> event) {
      return event && step_of(finding.story, event) == 0;
    };
    if (sees && (lacks(found->bad_earlier) || lacks(found->bad_later))) {
      std::vector<EventId> keys;
      for (const StoryStep& step : finding.story) {
        if (step.is_key) keys.push_back(step.event);
      }
      for (const auto& event : {found->bad_earlier, found->bad_later}) {
        if (event) keys.push_back(*event);
      }
      finding.story = tell_story(bad, std::move(keys));
    }
    finding.unordered = {
        found->bad_earlier ? told(bad, *found->bad_earlier) : told(good, found->good_earlier),
        found->bad_later ? told(bad, *found->bad_later)
                         : told(good, found->good_later) + ", which does not happen here at all",
        step_of(finding.story, found->bad_earlier), step_of(finding.story, found->bad_later)};
  }
  finding.good_story = tell_story(good, std::move(good_keys));
  // They were to be there; what makes the difference is the pair.
  for (StoryStep& step : finding.good_story) {
    step.is_key = found && (step.event == found->good_earlier || step.event == found->good_later);
  }
}

}  // namespace ipcgrade
