// Which events of a held run are ordered before which: program order, the hand-overs that the
// mechanisms wrote down (Trace::after), and atomic accesses by their memory orders. Every run is
// taken to be sequentially consistent: an access reads the last write before it in the trace.
//
// The clocks are vectors over tasks whose entries are event ids, so that an event needs no number
// of its own (the epochs of FastTrack, PLDI'09). A clock is shared until it changes and dropped
// when no later event comes after it: what is held at a time is bounded by what is in flight.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "trace/trace.h"

namespace ipcgrade {

/// Goes through a trace once. For each event, in order: enter(), questions about it, leave().
class HappensBefore {
 public:
  /// The trace outlives this.
  explicit HappensBefore(const Trace& trace);

  /// The task goes on, if it had not before: to be told where it did something before `next`, its
  /// first event.
  void begin(TaskId task, EventId next);
  /// Takes what the event comes after, atomic reads included.
  void enter(EventId id);
  /// Whether `earlier` is ordered before what `task` does now.
  [[nodiscard]] bool before(EventId earlier, TaskId task) const;
  /// The same of what `other` did between two of its events, `next` being no later than the second
  /// and later than the first.
  [[nodiscard]] bool before(TaskId other, EventId next, TaskId task) const;
  /// Whose clock an event counts for.
  [[nodiscard]] TaskId task_of(const Event& event) const;
  /// Gives what comes after the event. What an access of unknown order may hand over is taken here
  /// and not in enter(): the access itself may race with what it reads.
  void leave(EventId id);

 private:
  /// By task: the id after its last event that is known; 0: none is. A task's own is not kept.
  using Clock = std::vector<EventId>;
  using Shared = std::shared_ptr<Clock>;
  /// All that `task` knew when its events before `end` were done. Without a task: `clock` alone.
  struct Moment {
    Shared clock;
    TaskId task = kNoTask;
    EventId end = 0;
  };
  /// Moments of a task from an event on, that later events come after.
  struct Past {
    EventId first = 0;
    Shared clock;
    std::size_t uses = 0;  ///< by events still to come
  };
  struct Released {
    std::uint64_t end = 0;
    Moment moment;
  };
  using Locations = std::map<std::uint64_t, Released>;  ///< by first byte, not overlapping
  struct Fences {
    Moment released;  ///< by the last release fence
    Moment read;      ///< from what relaxed accesses read, for the next acquire fence
  };

  void take_after(TaskId task, EventId source);
  void join(TaskId task, const Moment& moment);
  void add(Moment& sum, const Moment& moment) const;
  [[nodiscard]] Moment now(TaskId task, EventId id) const;
  void acquire(const Event& event, bool unknown_ones);
  void release(const Event& event, EventId id);
  void release_at(const Event& event, EventId id, const Touch& touch);
  void fence_acquire(const Event& event);
  [[nodiscard]] bool is_memory(const Touch& touch) const;
  static Locations::iterator carve(Locations& locations, std::uint64_t begin, std::uint64_t end);

  const Trace& trace_;
  std::vector<std::uint32_t> uses_;  ///< by event: how many others say that they come after it
  std::vector<Shared> clocks_;       ///< by task
  std::vector<bool> seen_;           ///< by task: it has had an event
  std::vector<std::deque<Past>> pasts_;
  std::unordered_map<ObjectId, Locations> locations_;
  std::unordered_map<TaskId, Fences> fences_;
  bool has_fences_ = false;
  std::size_t unknown_locations_ = 0;
};

/// Whether `a` is ordered before `b`. Goes through the whole trace: for tests and single questions.
[[nodiscard]] bool happens_before(const Trace& trace, EventId a, EventId b);

/// Whether what happened at `event` reads (writes) the bytes of one of its touches.
[[nodiscard]] bool touch_reads(const Trace& trace, const Event& event, const Touch& touch);
[[nodiscard]] bool touch_writes(const Event& event, const Touch& touch);

}  // namespace ipcgrade
