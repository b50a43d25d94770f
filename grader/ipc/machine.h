// The modelled machine of one run: what the kernel knows, as far as tasks meet there. Built anew
// for each run; no system call is made here, so all of it is tested without a kernel.
//
// supervise/ drives it: a task stands before a Call, decode() makes it an Operation, and when a
// Chooser says so perform() is called on it. While that runs, one event is current, to which
// comes_after(), read(), write() and the rest add.
#pragma once

#include <sys/types.h>

#include <bitset>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "ipc/description.h"
#include "ipc/object.h"
#include "ipc/operation.h"
#include "trace/trace.h"

namespace ipcgrade {

using ProcessId = std::uint16_t;  ///< index into Machine's processes

/// Memory of a task that nobody else sees, and the ways to make memory that several do. supervise/
/// reads and writes the held process; tests have an array.
class GuestMemory {
 public:
  virtual ~GuestMemory() = default;
  /// False where the address is not mapped so: EFAULT.
  virtual bool read(TaskId, std::uint64_t address, std::span<std::byte> into) = 0;
  virtual bool write(TaskId, std::uint64_t address, std::span<const std::byte> bytes) = 0;
  /// Zeroed memory that lives as long as the run, of `size` rounded up to pages; `place` is where
  /// a task can map it from (an offset into the arena). Empty where there is no more.
  virtual std::span<std::byte> allocate(std::uint64_t size, std::uint64_t& place) = 0;
  /// The descriptor, the same in every task, that allocate()d memory is mapped from.
  [[nodiscard]] virtual int arena_descriptor() const { return -1; }
  /// Where SEEK_CUR or SEEK_END of an open file is now; nothing where it can't be told.
  virtual std::optional<std::int64_t> file_position(TaskId, int /*descriptor*/, int /*whence*/) {
    return std::nullopt;
  }

  /// A file that a task maps shared, mapped by us, too.
  struct File {
    std::uint64_t identity = 0;  ///< the same for the same file
    std::string path;
    /// Its bytes as they are now, whole pages; fewer or more when it was truncated meanwhile.
    std::function<std::span<std::byte>()> bytes;
  };
  virtual std::optional<File> map_file(TaskId, int /*descriptor*/) { return std::nullopt; }
};

/// Memory that several tasks can touch: a segment, a shared mapping, a mapped file.
class SharedMemory : public Object {
 public:
  SharedMemory(ObjectId id, std::string name, std::span<std::byte> bytes, std::uint64_t place)
      : Object(id, ObjectKind::kMemory, std::move(name)), bytes_(bytes), place_(place) {}
  [[nodiscard]] virtual std::span<std::byte> bytes() const { return bytes_; }
  [[nodiscard]] std::uint64_t place() const { return place_; }

 private:
  std::span<std::byte> bytes_;
  std::uint64_t place_;
};

/// A part of a process's address space that is shared memory, and closed to the task.
struct Mapping {
  std::uint64_t begin = 0, end = 0;  ///< addresses
  ObjectId object = kNoObject;       ///< a SharedMemory
  std::uint64_t offset = 0;          ///< of `begin` in the object
  int protection = 0;                ///< PROT_*: what the program asked for
  bool attached = false;             ///< by shmat
};

/// Where a byte of a task's address space really is: in shared memory, or private to its process.
struct ByteLocation {
  ObjectId memory = kNoObject;  ///< a SharedMemory, or none
  ProcessId process = 0;        ///< where there is none
  std::uint64_t offset = 0;     ///< in the memory, or the address

  friend auto operator<=>(const ByteLocation&, const ByteLocation&) = default;
};

struct SignalInfo {
  int number = 0;
  int code = 0;             ///< si_code: SI_USER, SI_QUEUE, SI_TIMER, CLD_EXITED…
  int sender = 0;           ///< virtual process number
  int status = 0;           ///< SIGCHLD
  std::uint64_t value = 0;  ///< si_value
  EventId sent_by = kNoEvent;
};

using SignalSet = std::uint64_t;  ///< bit N-1 is signal N, as the kernel has it
[[nodiscard]] constexpr SignalSet bit_of(int signal) { return SignalSet{1} << (signal - 1); }

struct SignalAction {
  std::uint64_t handler = 0;  ///< 0 SIG_DFL, 1 SIG_IGN, else an address
  std::uint64_t flags = 0;    ///< SA_*
  SignalSet mask = 0;
};

enum class TaskState : std::uint8_t {
  kNotStarted,  ///< a program of the scenario whose start is still to come
  kPending,     ///< stands before `pending`
  kRunning,     ///< between operations; only inside supervise/
  kStopped,     ///< by SIGSTOP and its like, until SIGCONT
  kEnded,
};

struct Process;

/// A process or thread.
struct Task {
  TaskId id = kNoTask;
  ProcessId process = 0;
  std::size_t program = 0;  ///< index of the scenario's start that it descends from
  std::string name;
  int number = 0;  ///< its virtual thread number
  TaskState state = TaskState::kNotStarted;
  std::unique_ptr<Operation> pending;
  Call call;                  ///< that `pending` was decoded from
  bool waiting = false;       ///< has begun to wait in it
  ObjectId self = kNoObject;  ///< ObjectKind::kTask, touched by what is done to the task
  EventId last = kNoEvent;    ///< its latest event
  EventId made_by = kNoEvent;
  /// Ends of threads of its process since its latest event, where joining can't be seen: what it
  /// does next comes after them.
  std::vector<EventId> ended_threads;
  SignalSet mask = 0;                   ///< blocked
  std::optional<SignalSet> mask_after;  ///< sigsuspend, ppoll…: the mask when the wait is over
  std::vector<SignalInfo> signals;      ///< pending for this thread alone
  struct Frame {
    SignalSet mask = 0;  ///< to come back to
    int signal = 0;
    int error_number = 0;     ///< errno when it began
    std::uint32_t place = 0;  ///< index into Trace::places: where the handler begins
    /// The task is in the handler for as long as its stack pointer is here.
    std::uint64_t stack_begin = 0, stack_end = 0;
  };
  std::vector<Frame> handlers;  ///< that it is in, outermost first
  /// It sent one to itself, or let one in: that comes before anything else.
  bool takes_signal_first = false;
  /// A handler ran while it did not wait for one, or could not be told of what is there already,
  /// since it last waited until one ran.
  bool signal_came_early = false;
  bool in_library = false;          ///< between IPCGRADE_LIBRARY_BEGIN and _END
  std::uint64_t clear_address = 0;  ///< CLONE_CHILD_CLEARTID
  std::uint64_t robust_list = 0;    ///< set_robust_list
  std::uint32_t random_bytes = 0;   ///< that it was given so far
};

struct Process {
  ProcessId id = 0;
  std::string name;  ///< "server", "server's child 1"
  int number = 0;    ///< virtual process number
  int parent = 1;    ///< virtual number of its parent; 1 once that has ended
  int group = 0, session = 0;
  std::size_t program = 0;
  TaskId leader = kNoTask;
  std::vector<TaskId> tasks;
  std::shared_ptr<DescriptorTable> descriptors;
  std::string folder = "/work";                        ///< its current one; fork copies it
  std::shared_ptr<std::vector<SignalAction>> actions;  ///< by signal number, 0 unused
  std::vector<SignalInfo> signals;                     ///< pending for the process
  bool signals_merged = false;  ///< one was sent while the same was pending, and is none of its own
  std::vector<Mapping> mappings;  ///< sorted by begin
  /// Leaving: all that it held is let go of, and its parent does not know yet (kernel/exit.c:
  /// exit_files() comes well before exit_notify()).
  enum class State : std::uint8_t { kAlive, kLeaving, kZombie, kReaped } state = State::kAlive;
  int wait_status = 0;  ///< of a zombie
  /// That it was stopped or continued, as a wait status: until its parent was told.
  std::optional<int> news;
  EventId news_by = kNoEvent;
  EventId ended_by = kNoEvent;    ///< its last exit event
  int real_number = 0;            ///< the kernel's number of it in the box
  bool executed = false;          ///< has executed another program since it was made
  bool joins_are_seen = false;    ///< its threads are joined by hypercall
  bool orphaned = false;          ///< its parent ended without having waited for it
  bool reaped_by_kernel = false;  ///< its parent asked for that (SIG_IGN, SA_NOCLDWAIT)
  bool ended_by_grader = false;
  /// Of its own memory, begins and ends: touched by calls as shared memory is.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> watched;
  ObjectId private_memory = kNoObject;  ///< made when it is asked for
};

/// A timer of a process: alarm, setitimer, timer_create; or a timerfd's.
struct Timer {
  std::uint16_t number = 0;
  std::optional<VirtualTime> due;  ///< nothing: not armed
  VirtualTime period{};            ///< 0: once
  ObjectId object = kNoObject;     ///< touched by its firing
  EventId armed_by = kNoEvent;
  std::function<void(Machine&)> fire;  ///< inside a kTimer event
};

class Machine {
 public:
  Machine(GuestMemory& memory, Trace& trace);

  // Objects.
  template <typename T, typename... Arguments>
  T& make(Arguments&&... arguments) {
    auto object = std::make_unique<T>(static_cast<ObjectId>(objects_.size()),
                                      std::forward<Arguments>(arguments)...);
    T& made = *object;
    objects_.push_back(std::move(object));
    return made;
  }
  [[nodiscard]] Object& object(ObjectId id) { return *objects_[id]; }
  [[nodiscard]] const Object& object(ObjectId id) const { return *objects_[id]; }
  [[nodiscard]] std::size_t object_count() const { return objects_.size(); }
  /// State that a mechanism keeps for a run (tables of keys, of names): made at first use.
  template <typename T>
  [[nodiscard]] T& state() {
    auto& slot = states_[&kStateKey<T>];
    if (!slot) slot = std::make_shared<T>();
    return *static_cast<T*>(slot.get());
  }
  template <typename T>
  [[nodiscard]] const T* find_state() const {
    const auto at = states_.find(&kStateKey<T>);
    return at == states_.end() ? nullptr : static_cast<const T*>(at->second.get());
  }

  // Tasks and processes.
  /// How many numbers the tasks of one program can have.
  static constexpr int kNumbers = 1000;
  [[nodiscard]] Task& task(TaskId id) { return *tasks_[id]; }
  [[nodiscard]] const Task& task(TaskId id) const { return *tasks_[id]; }
  [[nodiscard]] std::size_t task_count() const { return tasks_.size(); }
  [[nodiscard]] Process& process(ProcessId id) { return *processes_[id]; }
  [[nodiscard]] const Process& process(ProcessId id) const { return *processes_[id]; }
  [[nodiscard]] std::size_t process_count() const { return processes_.size(); }
  [[nodiscard]] Process& process_of(const Task& task) { return process(task.process); }
  [[nodiscard]] const Process& process_of(const Task& task) const { return process(task.process); }
  [[nodiscard]] DescriptorTable& descriptors(const Task& task) {
    return *process_of(task).descriptors;
  }
  [[nodiscard]] const DescriptorTable& descriptors(const Task& task) const {
    return *process_of(task).descriptors;
  }
  Process& add_process(std::string name, std::size_t program);
  Task& add_task(Process& process);
  /// Every task that is alive and holds a descriptor of it, with the number.
  [[nodiscard]] std::vector<std::pair<TaskId, int>> holders(const Description& description) const;

  // The current event.
  EventId begin_event(EventKind kind, TaskId task);
  /// What the call has given beside its result, told behind it: "3 and 4 [pipe 1]".
  void gives(std::string words) { given_ = std::move(words); }
  void end_event(std::string_view text, std::int64_t result);
  [[nodiscard]] Event& event() { return trace_.events[current_]; }
  [[nodiscard]] EventId event_id() const { return current_; }
  void comes_after(EventId event);
  void comes_after(const HandOver& hand_over);
  /// Hands the current event's past over: what takes it later comes after this event.
  void hand_over(HandOver& to) const;
  void touch(const Touch& touch);  ///< adds to the current event's touches
  /// Adds to what the current event moved from the task's memory (kOut) or to it (kIn).
  void moves(Direction direction, std::span<const std::byte> bytes);
  /// The same for what is there now.
  void moves(Direction direction, const Task& task, std::uint64_t address, std::uint64_t size);

  // A task's memory: private or shared. Accesses to shared memory are the kernel's on the task's
  // behalf and become touches of the current event. False: EFAULT.
  bool read(const Task& task, std::uint64_t address, std::span<std::byte> into);
  bool write(const Task& task, std::uint64_t address, std::span<const std::byte> bytes);
  template <typename T>
  requires std::is_trivially_copyable_v<T>
  [[nodiscard]] std::optional<T> read_value(const Task& task, std::uint64_t address) {
    T value;
    if (!read(task, address, std::as_writable_bytes(std::span(&value, 1)))) return std::nullopt;
    return value;
  }
  template <typename T>
  requires std::is_trivially_copyable_v<T>
  bool write_value(const Task& task, std::uint64_t address, const T& value) {
    return write(task, address, std::as_bytes(std::span(&value, 1)));
  }
  /// As read() and write(), for what is inside a library's object or is looked at without being an
  /// access of the program: no touches.
  bool peek(const Task& task, std::uint64_t address, std::span<std::byte> into) const;
  bool poke(const Task& task, std::uint64_t address, std::span<const std::byte> bytes);
  template <typename T>
  requires std::is_trivially_copyable_v<T>
  [[nodiscard]] std::optional<T> peek_value(const Task& task, std::uint64_t address) const {
    T value;
    if (!peek(task, address, std::as_writable_bytes(std::span(&value, 1)))) return std::nullopt;
    return value;
  }
  template <typename T>
  requires std::is_trivially_copyable_v<T>
  bool poke_value(const Task& task, std::uint64_t address, const T& value) {
    return poke(task, address, std::as_bytes(std::span(&value, 1)));
  }
  /// The touches that reading (writing) a buffer will have; none where it is private.
  [[nodiscard]] std::vector<Touch> buffer_touches(const Task& task, std::uint64_t address,
                                                  std::uint64_t size, bool written) const;
  [[nodiscard]] const Mapping* mapping_at(const Task& task, std::uint64_t address) const;
  [[nodiscard]] ByteLocation location(const Task& task, std::uint64_t address) const;
  /// "the mutex at offset 32 of the segment with key 5678".
  [[nodiscard]] std::string name_of(const ByteLocation& location) const;
  [[nodiscard]] GuestMemory& memory() { return memory_; }
  [[nodiscard]] std::string read_text(const Task& task, std::uint64_t address,
                                      std::size_t most = 4096);
  /// Where the C library's own objects lie: what is done there is no access of the student's.
  void add_library_object(const ByteLocation& at, std::uint64_t size);
  void remove_library_object(const ByteLocation& at);
  /// The task sent a message with these bytes.
  void note_sent(const Task& task, std::span<const std::byte> message);
  [[nodiscard]] bool in_library_object(const ByteLocation& at, std::uint64_t size) const;

  // Time.
  [[nodiscard]] VirtualTime now() const { return now_; }
  void advance_to(VirtualTime time) { now_ = std::max(now_, time); }
  [[nodiscard]] ObjectId clock_object() const { return clock_; }
  Timer& add_timer(ObjectId object, std::function<void(Machine&)> fire);
  [[nodiscard]] std::deque<Timer>& timers() { return timers_; }

  // Signals (signal.cc): sends inside the current event. Ignored ones are dropped here.
  void send_to_process(Process& process, SignalInfo info);
  void send_to_task(Task& task, SignalInfo info);
  /// Which of these signals the task would take first of those that it was sent; 0: it was sent
  /// none of them. A thread's own come before those of its process, of each the lowest first:
  /// dequeue_signal() in kernel/signal.c.
  [[nodiscard]] int first_pending(const Task& task, SignalSet wanted) const;
  /// The next signal that the task would take now, or would if it did not wait in sigwait.
  [[nodiscard]] std::optional<int> next_signal(const Task& task) const;
  [[nodiscard]] SignalInfo take_signal(Task& task, int number);
  [[nodiscard]] bool has_handlers(const Task& task) const;

  [[nodiscard]] Trace& trace() { return trace_; }
  [[nodiscard]] const Trace& trace() const { return trace_; }

 private:
  template <typename T>
  static inline const char kStateKey = 0;

  [[nodiscard]] const Mapping* find_mapping(const Process& process, std::uint64_t address) const;
  bool copy(const Task& task, std::uint64_t address, std::span<std::byte> into, bool touches);
  bool copy_out(const Task& task, std::uint64_t address, std::span<const std::byte> bytes,
                bool touches);

  GuestMemory& memory_;
  Trace& trace_;
  std::vector<std::unique_ptr<Object>> objects_;
  std::map<const char*, std::shared_ptr<void>> states_;
  std::vector<std::unique_ptr<Task>> tasks_;
  std::vector<std::unique_ptr<Process>> processes_;
  std::map<ByteLocation, std::uint64_t> library_objects_;
  std::deque<Timer> timers_;
  std::vector<Touch> touched_;  ///< by the current event
  std::string given_;           ///< by the current event
  EventId current_ = kNoEvent;
  ObjectId clock_ = kNoObject;
  VirtualTime now_{};
};

}  // namespace ipcgrade
