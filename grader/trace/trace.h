// What happened in one run of a scenario: the only thing that detectors see. A run at full speed
// (run/) records what can be seen from outside; a held one (supervise/) every event and decision.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <ranges>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sandbox/listing.h"
#include "sandbox/outcome.h"
#include "trace/event.h"

namespace ipcgrade {

/// One program of the scenario, in the order of its starts.
struct ProcessRecord {
  std::string program;
  /// Nothing: it was never started, since no moment to start it came.
  std::optional<sandbox::CommandEnd> end;
  std::string output;  ///< stdout
  std::string errors;  ///< stderr
  /// What its processes sent to a message queue last, without the type. Only of a held run.
  std::string last_sent{};
};

/// A process or thread of a held run.
struct TaskRecord {
  std::string name;         ///< "server", "server's child 1", "server's thread 2"
  std::size_t program = 0;  ///< index into Trace::processes
  TaskId parent = kNoTask;  ///< who made it
  TaskId leader = kNoTask;  ///< the first task of its process; itself where it is that
  int number = 0;           ///< its process (or thread) number, as programs of the run see it
  EventId made_by = kNoEvent;
  bool ended = false;
  /// What it stood at when the run ended, "reads from pipe 1, whose last write end is held by
  /// itself, as descriptor 4"; empty where it had ended.
  std::string waits_for;
  std::uint32_t waits_at = 0;      ///< a place
  std::vector<std::string> holds;  ///< "the mutex at lab.lock", "an exclusive lock on alphabet.txt"
  /// Tasks that could end its wait, were they to go on: with waits_for, the wait-for graph.
  std::vector<TaskId> suppliers;
  bool parked = false;  ///< its event had come and gone before it began to wait
};

struct ObjectRecord {
  ObjectKind kind{};
  std::string name;  ///< as told to a student: "the segment with key 5678", "pipe 1"
  /// kMemory: a range of it that belongs to a library's object is no access of the student's.
  std::uint64_t size = 0;
};

/// What bytes of an object are called in the source, "counter".
struct NamedBytes {
  ObjectId object = kNoObject;
  std::uint64_t begin = 0, end = 0;
  std::string name;
};

/// An end of a pipe that a process holds, be it under one number or several.
struct HeldEnd {
  ObjectId pipe = kNoObject;
  bool writes = false;  ///< the write end

  friend auto operator<=>(const HeldEnd&, const HeldEnd&) = default;
  friend std::uint64_t hash_value(const HeldEnd& one) {
    return std::uint64_t{one.pipe} << 1 | (one.writes ? 1U : 0U);
  }
};

/// A call of a run that could have been made to fail, and how.
struct Injectable {
  TaskId task = kNoTask;
  std::uint32_t ordinal = 0;
  EventId event = kNoEvent;
  ListId failures = kEmptyList;  ///< of Trace::failures
  /// Hash of where it was called from: of its instruction, which is the C library's whoever calls
  /// it, and of the last few of the program's own calls that led there.
  std::uint64_t site = 0;
  /// Signals that would end it with EINTR if they came then: bit 0 is of signal 1.
  std::uint64_t interrupted_by = 0;
};

/// A call of process_vm_readv that was refused: what it asked for.
struct PeerRead {
  EventId event = kNoEvent;
  TaskId of = kNoTask;    ///< the first task of the process whose memory it is; kNoTask: no process
  bool of_child = false;  ///< which the caller's process had forked, and which had not ended
  struct Piece {
    std::uint64_t begin = 0, end = 0;  ///< addresses in that process
  };
  std::vector<Piece> pieces{};
};

/// A try at a page map (/proc/PID/pagemap) of a scenario that says what is in it: to open it or to
/// look whether that can be done, or to read from it.
struct PageMapTry {
  EventId event = kNoEvent;
  bool failed = false;
  std::uint64_t begin = 0, end = 0;  ///< offsets that were to be read; of other tries both 0
};

/// What a thread did to memory of its own process, of which it told as it went on (runtime/log.c):
/// between two events of it, so that only their order says what came before it. Of one instruction,
/// made once or many times, in a range that they fill.
struct LoggedAccess {
  EventId before = kNoEvent;  ///< the first event after it; Trace::events.size() where none is
  TaskId task = kNoTask;
  /// kReads, kWrites; or 0: the memory is fresh, and what was done there before is done with.
  std::uint16_t does = 0;
  AccessOrder order{};  ///< kPlain or kVolatile
  ObjectId object = kNoObject;
  std::uint64_t begin = 0, end = 0;
  std::uint64_t instruction = 0;
};

/// A signal that was sent, by a call, a timer or the kernel; it may have found one like it pending.
struct SentSignal {
  EventId event = kNoEvent;  ///< that sent it
  TaskId to = kNoTask;       ///< its target, or the first task of its target process
  int number = 0;
};

/// A signal that a task took: its handler began, or a call gave it.
struct TakenSignal {
  EventId event = kNoEvent;  ///< as it took it, or just before
  TaskId by = kNoTask;
  int number = 0;
};

/// Where a part of what a call writes was printed, by a function of stdio.
struct Printed {
  std::uint64_t from = 0;   ///< the first byte of that part, of those that the call writes
  std::uint32_t place = 0;  ///< index into Trace::places

  friend bool operator==(const Printed&, const Printed&) = default;
};

/// A place in a program, innermost frame of the student's own code.
struct Place {
  std::string file;
  int line = 0;
  std::string function;
  /// Of a call: the program's own functions that led to it, the innermost first; a few.
  std::vector<Place> callers{};
  /// The library's function that was called there, and made the call; empty: none, or not known.
  std::string inside{};
  /// Of a call that writes what a stream held; in order.
  std::vector<Printed> printed{};

  friend bool operator==(const Place&, const Place&) = default;
};

/// How a held run came to its end.
enum class RunEnd : std::uint8_t {
  kFullSpeed,   ///< it was not held
  kDone,        ///< every task has ended
  kDeadlock,    ///< nobody can go on and no timer is left
  kSteps,       ///< it went on for more steps than are looked at
  kSpinning,    ///< all that is left looks again and again at what nobody will change
  kStopped,     ///< ended by Trace::stopped: a refused call, a limit
  kAbandoned,   ///< its chooser saw no use in going on: an equivalent run was made already
  kUnmodelled,  ///< Trace::unmodelled says what can't be held
};

/// What a run found out about the programs, at some expense, that spares later ones the same. A run
/// that knows it tells the same story, but may come sooner to its end.
struct Lessons {
  /// Programs and their instructions that were seen to burn the processor.
  std::set<std::pair<std::size_t, std::uint64_t>> spins;
  /// Hashes of where tasks stood that looked again and again until all patience was over.
  std::set<std::uint64_t> vain_polls;
  /// Programs that computed for as long as they may.
  std::set<std::size_t> burners;
  /// Programs and the instructions at which they stood that ran in a circle.
  std::set<std::pair<std::size_t, std::uint64_t>> circles;

  void add(const Lessons& more) {
    spins.insert(more.spins.begin(), more.spins.end());
    vain_polls.insert(more.vain_polls.begin(), more.vain_polls.end());
    burners.insert(more.burners.begin(), more.burners.end());
    circles.insert(more.circles.begin(), more.circles.end());
  }
};

struct Trace {
  std::string scenario;  ///< its id
  std::vector<ProcessRecord> processes;
  /// Why the run was ended early; `command` is an index into `processes`.
  std::optional<sandbox::Cause> stopped;
  /// System V segments that were there at some time: of a run at full speed, as far as a start
  /// waited for one.
  std::vector<sandbox::SysvSegment> seen_segments;
  sandbox::Listing left;  ///< after the programs ended
  /// Programs (by name, as the kernel knows them) of children whose parent ended without waiting
  /// for them.
  std::vector<std::string> unreaped;

  // Of a held run only, from here on.
  RunEnd end = RunEnd::kFullSpeed;
  std::string unmodelled;  ///< "io_setup(…) by server at server.c:12": what made it ungraded
  std::vector<TaskRecord> tasks;
  std::vector<ObjectRecord> objects;
  std::vector<NamedBytes> names;  ///< of a process's own memory, where events touch it
  std::vector<Event> events;      ///< in the order in which they happened
  std::vector<Decision> decisions;
  Lists<Choice> choices;
  Lists<Touch> touches;
  std::vector<EventId> after;
  Lists<char> texts;
  /// A process of several threads did not tell of all that they do to memory of its own.
  bool threads_unseen = false;
  std::vector<LoggedAccess> logged;  ///< in the order in which they happened
  std::vector<SentSignal> sent_signals;
  std::vector<TakenSignal> taken_signals;
  std::vector<PeerRead> peer_reads;
  std::vector<PageMapTry> page_map_tries;
  std::vector<Place> places{Place{}};
  std::vector<Injectable> injectables;
  Lists<Failure> failures;   ///< of calls
  Lists<HeldEnd> held_ends;  ///< each list sorted
  VirtualTime stalled{};     ///< how long ready tasks stood still, of the bound in labs.md
  Lessons learnt;
};

[[nodiscard]] inline auto task_ids(const Trace& trace) {
  return std::views::iota(TaskId{0}, static_cast<TaskId>(trace.tasks.size()));
}
[[nodiscard]] inline std::string_view text_of(const Trace& trace, const Event& event) {
  const auto text = trace.texts[event.text];
  return {text.data(), text.size()};
}
[[nodiscard]] inline std::span<const Touch> touches_of(const Trace& trace, const Event& event) {
  return trace.touches[event.touches];
}
[[nodiscard]] inline std::span<const Touch> touches_of(const Trace& trace, const Choice& choice) {
  return trace.touches[choice.touches];
}
[[nodiscard]] inline std::span<const EventId> after_of(const Trace& trace, const Event& event) {
  return std::span(trace.after).subspan(event.first_after, event.after_count);
}
[[nodiscard]] inline std::span<const Choice> choices_of(const Trace& trace,
                                                        const Decision& decision) {
  return trace.choices[decision.choices];
}
/// The choice that was taken; nothing where the run ended at that decision.
[[nodiscard]] inline const Choice* taken_choice(const Trace& trace, const Decision& decision) {
  return decision.taken == Decision::kNone ? nullptr : &choices_of(trace, decision)[decision.taken];
}

}  // namespace ipcgrade
