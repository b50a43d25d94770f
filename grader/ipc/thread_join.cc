// pthread_join and its like: the runtime asks first whether the thread has ended, and libc's own
// join finds it so. What comes after the join comes after all that the thread did; what others do
// after the thread's end does not.
#include <fmt/format.h>
#include <time.h>

#include <vector>

#include "ipc/calls.h"
#include "ipc/clock.h"
#include "ipc/library_object.h"
#include "ipc/mechanisms.h"
#include "runtime/hypercall.h"

namespace ipcgrade {
namespace {

/// The thread whose pthread_t it is: the kernel was told to clear a word in it at its end. Of
/// several that had that memory one after the other, the last.
std::optional<TaskId> thread_of(const Machine& machine, const Task& task, std::uint64_t thread) {
  constexpr std::uint64_t kMost = 4096;  // struct pthread of glibc 2.36 has 2304 bytes
  std::optional<TaskId> found;
  for (const TaskId one : machine.process_of(task).tasks) {
    const std::uint64_t word = machine.task(one).clear_address;
    if (word >= thread && word < thread + kMost) found = one;
  }
  return found;
}

class Join : public Operation {
 public:
  Join(const Machine& machine, TaskId thread, bool tries, TimeLimit limit)
      : thread_(thread), tries_(tries), limit_(limit), touches_{reads(machine.task(thread).self)} {}

  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }
  [[nodiscard]] bool enabled(const Machine& machine, const Task&) const override {
    return tries_ || limit_.error != 0 || machine.task(thread_).state == TaskState::kEnded;
  }
  Effect perform(Machine& machine, Task&) override {
    const Task& thread = machine.task(thread_);
    if (limit_.error != 0) return Effect::fails(limit_.error);
    if (thread.state != TaskState::kEnded) return Effect::fails(EBUSY);
    machine.comes_after(thread.last);
    return Effect::returns(0);
  }
  [[nodiscard]] std::string text(const Machine& machine, const Task&) const override {
    return fmt::format("{}({})", tries_ ? "pthread_tryjoin" : "pthread_join",
                       machine.task(thread_).name);
  }
  [[nodiscard]] std::string waits_for(const Machine& machine, const Task&) const override {
    return "waits for the end of " + machine.task(thread_).name;
  }
  [[nodiscard]] std::vector<TaskId> suppliers(const Machine&, const Task&) const override {
    return {thread_};
  }
  [[nodiscard]] std::optional<VirtualTime> deadline() const override { return limit_.deadline; }

 private:
  TaskId thread_;
  bool tries_;
  TimeLimit limit_;
  std::vector<Touch> touches_;
};

std::unique_ptr<Operation> decode(Machine& machine, Task& task, const Call& call) {
  const std::uint64_t what = call.arguments[0];
  if (what != IPCGRADE_THREAD_JOIN && what != IPCGRADE_THREAD_TRYJOIN) return nullptr;
  const auto thread = thread_of(machine, task, call.arguments[1]);
  // Itself, or none that is known: libc says what is wrong.
  if (!thread || *thread == task.id) return done_at_once("", 0);
  const bool tries = what == IPCGRADE_THREAD_TRYJOIN;
  const TimeLimit limit =
      tries ? TimeLimit{} : time_limit(machine, task, call.arguments[2], call.arguments[3]);
  return std::make_unique<Join>(machine, *thread, tries, limit);
}

constexpr long kCalls[] = {kHypercall};

}  // namespace

const Mechanism kThreadJoinMechanism{"joining threads", kCalls, decode};

}  // namespace ipcgrade
