#include "detect/data_race.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <unordered_map>

#include "detect/happens_before.h"
#include "detect/shadow.h"
#include "detect/story.h"
#include "detect/tell.h"

namespace ipcgrade {
namespace {

constexpr std::size_t kMostPairs = 50;
constexpr std::uint64_t kLargestAtomic = 16;
/// No single access is as large: such a touch speaks of the object as a whole.
constexpr std::uint64_t kLargestAccess = std::uint64_t{1} << 32;

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

class RaceFinder {
 public:
  RaceFinder(const Scenario& scenario, const Trace& trace)
      : scenario_(scenario), trace_(trace), order_(trace) {}

  std::vector<Finding> find() {
    for (EventId id = 0; id < trace_.events.size(); ++id) {
      order_.enter(id);
      for (const Touch& touch : accesses(trace_.events[id])) check(id, touch);
      order_.leave(id);
    }
    std::vector<Finding> findings;
    for (const Pair& pair : pairs_) findings.push_back(tell(pair));
    return findings;
  }

 private:
  std::span<const Touch> accesses(const Event& event) const {
    const bool looks = event.kind == EventKind::kAccess || event.kind == EventKind::kCall;
    if (!looks || event.order == AccessOrder::kLibrary || event.task >= trace_.tasks.size()) {
      return {};
    }
    return touches_of(trace_, event);
  }

  void check(EventId id, const Touch& touch) {
    if (touch.object >= trace_.objects.size() || touch.begin >= touch.end ||
        touch.end - touch.begin > kLargestAccess ||
        trace_.objects[touch.object].kind != ObjectKind::kMemory) {
      return;
    }
    const Event& event = trace_.events[id];
    const bool writes = touch_writes(event, touch);
    if (!writes && !touch_reads(trace_, event, touch)) return;
    const bool atomic = is_atomic(event.order);
    shadows_[touch.object].add(touch.begin, touch.end, {id, writes},
                               [&](const Shadow::Access& past) {
                                 const Event& earlier = trace_.events[past.event];
                                 const bool was_atomic = is_atomic(earlier.order);
                                 if (!order_.before(past.event, event.task)) {
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

  [[nodiscard]] Site site(const Event& event) const {
    const Place& place = trace_.places[event.place < trace_.places.size() ? event.place : 0];
    return {trace_.tasks[event.task].program, event.instruction,
            event.kind == EventKind::kCall ? call_of(trace_, event) : std::string_view(),
            place.file, place.line};
  }

  void note(const Shadow::Access& past, EventId id, const Touch& touch, bool writes) {
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

  [[nodiscard]] Finding tell(const Pair& pair) const;
  [[nodiscard]] std::string did(const Event& event, const Touch& touch, bool again) const;
  [[nodiscard]] std::string distinct(const Pair& pair) const;

  const Scenario& scenario_;
  const Trace& trace_;
  HappensBefore order_;
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
    text = fmt::format("{} by {} {}", verb, call_of(trace_, event),
                       again ? "them" : bytes_text(trace_, touch));
  } else if (again) {
    text = fmt::format("{} {}", verb, size == 1 ? "it" : "them");
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

Finding RaceFinder::tell(const Pair& pair) const {
  const Event& first = trace_.events[pair.first];
  const Event& second = trace_.events[pair.second];
  Finding finding = held_finding(Kind::kDataRace, scenario_, Stage::kOrders);
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
  return finding;
}

}  // namespace

std::vector<Finding> detect_data_races(const Scenario& scenario, const Trace& trace) {
  return RaceFinder(scenario, trace).find();
}

}  // namespace ipcgrade
