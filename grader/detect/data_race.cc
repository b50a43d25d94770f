#include "detect/data_race.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>
#include <unordered_map>

#include "detect/good_order.h"
#include "detect/happens_before.h"
#include "detect/shadow.h"
#include "detect/story.h"
#include "detect/tell.h"

namespace ipcgrade {
namespace {

constexpr std::size_t kMostPairs = 50;
constexpr std::uint64_t kLargestAtomic = 16;
/// No single access is larger: such a touch speaks of the object as a whole, and what was logged as
/// such is a copy with a wrong length, which ends its program before it is done.
constexpr std::uint64_t kLargestAccess = std::uint64_t{1} << 28;

template <typename Range>
bool is_access(const Range& bytes) {
  return bytes.begin < bytes.end && bytes.end - bytes.begin <= kLargestAccess;
}

/// Where an access was made, for telling one pair from another. The call is part of it, since all
/// system calls of a program may be made by one instruction of the C library.
struct Site {
  std::size_t program = 0;
  std::uint64_t instruction = 0;
  std::string_view call;
  std::string_view file;
  int line = 0;

  friend auto operator<=>(const Site&, const Site&) = default;
};

struct Pair {
  EventId first = kNoEvent, second = kNoEvent;
  Touch one, other;
};

bool may_be_atomic(const Event& event, const Touch& touch) {
  return event.order == AccessOrder::kUnknown && touch.end - touch.begin <= kLargestAtomic;
}

/// Goes through a trace once, with what was logged between its events. What a shadow remembers are
/// events, and from Trace::events.size() on logged accesses.
class RaceFinder {
 public:
  /// `with_logged`: races with accesses that were logged are looked for, too.
  RaceFinder(const Trace& trace, bool with_logged)
      : trace_(trace), with_logged_(with_logged), order_(trace) {
    if (with_logged_) find_shared_lines();
    const auto end = static_cast<EventId>(trace.events.size());
    for (EventId id = 0; id < end; ++id) {
      check_logged_before(id);
      order_.enter(id);
      for (const Touch& touch : accesses(trace_.events[id])) check(id, touch);
      order_.leave(id);
    }
    check_logged_before(end);
  }

  std::vector<Finding> tell(const Scenario& scenario) const {
    std::vector<Finding> findings;
    for (const Pair& pair : pairs_) findings.push_back(tell(scenario, pair));
    return findings;
  }
  std::vector<Watched> to_watch() const { return {to_watch_.begin(), to_watch_.end()}; }

 private:
  static constexpr std::uint64_t kLine = 1024;

  /// Most of what threads tell of is on their own stacks and their own heap: what nobody else was
  /// near to is not looked at.
  void find_shared_lines() {
    for (const LoggedAccess& one : trace_.logged) {
      if (one.does == 0 || !is_access(one)) continue;
      for (std::uint64_t line = one.begin / kLine; line <= (one.end - 1) / kLine; ++line) {
        const auto [known, is_new] = owners_.try_emplace({one.object, line}, one.task);
        if (!is_new && known->second != one.task) known->second = kNoTask;
      }
    }
    if (owners_.empty()) return;
    for (const Event& event : trace_.events) {
      for (const Touch& touch : accesses(event)) {
        if (!is_access(touch)) continue;
        for (std::uint64_t line = touch.begin / kLine; line <= (touch.end - 1) / kLine; ++line) {
          if (const auto known = owners_.find({touch.object, line}); known != owners_.end()) {
            if (known->second != event.task) known->second = kNoTask;
          }
        }
      }
    }
  }

  [[nodiscard]] bool is_shared(const LoggedAccess& one) const {
    for (std::uint64_t line = one.begin / kLine; line <= (one.end - 1) / kLine; ++line) {
      if (owners_.at({one.object, line}) == kNoTask) return true;
    }
    return false;
  }

  void check_logged_before(EventId id) {
    for (; next_logged_ < trace_.logged.size(); ++next_logged_) {
      const LoggedAccess& one = trace_.logged[next_logged_];
      if (one.before > id) return;
      if (one.does == 0) {
        const auto known = shadows_.find(one.object);
        if (known != shadows_.end()) known->second.forget(one.begin, one.end);
        continue;
      }
      if (!with_logged_ || !is_access(one) || !is_shared(one)) continue;
      order_.begin(one.task, id);
      const bool writes = one.does == kWrites;
      check(static_cast<EventId>(trace_.events.size() + next_logged_), one.task, one.order,
            writes ? ipcgrade::writes(one.object, one.begin, one.end)
                   : reads(one.object, one.begin, one.end),
            writes);
    }
  }

  std::span<const Touch> accesses(const Event& event) const {
    const bool looks = event.kind == EventKind::kAccess || event.kind == EventKind::kCall;
    if (!looks || event.order == AccessOrder::kLibrary || event.task >= trace_.tasks.size()) {
      return {};
    }
    return touches_of(trace_, event);
  }

  void check(EventId id, const Touch& touch) {
    if (touch.object >= trace_.objects.size() || !is_access(touch) ||
        trace_.objects[touch.object].kind != ObjectKind::kMemory) {
      return;
    }
    const Event& event = trace_.events[id];
    const bool writes = touch_writes(event, touch);
    if (!writes && !touch_reads(trace_, event, touch)) return;
    check(id, event.task, event.order, touch, writes);
  }

  void check(EventId id, TaskId task, AccessOrder order, const Touch& touch, bool writes) {
    const bool atomic = is_atomic(order);
    shadows_[touch.object].add(touch.begin, touch.end, {id, writes},
                               [&](const Shadow::Access& past) {
                                 const bool was_atomic = is_atomic(order_of(past.event));
                                 if (!is_before(past.event, task)) {
                                   const bool both_atomic = atomic && was_atomic;
                                   if ((writes || past.writes) && !both_atomic)
                                     note(past, id, touch, writes);
                                   return false;
                                 }
                                 // Whatever races with the earlier one from here on races with this
                                 // one, too, if this one conflicts with all that the earlier does.
                                 return (writes && !atomic) || (was_atomic && !past.writes) ||
                                        (writes && was_atomic) || (!atomic && !past.writes);
                               });
  }

  [[nodiscard]] const LoggedAccess* logged(EventId id) const {
    return id < trace_.events.size() ? nullptr : &trace_.logged[id - trace_.events.size()];
  }
  [[nodiscard]] AccessOrder order_of(EventId id) const {
    const LoggedAccess* one = logged(id);
    return one != nullptr ? one->order : trace_.events[id].order;
  }
  [[nodiscard]] bool is_before(EventId id, TaskId task) const {
    const LoggedAccess* one = logged(id);
    return one != nullptr ? order_.before(one->task, one->before, task) : order_.before(id, task);
  }

  [[nodiscard]] Site site(const Event& event) const {
    const Place& place = trace_.places[event.place < trace_.places.size() ? event.place : 0];
    return {trace_.tasks[event.task].program, event.instruction,
            event.kind == EventKind::kCall ? call_of(trace_, event) : std::string_view(),
            place.file, place.line};
  }

  void note(const Shadow::Access& past, EventId id, const Touch& touch, bool writes) {
    if (logged(past.event) != nullptr || logged(id) != nullptr) {
      return note_to_watch(past, id, touch);
    }
    std::array sites{site(trace_.events[past.event]), site(trace_.events[id])};
    std::ranges::sort(sites);
    if (pairs_.size() >= kMostPairs || !known_.insert(sites).second) return;
    Pair pair{past.event, id, touch, touch};
    pair.other.does = writes ? kWrites : kReads;
    for (const Touch& candidate : touches_of(trace_, trace_.events[past.event])) {
      if (candidate.object == touch.object && candidate.begin < touch.end &&
          touch.begin < candidate.end &&
          touch_writes(trace_.events[past.event], candidate) == past.writes) {
        pair.one = candidate;
        break;
      }
    }
    pair.one.does = past.writes ? kWrites : kReads;
    pairs_.push_back(pair);
  }

  /// Of two accesses, one of which nobody was stopped at.
  void note_to_watch(const Shadow::Access& past, EventId id, const Touch& touch) {
    constexpr std::size_t kMost = 256;
    if (to_watch_.size() >= kMost) return;
    const LoggedAccess* here = logged(id);
    const TaskId task = here != nullptr ? here->task : trace_.events[id].task;
    Watched common{trace_.tasks[task].program, touch.begin, touch.end};
    if (const LoggedAccess* earlier = logged(past.event)) {
      common.begin = std::max(common.begin, earlier->begin);
      common.end = std::min(common.end, earlier->end);
    }
    to_watch_.insert(common);
  }

  [[nodiscard]] Finding tell(const Scenario& scenario, const Pair& pair) const;
  [[nodiscard]] std::string did(const Event& event, const Touch& touch, bool again) const;
  [[nodiscard]] std::string distinct(const Pair& pair) const;

  const Trace& trace_;
  bool with_logged_;
  HappensBefore order_;
  /// By object and line: the one thread that was there; none: several.
  std::map<std::pair<ObjectId, std::uint64_t>, TaskId> owners_;
  std::size_t next_logged_ = 0;
  std::set<Watched> to_watch_;
  std::unordered_map<ObjectId, Shadow> shadows_;
  std::set<std::array<Site, 2>> known_;
  std::vector<Pair> pairs_;
};

/// "writes 'a' (1 byte at offset 3 of the segment with key 5678) at server.c:33"; `again`: of the
/// bytes that were just told.
std::string RaceFinder::did(const Event& event, const Touch& touch, bool again) const {
  const std::uint64_t size = touch.end - touch.begin;
  const bool writes = (touch.does & kWrites) != 0;
  const bool changes = event.kind == EventKind::kAccess && event.reads && event.writes;
  const char* verb = changes ? "changes" : writes ? "writes" : "reads";
  std::string text;
  if (event.kind == EventKind::kCall) {
    text = fmt::format("{} {} in a call of {}", verb,
                       again ? same_bytes_text(trace_, touch) : bytes_text(trace_, touch),
                       call_of(trace_, event));
  } else if (again) {
    text = fmt::format("{} {}", verb, same_bytes_text(trace_, touch));
  } else if (writes && !changes && size <= sizeof(event.result)) {
    text =
        fmt::format("{} {} ({})", verb, value_text(event.result, size), bytes_text(trace_, touch));
  } else {
    text = fmt::format("{} {}", verb, bytes_text(trace_, touch));
  }
  return text + at_place(trace_, event.place);
}

/// Without the places, which are looked up for few runs only.
std::string RaceFinder::distinct(const Pair& pair) const {
  std::array<std::string, 2> ends;
  for (std::size_t i = 0; i < 2; ++i) {
    const Event& event = trace_.events[i == 0 ? pair.first : pair.second];
    const Site made = site(event);
    ends[i] =
        fmt::format("{}+{:#x}{}", program_of(trace_, event.task), made.instruction, made.call);
  }
  std::ranges::sort(ends);
  return fmt::format("{} {} {}", ends[0], ends[1], trace_.objects[pair.one.object].name);
}

Finding RaceFinder::tell(const Scenario& scenario, const Pair& pair) const {
  const Event& first = trace_.events[pair.first];
  const Event& second = trace_.events[pair.second];
  Finding finding = held_finding(Kind::kDataRace, scenario, Stage::kOrders);
  const bool same_bytes = pair.one.begin == pair.other.begin && pair.one.end == pair.other.end;
  finding.message =
      fmt::format("{} {}, {} {}, and nothing orders the two", process_of(trace_, first.task),
                  did(first, pair.one, false), process_of(trace_, second.task),
                  did(second, pair.other, same_bytes));
  if (may_be_atomic(first, pair.one) || may_be_atomic(second, pair.other)) {
    finding.severity = Severity::kWarning;
    finding.message += ", unless they are atomic accesses";
    finding.hint =
        "In machine code an atomic access can look like any other. Built with --build, the program "
        "says which is which.";
  } else if (first.order == AccessOrder::kVolatile || second.order == AccessOrder::kVolatile) {
    finding.message += ": volatile does not";
  }
  finding.locations = {location_of(trace_, first), location_of(trace_, second)};
  finding.distinct = distinct(pair);
  finding.story = tell_story(trace_, {pair.first, pair.second});
  finding.unordered = unordered(trace_, finding.story, pair.first, pair.second);
  return finding;
}

}  // namespace

std::vector<Finding> detect_data_races(const Scenario& scenario, const Trace& trace) {
  return RaceFinder(trace, false).tell(scenario);
}

std::vector<Watched> races_to_watch(const Trace& trace) {
  if (trace.logged.empty()) return {};
  return RaceFinder(trace, true).to_watch();
}

}  // namespace ipcgrade
