#include "detect/happens_before.h"

#include <algorithm>
#include <utility>

namespace ipcgrade {
namespace {

/// Beyond these, an access of unknown order hands nothing over; it only ever leads to a warning.
constexpr std::size_t kMostUnknownLocations = 1U << 18;
constexpr std::uint64_t kLargestAtomic = 16;

bool is_fence(const Event& event) {
  return event.kind == EventKind::kAccess && event.touches == kEmptyList && is_atomic(event.order);
}

/// By this, what came before the write at the other side comes before what follows the read.
bool acquires(AccessOrder order) {
  return order == AccessOrder::kAcquire || order == AccessOrder::kAcquireRelease ||
         order == AccessOrder::kSequential || order == AccessOrder::kLibrary;
}

bool releases(AccessOrder order) {
  return order == AccessOrder::kRelease || order == AccessOrder::kAcquireRelease ||
         order == AccessOrder::kSequential || order == AccessOrder::kLibrary;
}

/// It may be an atomic access: the machine code does not tell.
bool may_be_atomic(const Event& event, const Touch& touch) {
  return event.order == AccessOrder::kUnknown && touch.end - touch.begin <= kLargestAtomic;
}

}  // namespace

bool touch_writes(const Event& event, const Touch& touch) {
  const bool access = event.kind == EventKind::kAccess;
  return (touch.does & kWrites) != 0 || (access && touch.does == 0 && event.writes);
}

bool touch_reads(const Trace& trace, const Event& event, const Touch& touch) {
  const bool access = event.kind == EventKind::kAccess;
  return (touch.does & kReads) != 0 ||
         (access && event.reads && touches_of(trace, event).size() == 1);
}

HappensBefore::HappensBefore(const Trace& trace)
    : trace_(trace),
      uses_(trace.events.size()),
      clocks_(trace.tasks.size() + 1),
      seen_(trace.tasks.size() + 1),
      pasts_(trace.tasks.size() + 1) {
  for (const Event& event : trace.events) {
    for (const EventId source : after_of(trace, event)) {
      if (source < uses_.size()) ++uses_[source];
    }
    has_fences_ = has_fences_ || is_fence(event);
  }
  for (const TaskRecord& task : trace.tasks) {
    if (task.made_by < uses_.size()) ++uses_[task.made_by];
  }
}

// What no task does, such as a timer that fires, is done by one more.
TaskId HappensBefore::task_of(const Event& event) const {
  return static_cast<TaskId>(std::min<std::size_t>(event.task, trace_.tasks.size()));
}

bool HappensBefore::before(EventId earlier, TaskId task) const {
  return before(task_of(trace_.events[earlier]), earlier, task);
}

bool HappensBefore::before(TaskId other, EventId next, TaskId task) const {
  if (other == task) return true;
  const Shared& clock = clocks_[task];
  return clock != nullptr && other < clock->size() && (*clock)[other] > next;
}

void HappensBefore::begin(TaskId task, EventId next) {
  if (seen_[task]) return;
  seen_[task] = true;
  const EventId made_by = task < trace_.tasks.size() ? trace_.tasks[task].made_by : kNoEvent;
  if (made_by < next) take_after(task, made_by);
}

void HappensBefore::enter(EventId id) {
  const Event& event = trace_.events[id];
  const TaskId task = task_of(event);
  begin(task, id);
  for (const EventId source : after_of(trace_, event)) {
    if (source < id) take_after(task, source);
  }
  if (event.kind != EventKind::kAccess && event.kind != EventKind::kCall) return;
  if (is_fence(event)) {
    fence_acquire(event);
  } else {
    acquire(event, false);
  }
}

void HappensBefore::leave(EventId id) {
  const Event& event = trace_.events[id];
  if (event.kind == EventKind::kAccess || event.kind == EventKind::kCall) {
    acquire(event, true);
    release(event, id);
  }
  if (uses_[id] == 0) return;
  const TaskId task = task_of(event);
  std::deque<Past>& past = pasts_[task];
  if (past.empty() || past.back().clock != clocks_[task]) past.push_back({id, clocks_[task], 0});
  past.back().uses += uses_[id];
}

void HappensBefore::take_after(TaskId task, EventId source) {
  const TaskId other = task_of(trace_.events[source]);
  std::deque<Past>& past = pasts_[other];
  const auto later = std::ranges::upper_bound(past, source, {}, &Past::first);
  if (later == past.begin()) return;
  Past& found = *std::prev(later);
  if (other != task) join(task, {found.clock, other, source + 1});
  --found.uses;
  // The last one stays: the task's next events may still belong to it.
  if (found.uses == 0 && &found != &past.back()) found.clock.reset();
  while (past.size() > 1 && past.front().uses == 0) past.pop_front();
}

void HappensBefore::join(TaskId task, const Moment& moment) {
  Shared& clock = clocks_[task];
  // Who knows an event knows all that it came after.
  if (moment.task != kNoTask && clock != nullptr && moment.task < clock->size() &&
      (*clock)[moment.task] >= moment.end) {
    return;
  }
  if (clock == nullptr) {
    clock = std::make_shared<Clock>();
  } else if (clock.use_count() > 1) {
    clock = std::make_shared<Clock>(*clock);
  }
  const auto learn = [&](TaskId other, EventId end) {
    if (clock->size() <= other) clock->resize(other + std::size_t{1});
    (*clock)[other] = std::max((*clock)[other], end);
  };
  if (moment.clock != nullptr) {
    for (std::size_t other = 0; other < moment.clock->size(); ++other) {
      if (other != task) learn(static_cast<TaskId>(other), (*moment.clock)[other]);
    }
  }
  if (moment.task != kNoTask && moment.task != task) learn(moment.task, moment.end);
}

void HappensBefore::add(Moment& sum, const Moment& moment) const {
  auto clock =
      sum.clock == nullptr ? std::make_shared<Clock>() : std::make_shared<Clock>(*sum.clock);
  const auto learn = [&](TaskId task, EventId end) {
    if (clock->size() <= task) clock->resize(task + std::size_t{1});
    (*clock)[task] = std::max((*clock)[task], end);
  };
  if (sum.task != kNoTask) learn(sum.task, sum.end);
  if (moment.clock != nullptr) {
    for (std::size_t task = 0; task < moment.clock->size(); ++task) {
      learn(static_cast<TaskId>(task), (*moment.clock)[task]);
    }
  }
  if (moment.task != kNoTask) learn(moment.task, moment.end);
  sum = {std::move(clock), kNoTask, 0};
}

HappensBefore::Moment HappensBefore::now(TaskId task, EventId id) const {
  return {clocks_[task], task, id + 1};
}

bool HappensBefore::is_memory(const Touch& touch) const {
  return touch.object < trace_.objects.size() &&
         trace_.objects[touch.object].kind == ObjectKind::kMemory && touch.begin < touch.end;
}

void HappensBefore::acquire(const Event& event, bool unknown_ones) {
  for (const Touch& touch : touches_of(trace_, event)) {
    if (!is_memory(touch) || !touch_reads(trace_, event, touch)) continue;
    const bool unknown = may_be_atomic(event, touch);
    if (unknown != unknown_ones || !(unknown || is_atomic(event.order))) continue;
    const auto found = locations_.find(touch.object);
    if (found == locations_.end()) continue;
    Locations& locations = found->second;
    auto piece = locations.upper_bound(touch.begin);
    if (piece != locations.begin()) --piece;
    for (; piece != locations.end() && piece->first < touch.end; ++piece) {
      if (piece->second.end <= touch.begin) continue;
      if (unknown || acquires(event.order)) {
        join(task_of(event), piece->second.moment);
      } else if (has_fences_) {
        add(fences_[task_of(event)].read, piece->second.moment);
      }
    }
  }
}

void HappensBefore::fence_acquire(const Event& event) {
  if (!acquires(event.order)) return;
  const auto found = fences_.find(task_of(event));
  if (found != fences_.end()) join(task_of(event), found->second.read);
}

void HappensBefore::release(const Event& event, EventId id) {
  if (is_fence(event)) {
    if (releases(event.order)) fences_[task_of(event)].released = now(task_of(event), id);
    return;
  }
  for (const Touch& touch : touches_of(trace_, event)) {
    if (is_memory(touch) && touch_writes(event, touch)) release_at(event, id, touch);
  }
}

// A read-modify-write goes on with the release sequence that it finds. So does, in C17 though not
// in C++20, a relaxed store of the task that began it: where the two differ nobody is accused.
void HappensBefore::release_at(const Event& event, EventId id, const Touch& touch) {
  const bool unknown = may_be_atomic(event, touch);
  const bool atomic = is_atomic(event.order) || unknown;
  const auto known = locations_.find(touch.object);
  if (!atomic && known == locations_.end()) return;
  Locations& locations = known == locations_.end() ? locations_[touch.object] : known->second;
  auto piece = carve(locations, touch.begin, touch.end);
  Moment moment;
  const bool goes_on =
      atomic && (touch_reads(trace_, event, touch) || event.order == AccessOrder::kLibrary);
  if (releases(event.order) || unknown) {
    moment = now(task_of(event), id);
  } else if (atomic) {
    const auto fences = fences_.find(task_of(event));
    if (fences != fences_.end()) moment = fences->second.released;
  }
  const bool hands_over = moment.task != kNoTask;
  while (piece != locations.end() && piece->first < touch.end) {
    const TaskId head = piece->second.moment.task;  // none: several
    const bool own = atomic && (head == task_of(event) || head == kNoTask);
    if ((goes_on || own) && !hands_over) {
      ++piece;
      continue;
    }
    if (goes_on) add(moment, piece->second.moment);
    piece = locations.erase(piece);
  }
  if (!hands_over) return;
  if (unknown && ++unknown_locations_ > kMostUnknownLocations) return;
  locations[touch.begin] = {touch.end, std::move(moment)};
}

/// Cuts what overlaps a border of [begin, end); gives the first piece inside or after it.
HappensBefore::Locations::iterator HappensBefore::carve(Locations& locations, std::uint64_t begin,
                                                        std::uint64_t end) {
  const auto cut = [&](std::uint64_t at) {
    auto piece = locations.lower_bound(at);
    if (piece == locations.begin()) return;
    --piece;
    if (piece->second.end <= at) return;
    const Released rest = piece->second;
    piece->second.end = at;
    locations[at] = rest;
  };
  cut(begin);
  cut(end);
  return locations.lower_bound(begin);
}

bool happens_before(const Trace& trace, EventId a, EventId b) {
  if (a >= b) return false;
  HappensBefore order(trace);
  for (EventId id = 0; id < b; ++id) {
    order.enter(id);
    order.leave(id);
  }
  order.enter(b);
  return order.before(a, order.task_of(trace.events[b]));
}

}  // namespace ipcgrade
