// What tasks do to what they share: the vocabulary of a held run, common to those that make it
// (ipc, supervise), those that order it (explore) and those that judge it (detect). Plain data.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <span>

#include "trace/lists.h"

namespace ipcgrade {

using TaskId = std::uint16_t;  ///< index into Trace::tasks; the first are those of Scenario::starts
using ObjectId = std::uint32_t;  ///< index into Trace::objects
using EventId = std::uint32_t;   ///< index into Trace::events
inline constexpr TaskId kNoTask = std::numeric_limits<TaskId>::max();
inline constexpr ObjectId kNoObject = std::numeric_limits<ObjectId>::max();
inline constexpr EventId kNoEvent = std::numeric_limits<EventId>::max();

/// Of the virtual clock, since the first start.
using VirtualTime = std::chrono::nanoseconds;

/// How an operation touches an object. Two operations commute unless a touch of one conflicts with
/// a touch of the other: then exchanging them, when they are next to each other, may lead
/// elsewhere. `does` and `disturbs` are sets of bits whose meaning is the object's mechanism's own.
struct Touch {
  ObjectId object = kNoObject;
  std::uint16_t does = 0;
  std::uint16_t disturbs = 0;  ///< the `does` of others that this one does not commute with
  std::uint64_t begin = 0;     ///< bytes of the object, for memory; else the whole
  std::uint64_t end = std::numeric_limits<std::uint64_t>::max();

  friend bool operator==(const Touch&, const Touch&) = default;
  friend std::uint64_t hash_value(const Touch& one) {
    return (std::uint64_t{one.object} << 32 | std::uint64_t{one.does} << 16 | one.disturbs) ^
           one.begin * 0x9e3779b97f4a7c15 ^ one.end << 1;
  }
};

[[nodiscard]] constexpr bool conflict(const Touch& a, const Touch& b) {
  return a.object == b.object && a.begin < b.end && b.begin < a.end &&
         ((a.disturbs & b.does) != 0 || (b.disturbs & a.does) != 0);
}
[[nodiscard]] constexpr bool conflict(std::span<const Touch> a, std::span<const Touch> b) {
  for (const Touch& one : a) {
    for (const Touch& other : b) {
      if (conflict(one, other)) return true;
    }
  }
  return false;
}

/// The usual bits: readers commute with each other, a writer with nobody. Memory has these, and,
/// where it is a file, one more: a call changes its size, or some of its bytes, nobody knows which.
/// That commutes with nobody, and is an access to no byte.
inline constexpr std::uint16_t kReads = 1;
inline constexpr std::uint16_t kWrites = 2;
inline constexpr std::uint16_t kSomewhere = 4;
[[nodiscard]] constexpr Touch reads(ObjectId object, std::uint64_t begin = 0,
                                    std::uint64_t end = std::numeric_limits<std::uint64_t>::max()) {
  return {object, kReads, kWrites, begin, end};
}
[[nodiscard]] constexpr Touch writes(
    ObjectId object, std::uint64_t begin = 0,
    std::uint64_t end = std::numeric_limits<std::uint64_t>::max()) {
  return {object, kWrites, kReads | kWrites, begin, end};
}

[[nodiscard]] constexpr Touch changes_somewhere(ObjectId object) {
  return {object, kSomewhere, kReads | kWrites | kSomewhere};
}

/// What sort of thing an object is, for words and for detectors that look for one sort.
enum class ObjectKind : std::uint8_t {
  kMemory,     ///< bytes that several tasks can touch: a segment, a shared mapping
  kSemaphore,  ///< of either kind
  kMutex,
  kCondition,
  kBarrier,
  kFutex,
  kPipe,
  kQueue,
  kSocket,
  kFile,
  kFileLock,
  kEventCounter,  ///< eventfd, timerfd
  kName,          ///< a table of names: keys, paths, queue names
  kTask,          ///< a process or thread itself: its signals, its end
  kClock,
};

enum class EventKind : std::uint8_t {
  kStart,       ///< a program begins
  kCall,        ///< a system or library call that acts on an object
  kWaitBegins,  ///< a call that can't complete yet begins to wait
  kAccess,      ///< memory that tasks share is touched by an instruction; without touches: a fence
  kSignal,      ///< a signal is taken: its handler starts, or its default action happens
  kSignalEnd,   ///< the handler returns
  kTimer,       ///< a timer fires, a call's time-out comes, or a signal from outside
  kExit,        ///< a task ends
  kGone,        ///< a process that has ended can be waited for, where that is a step of its own
  kCrash,       ///< a task is about to die of a fault of its own
  kUnsafeCall,  ///< a handler calls a function that signal-safety(7) does not list
  kSpin,        ///< a task is held, since it looks again and again at what nobody changes
};

/// What somebody does between looks, as an Event::result.
enum Pausing : std::int64_t {
  kNoPause,  ///< burns the processor
  kNaps,     ///< sleeps or yields
  /// Waits for what it looks at, with a time-out: what comes wakes it, and it need not look again.
  kTimesOut,
};

/// What orders an access: of EventKind::kAccess, and of kCall for what the kernel itself touches,
/// which is plain but for the word of a futex.
enum class AccessOrder : std::uint8_t {
  kPlain,
  kVolatile,  ///< plain, with a name of its own since students take it for more
  kUnknown,  ///< plain in the machine code; the program was not instrumented, so it could be atomic
  kRelaxed,  ///< atomic; the rest are, too
  kAcquire,
  kRelease,
  kAcquireRelease,
  kSequential,
  kLibrary,  ///< by the C library, inside its own synchronisation objects
};
[[nodiscard]] constexpr bool is_atomic(AccessOrder order) { return order >= AccessOrder::kRelaxed; }

/// One thing that happened. Texts and ranges are held by the Trace.
struct Event {
  EventKind kind{};
  AccessOrder order{};
  TaskId task = kNoTask;
  /// kAccess (a read-modify-write does both); and kCall that reads or writes a pipe, which is then
  /// the one object of ObjectKind::kPipe that the event touches.
  bool reads = false;
  bool writes = false;
  /// The grader made this call fail or be short; kTimer, and kSignal that came of it: a signal that
  /// the scenario sends from outside.
  bool injected = false;
  std::uint8_t depth = 0;         ///< signal handlers that the task is in
  ListId text = kEmptyList;       ///< "semop(5678, -1) = 0"; of Trace::texts
  ListId touches = kEmptyList;    ///< of Trace::touches
  std::uint32_t place = 0;        ///< index into Trace::places; 0 where it is not known
  std::uint64_t instruction = 0;  ///< its address in the task
  std::int64_t result = 0;  ///< of a call, as the kernel gives it (-errno); a signal's number;
                            ///< a wait status; the value that an access of at most 8 bytes
                            ///< wrote, or read where it does not write;
                            ///< kSignalEnd: errno as the handler leaves it; kSpin: a Pausing
  std::int64_t before = 0;  ///< kAccess that writes: what was there; kSignalEnd: errno as the
                            ///< handler found it
  /// Hashes of the bytes that it moved from the task's memory (kAccess: that it wrote), and to it
  /// (that it read); 0: none. Of what the kernel did by itself, only file contents count.
  std::uint64_t bytes_out = 0, bytes_in = 0;
  std::uint32_t first_after = 0, after_count = 0;  ///< of Trace::after: events that this one comes
                                                   ///< after by a hand-over, beside its task's own
  /// kCall that reads or writes a pipe: which ends of pipes its process holds then, this one among
  /// them; of Trace::held_ends.
  ListId held_ends = kEmptyList;
  std::uint32_t decision = 0;  ///< the one that let it happen, index into Trace::decisions
  VirtualTime at{};
};

/// A failure that a call can have: an errno, or a short count where `error` is 0.
struct Failure {
  int error = 0;
  /// A short count of what the kernel passes on as a whole, such as PIPE_BUF bytes of a pipe: who
  /// sees one may take it for a failure.
  bool of_whole = false;

  friend bool operator==(const Failure&, const Failure&) = default;
  friend std::uint64_t hash_value(const Failure& one) {
    return static_cast<std::uint64_t>(one.error) * 2 + (one.of_whole ? 1 : 0);
  }
};

/// Makes one call of a run fail: the `ordinal`th, from 0, of the task's calls that can.
struct Injection {
  TaskId task = kNoTask;
  std::uint32_t ordinal = 0;
  Failure failure;
  int signal = 0;  ///< comes to the task then, as well; 0: none

  friend bool operator==(const Injection&, const Injection&) = default;
};

/// Bytes of a program's own memory at which its threads are stopped, as they are at memory that
/// processes share: nothing ordered what they were seen to do there.
struct Watched {
  std::size_t program = 0;  ///< index into Trace::processes; its forked children have them, too
  std::uint64_t begin = 0, end = 0;  ///< addresses

  friend auto operator<=>(const Watched&, const Watched&) = default;
};

/// Who can be chosen. Signals and time-outs are actors of their own beside the task that they are
/// for: each actor has at most one thing that it would do next.
enum class ActorKind : std::uint8_t {
  kTask,     ///< goes on with its pending operation; a program not started yet: starts
  kSignal,   ///< the next pending signal of the task is taken
  kTimeOut,  ///< the call that the task waits in gives up, or its sleep ends
  kTimer,    ///< a timer fires (alarm, setitimer, timer_create, timerfd), or the scenario sends a
             ///< signal: these come first; `task` is its number
};
struct Actor {
  ActorKind kind{};
  TaskId task = kNoTask;

  friend bool operator==(const Actor&, const Actor&) = default;
  friend auto operator<=>(const Actor&, const Actor&) = default;
};

/// One way to go on from a moment of a run.
struct Choice {
  Actor actor;
  bool enabled = false;   ///< only enabled ones can be taken; the others explain why a run waits
  bool preempts = false;  ///< the task that went last could go on, and this is not it
  /// Not enabled, since it looks again at what nobody has changed while others could; and yet may
  /// be taken, to see for how long it looks. From then on its task goes on for as long as that is
  /// so.
  bool idles = false;
  bool repeats = false;         ///< enabled, and it has looked at the same before
  ListId touches = kEmptyList;  ///< of Trace::touches: what it would do
  VirtualTime stall{};  ///< how long ready tasks stand still when it is taken: its clock advance

  friend bool operator==(const Choice&, const Choice&) = default;
  friend std::uint64_t hash_value(const Choice& one) {
    const std::uint64_t flags = (one.enabled ? 1U : 0U) | (one.preempts ? 2U : 0U) |
                                (one.idles ? 4U : 0U) | (one.repeats ? 8U : 0U) |
                                static_cast<std::uint64_t>(one.actor.kind) << 4;
    return (std::uint64_t{one.touches} << 32 | std::uint64_t{one.actor.task} << 8 | flags) ^
           static_cast<std::uint64_t>(one.stall.count()) << 1;
  }
};

/// A moment at which more than nothing could be chosen; and the end of a run that tasks had not
/// ended by then (RunEnd::kDeadlock, kSpinning, kAbandoned): there, none is taken, and the choices
/// say what each would have done next.
struct Decision {
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  ListId choices = kEmptyList;  ///< of Trace::choices, in a fixed order
  std::uint32_t taken = kNone;  ///< which of them
  std::uint32_t usual = 0;  ///< which of them the default order would take: no switch without need
};

}  // namespace ipcgrade
