// Waits for signals: pause, sigsuspend, sigwait and its like. Source: sigsuspend(2),
// sigwaitinfo(2), and kernel/signal.c for which of several is taken.
#include <fmt/format.h>
#include <sys/syscall.h>

#include <array>
#include <utility>

#include "ipc/calls.h"
#include "ipc/clock.h"
#include "ipc/signal.h"

namespace ipcgrade {
namespace {

/// pause and sigsuspend: end only by a handler.
class Suspend : public Operation {
 public:
  Suspend(const Machine& machine, const Task& task, std::optional<SignalSet> mask)
      : mask_(mask),
        touches_{reads(machine.task(machine.process_of(task).leader).self), reads(task.self)} {}
  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }
  [[nodiscard]] bool enabled(const Machine&, const Task&) const override { return false; }
  Effect perform(Machine&, Task&) override { return Effect::fails(EINTR); }
  [[nodiscard]] bool queues() const override { return true; }
  void begin_wait(Machine& machine, Task& task) override {
    missed_ = missed_ || has_missed_signal(machine, task);
    if (!mask_) return;
    task.mask_after = task.mask;
    task.mask = *mask_ & ~kUnblockable;
  }
  std::int64_t interrupted(Machine&, Task& task) override {
    task.signal_came_early = false;
    return -EINTR;
  }
  void end_wait(Machine&, Task& task) override {
    // With a handler, its frame has the old mask; see enter_handler().
    if (task.mask_after) task.mask = *std::exchange(task.mask_after, std::nullopt);
  }
  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    return mask_ ? "sigsuspend()" : "pause()";
  }
  [[nodiscard]] std::string waits_for(const Machine&, const Task&) const override {
    return mask_ ? "waits in sigsuspend for a signal" : "waits in pause for a signal";
  }
  [[nodiscard]] bool missed(const Machine&, const Task&) const override { return missed_; }
  [[nodiscard]] Interruption interruption() const override { return Interruption::kEnds; }

 private:
  std::optional<SignalSet> mask_;
  std::vector<Touch> touches_;
  bool missed_ = false;
};

class SignalWait : public Operation {
 public:
  SignalWait(const Machine& machine, const Task& task, SignalSet set, std::uint64_t info,
             std::optional<VirtualTime> deadline)
      : set_(set & ~kUnblockable), info_(info), deadline_(deadline) {
    touches_ = {writes(machine.task(machine.process_of(task).leader).self)};
    if (task.self != touches_[0].object) touches_.push_back(writes(task.self));
  }
  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }
  [[nodiscard]] bool enabled(const Machine& machine, const Task& task) const override {
    return machine.first_pending(task, set_) != 0;
  }
  Effect perform(Machine& machine, Task& task) override {
    task.signal_came_early = false;
    const SignalInfo taken = machine.take_signal(task, machine.first_pending(task, set_));
    machine.comes_after(taken.sent_by);
    if (info_ != 0 && !machine.write_value(task, info_, kernel_info(taken))) {
      return Effect::fails(EFAULT);
    }
    return Effect::returns(taken.number);
  }
  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    // sigwait(3) of glibc asks for the details, too.
    const char* name = deadline_ ? "sigtimedwait" : info_ == 0 ? "sigwaitinfo" : "sigwait";
    return fmt::format("{}({})", name, signal_names(set_));
  }
  [[nodiscard]] std::string waits_for(const Machine&, const Task&) const override {
    return fmt::format("waits for one of the signals {}", signal_names(set_));
  }
  /// Of what a handler took nobody knows whether it was for this wait.
  [[nodiscard]] bool missed(const Machine& machine, const Task& task) const override {
    return !machine.has_handlers(task) && has_missed_signal(machine, task);
  }
  [[nodiscard]] Interruption interruption() const override { return Interruption::kFails; }
  [[nodiscard]] std::optional<VirtualTime> deadline() const override { return deadline_; }
  std::int64_t timed_out(Machine&, Task&) override { return -EAGAIN; }

 private:
  SignalSet set_;
  std::uint64_t info_;
  std::optional<VirtualTime> deadline_;
  std::vector<Touch> touches_;
};

std::unique_ptr<Operation> decode_wait(Machine& machine, Task& task, const Call& call) {
  const auto set = machine.peek_value<SignalSet>(task, call.arguments[0]);
  if (!set) return done_at_once("sigwait()", -EFAULT);
  std::optional<VirtualTime> deadline;
  if (call.arguments[2] != 0) {
    const auto time = machine.peek_value<timespec>(task, call.arguments[2]);
    if (!time) return done_at_once("sigtimedwait()", -EFAULT);
    deadline = machine.now() + duration_of(*time);
  }
  return std::make_unique<SignalWait>(machine, task, *set, call.arguments[1], deadline);
}

std::unique_ptr<Operation> decode_signal_wait(Machine& machine, Task& task, const Call& call) {
  switch (call.number) {
    case SYS_rt_sigsuspend: {
      const auto mask = machine.peek_value<SignalSet>(task, call.arguments[0]);
      if (!mask) return done_at_once("sigsuspend()", -EFAULT);
      return std::make_unique<Suspend>(machine, task, *mask);
    }
    case SYS_pause:
      return std::make_unique<Suspend>(machine, task, std::nullopt);
    default:
      return decode_wait(machine, task, call);
  }
}

constexpr std::array kCalls{long{SYS_rt_sigsuspend}, long{SYS_pause}, long{SYS_rt_sigtimedwait}};

}  // namespace

const Mechanism kSignalWaitMechanism{"waits for signals", kCalls, decode_signal_wait};

}  // namespace ipcgrade
