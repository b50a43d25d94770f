// Synchronisation objects that lie in a program's memory: semaphores, mutexes, … of the C library.
// What their state is, is in that memory, where a program's own accesses would find it; what orders
// their users is an Object of the model, found by where the memory really is.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ipc/machine.h"
#include "ipc/operation.h"
#include "ipc/wake_queue.h"

namespace ipcgrade {

/// Objects of one class, by their place.
template <typename T>
struct ByPlace {
  std::map<ByteLocation, ObjectId> objects;
};

/// The file in which glibc's sem_open(3) keeps the semaphore of that name.
[[nodiscard]] std::string named_semaphore_file(std::string_view name);

/// "semaphore at offset 32 of the segment with key 5678"; "semaphore /name" of sem_open.
[[nodiscard]] std::string place_name(const Machine& machine, std::string_view kind,
                                     const ByteLocation& at);

/// The object there, made when it is first asked for. T has `kKind` and a constructor
/// (ObjectId, std::string name).
template <typename T>
[[nodiscard]] T& object_at(Machine& machine, const ByteLocation& at) {
  auto& objects = machine.state<ByPlace<T>>().objects;
  if (const auto known = objects.find(at); known != objects.end()) {
    return static_cast<T&>(machine.object(known->second));
  }
  T& made = machine.make<T>("the " + place_name(machine, T::kKind, at));
  objects[at] = made.id();
  return made;
}

/// A hypercall of the runtime on an object of the library.
class LibraryCall : public Operation {
 public:
  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }
  [[nodiscard]] std::string text(const Machine&, const Task&) const override { return text_; }
  /// Nobody else can see the object, now or before the call is done.
  void concerns_nobody() { touches_.clear(); }

 protected:
  /// `call` is "sem_wait", `object` was found at `address`. What others write to the object's
  /// memory (sem_init, memset) does not commute with it.
  LibraryCall(Machine& machine, const Task& task, std::string_view call, const Object& object,
              std::uint64_t address, std::uint64_t size);
  void touches_also(const Touch& touch) { touches_.push_back(touch); }

  /// To be called by perform(): what the event reads of memory is no access of the program, but
  /// comes after the library's own initialisation of it.
  static void mark(Machine& machine) { machine.event().order = AccessOrder::kLibrary; }
  [[nodiscard]] std::uint64_t address() const { return address_; }

 private:
  std::uint64_t address_;
  std::vector<Touch> touches_;
  std::string text_;
};

/// As std::make_unique; where the object lies in memory of a process with one task alone, and the
/// call need not wait, it is no decision.
[[nodiscard]] bool is_private_to(const Machine& machine, const Task& task, std::uint64_t address);

template <typename T, typename... Arguments>
[[nodiscard]] std::unique_ptr<Operation> make_library_call(Machine& machine, Task& task,
                                                           std::uint64_t address,
                                                           Arguments&&... arguments) {
  auto made = std::make_unique<T>(machine, task, address, std::forward<Arguments>(arguments)...);
  if (is_private_to(machine, task, address) && made->enabled(machine, task)) {
    made->concerns_nobody();
  }
  return made;
}

// An object that was made for one process (pshared 0) and lies in memory that several share: below
// it is a private futex, so who sleeps there is woken by its own process alone, whatever becomes of
// the words. Sources: futex(2) on FUTEX_PRIVATE_FLAG; sem_init(3).
[[nodiscard]] bool is_in_shared_memory(const Machine& machine, const Task& task,
                                       std::uint64_t address);
/// The sleepers whom the task can wake through a private futex.
[[nodiscard]] WakeQueue::Filter same_process(const Machine& machine, const Task& task);
/// Of those who could help a sleeper, the ones that can wake it through a private futex.
[[nodiscard]] std::vector<TaskId> of_same_process(const Machine& machine, const Task& task,
                                                  std::vector<TaskId> helpers);
/// ", in memory of its own process alone", where that is so: said of what is waited for; else
/// empty.
[[nodiscard]] std::string own_memory_text(const Machine& machine, const Task& task,
                                          std::uint64_t address);
/// How the wait of such a sleeper is told, once what it waited for has come.
[[nodiscard]] std::string private_sleep_text(const Object& object);

/// Reads the time-out of a hypercall: (pointer to an absolute time or NULL, clock). An errno where
/// it is not valid.
struct TimeLimit {
  int error = 0;
  std::optional<VirtualTime> deadline;
};
[[nodiscard]] TimeLimit time_limit(const Machine& machine, const Task& task, std::uint64_t until,
                                   std::uint64_t clock);

// What a task holds, for the story of a deadlock.
void holds(Machine& machine, TaskId task, ObjectId object);
void holds_no_more(Machine& machine, TaskId task, ObjectId object);
/// "the mutex at offset 0 of the segment with key 5678", in the order in which it got them.
[[nodiscard]] std::vector<std::string> holdings(const Machine& machine, TaskId task);

/// "server", "itself", "server, which has ended": who holds what `waiting` waits for.
[[nodiscard]] std::string holder_text(const Machine& machine, TaskId holder, const Task& waiting);
/// The task with that virtual thread number, ended or not; kNoTask: there is none.
[[nodiscard]] TaskId task_with_number(const Machine& machine, int number);

}  // namespace ipcgrade
