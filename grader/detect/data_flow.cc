#include "detect/data_flow.h"

#include <algorithm>
#include <string_view>
#include <tuple>

namespace ipcgrade {
namespace {

/// A kind, a name, and which of those that have both.
using ObjectKey = std::tuple<ObjectKind, std::string_view, std::size_t>;

/// Of each object, by its number.
std::vector<ObjectKey> keys_of(const Trace& trace) {
  std::map<std::pair<ObjectKind, std::string_view>, std::size_t> counts;
  std::vector<ObjectKey> keys;
  for (const ObjectRecord& one : trace.objects) {
    keys.emplace_back(one.kind, one.name, counts[{one.kind, one.name}]++);
  }
  return keys;
}

/// What a process does to an object.
struct Use {
  ObjectId object = kNoObject;
  std::vector<EventId> events{};
};
using Uses = std::map<std::pair<TaskId, ObjectKey>, Use>;

TaskId process_of_event(const Trace& trace, const Event& event) {
  return event.task < trace.tasks.size() ? trace.tasks[event.task].leader : kNoTask;
}

/// When somebody begins to wait depends on who was sooner; and nobody can set the clock.
bool is_compared(const Trace& trace, const Event& event, const Touch& touch) {
  return event.kind != EventKind::kWaitBegins && event.kind != EventKind::kSpin &&
         event.order != AccessOrder::kLibrary && event.task < trace.tasks.size() &&
         touch.object < trace.objects.size() &&
         trace.objects[touch.object].kind != ObjectKind::kClock;
}

Uses uses_of(const Trace& trace) {
  const std::vector<ObjectKey> keys = keys_of(trace);
  Uses uses;
  for (EventId id = 0; id < trace.events.size(); ++id) {
    const Event& event = trace.events[id];
    for (const Touch& touch : touches_of(trace, event)) {
      if (!is_compared(trace, event, touch)) continue;
      Use& use = uses[{process_of_event(trace, event), keys[touch.object]}];
      use.object = touch.object;
      if (use.events.empty() || use.events.back() != id) use.events.push_back(id);
    }
  }
  return uses;
}

Difference difference_of(const Trace& a, const Event& one, const Trace& b, const Event& other) {
  if (one.bytes_out != other.bytes_out || one.bytes_in != other.bytes_in) return Difference::kBytes;
  const bool access = one.kind == EventKind::kAccess;
  if (one.kind != other.kind || text_of(a, one) != text_of(b, other)) return Difference::kForm;
  if (one.result == other.result && (!access || one.before == other.before)) {
    return Difference::kNone;
  }
  return access ? Difference::kBytes : Difference::kForm;
}

/// An event that moves bytes one way only does nothing else.
bool gives(const Event& event) { return event.bytes_out != 0 || event.bytes_in == 0; }
bool takes(const Event& event) { return event.bytes_in != 0 || event.bytes_out == 0; }

bool is_memory(const Trace& trace, const Touch& touch) {
  return touch.object < trace.objects.size() &&
         trace.objects[touch.object].kind == ObjectKind::kMemory;
}

}  // namespace

DataFlows::DataFlows(const Trace& trace, const Trace& other) : trace_(trace) {
  compare(other);
  find();
}

void DataFlows::compare(const Trace& other) {
  const Uses others = uses_of(other);
  for (const auto& [key, use] : uses_of(trace_)) {
    const auto found = others.find(key);
    for (std::size_t i = 0; i < use.events.size(); ++i) {
      const Event& event = trace_.events[use.events[i]];
      Difference difference = Difference::kForm;
      if (found != others.end() && i < found->second.events.size()) {
        difference = difference_of(trace_, event, other, other.events[found->second.events[i]]);
      }
      if (difference == Difference::kNone) continue;
      differences_[{use.events[i], use.object}] = difference;
      if (gives(event)) giving_[{key.first, use.object}].push_back(use.events[i]);
    }
  }
}

Difference DataFlows::difference(EventId event, ObjectId object) const {
  const auto found = differences_.find({event, object});
  return found == differences_.end() ? Difference::kNone : found->second;
}

void DataFlows::find() {
  for (EventId id = 0; id < trace_.events.size(); ++id) {
    const Event& event = trace_.events[id];
    if (event.task >= trace_.tasks.size()) continue;
    if (takes(event)) find_by_hand_over(id);
    find_in_memory(id);
  }
}

void DataFlows::add(ObjectId object, EventId give, EventId take) {
  const Difference lesser = std::min(difference(give, object), difference(take, object));
  if (lesser != Difference::kNone) flows_.push_back({object, give, take, lesser});
}

/// The last event of the process that gave the object what differs: what is handed over by a later
/// one may have been put there by this.
EventId DataFlows::last_giving(TaskId process, ObjectId object, EventId until) const {
  const auto found = giving_.find({process, object});
  if (found == giving_.end()) return kNoEvent;
  const auto after = std::ranges::upper_bound(found->second, until);
  return after == found->second.begin() ? kNoEvent : *std::prev(after);
}

void DataFlows::find_by_hand_over(EventId take) {
  const Event& event = trace_.events[take];
  const TaskId taker = process_of_event(trace_, event);
  for (const Touch& touch : touches_of(trace_, event)) {
    if (is_memory(trace_, touch) || difference(take, touch.object) == Difference::kNone) continue;
    for (const EventId earlier : after_of(trace_, event)) {
      const Event& from = trace_.events[earlier];
      const TaskId giver = process_of_event(trace_, from);
      const bool meets = std::ranges::any_of(
          touches_of(trace_, from), [&](const Touch& one) { return one.object == touch.object; });
      if (giver == kNoTask || giver == taker || !meets) continue;
      const EventId give = last_giving(giver, touch.object, earlier);
      if (give != kNoEvent) add(touch.object, give, take);
    }
  }
}

void DataFlows::write(std::map<std::uint64_t, Written>& all, const Touch& touch, EventId by) {
  auto at = all.upper_bound(touch.begin);
  while (at != all.end() && at->second.begin < touch.end) {
    const auto [end, old] = *at;
    at = all.erase(at);
    if (old.begin < touch.begin) all[touch.begin] = old;
    if (end > touch.end) {
      all[end] = {touch.end, old.by};
      break;
    }
  }
  all[touch.end] = {touch.begin, by};
}

/// Nothing orders accesses to memory but the run itself.
void DataFlows::find_in_memory(EventId id) {
  const Event& event = trace_.events[id];
  const TaskId process = process_of_event(trace_, event);
  const auto touches = touches_of(trace_, event);
  for (const Touch& touch : touches) {
    if (!is_memory(trace_, touch) || event.order == AccessOrder::kLibrary) continue;
    const bool somewhere = (touch.does & kSomewhere) != 0;
    if (somewhere && event.bytes_out == 0) continue;  // its size alone
    const bool writes_it = somewhere || (touch.does & kWrites) != 0;
    auto& all = written_[touch.object];
    if (!writes_it || (event.reads && touches.size() == 1)) {
      for (auto at = all.upper_bound(touch.begin); at != all.end() && at->second.begin < touch.end;
           ++at) {
        if (process_of_event(trace_, trace_.events[at->second.by]) == process) continue;
        add(touch.object, at->second.by, id);
      }
    }
    // One without an end speaks of the whole: a file that is given a size, or written somewhere.
    const bool whole = touch.end - touch.begin > std::uint64_t{1} << 32;
    if (writes_it && (!whole || event.bytes_out != 0)) write(all, touch, id);
  }
}

}  // namespace ipcgrade
