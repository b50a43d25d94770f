// Signals of a held run: what the kernel delivers is let through or is a fault; what the model sends
// is delivered as a decision.
#include <fmt/format.h>

#include <algorithm>

#include "ipc/process.h"
#include "ipc/signal.h"
#include "supervise/held_run.h"

namespace ipcgrade {

using sandbox::failure;

namespace {

constexpr std::uint64_t kCallLength = 2;  // `syscall`
/// SIGSEGV and SIGTRAP are ours: a task that blocked them would die of a closed page.
constexpr SignalSet kOurs = bit_of(SIGSEGV) | bit_of(SIGTRAP);

bool is_from_kernel(const siginfo_t& info) { return info.si_code > 0; }

bool is_synchronous(int signal) {
  return signal == SIGSEGV || signal == SIGBUS || signal == SIGFPE || signal == SIGILL ||
         signal == SIGTRAP;
}

/// A task that is about to die of its own code's fault. Touches what its end touches.
class Dies : public Operation {
 public:
  Dies(int signal, std::vector<Touch> touches) : signal_(signal), touches_(std::move(touches)) {}
  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }
  Effect perform(Machine&, Task&) override { return Effect::returns(0); }
  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    return "dies of " + signal_name(signal_);
  }

 private:
  int signal_;
  std::vector<Touch> touches_;
};

}  // namespace

HeldRun::Done HeldRun::stopped_at_signal(Task& task, const Stop& stop, bool& pending) {
  HeldTask& one = held(task);
  auto info = one.tracee.signal_info();
  if (!info) return std::unexpected(info.error());
  // The kernel's own SIGCHLD and its like come when it likes: the model sends them.
  if (!is_synchronous(stop.signal) || !is_from_kernel(*info)) return one.tracee.resume();
  auto registers = one.tracee.registers();
  if (!registers) return std::unexpected(registers.error());
  one.registers = *registers;
  one.at = HeldTask::At::kFault;
  if (stop.signal == SIGSEGV) {
    const auto address = reinterpret_cast<std::uint64_t>(info->si_addr);
    if (machine_.mapping_at(task, address) != nullptr) {
      task.pending = find_access(machine_, task, one);
      if (task.pending != nullptr) {
        task.state = TaskState::kPending;
        pending = true;
        return {};
      }
    }
  }
  one.at = HeldTask::At::kOutside;
  if (disposition(machine_, task, stop.signal) == Disposition::kHandler &&
      (task.mask & bit_of(stop.signal)) == 0) {
    enter_handler(machine_, task, stop.signal, one.registers.rsp);
    if (auto done = one.tracee.set_signal_mask(task.handlers.back().mask & ~kOurs); !done) {
      return done;
    }
    return one.tracee.resume(stop.signal);
  }
  one.crash_signal = stop.signal;
  std::vector<Touch> touches;
  for (const TaskId sibling : machine_.process_of(task).tasks) {
    touches.push_back(writes(machine_.task(sibling).self));
  }
  task.pending = std::make_unique<Dies>(stop.signal, std::move(touches));
  task.state = TaskState::kPending;
  pending = true;
  return {};
}

HeldRun::Done HeldRun::take_signal(Task& task) {
  const auto number = machine_.next_signal(task);
  if (!number) return {};
  const SignalInfo info = machine_.take_signal(task, *number);
  machine_.begin_event(EventKind::kSignal, task.id);
  machine_.event().instruction = held(task).registers.rip;
  machine_.event().place = place_of(task);
  machine_.comes_after(info.sent_by);
  machine_.touch(writes(machine_.task(machine_.process_of(task).leader).self));
  task.takes_signal_first = false;
  held(task).spin.progressed();
  const std::string text = "takes " + signal_name(*number);
  switch (disposition(machine_, task, *number)) {
    case Disposition::kIgnore:
    case Disposition::kContinue:
      machine_.end_event(text, *number);
      return {};
    case Disposition::kStop:
      task.state = TaskState::kStopped;
      machine_.end_event(text + " and stops", *number);
      return {};
    case Disposition::kTerminate:
      machine_.end_event(text + " and ends", *number);
      machine_.begin_event(EventKind::kExit, task.id);
      return end(task, *number, true, "ended by " + signal_name(*number));
    case Disposition::kHandler:
      break;
  }
  machine_.end_event(text, *number);
  const auto& action = (*machine_.process_of(task).actions)[static_cast<std::size_t>(*number)];
  const bool at_call = held(task).at == HeldTask::At::kCall;
  bool back_out = true;
  std::int64_t result = 0;
  if (at_call && task.waiting) {
    // What no handler ends is entered again, and finds that it waits already.
    const Interruption interruption = task.pending->interruption();
    const bool restarts =
        interruption == Interruption::kNever ||
        (interruption == Interruption::kRestarts && (action.flags & SA_RESTART) != 0);
    if (!restarts) {
      back_out = false;
      result = task.pending->interrupted(machine_, task);
    }
  }
  return enter(task, info, back_out, result);
}

/// Runs a handler: the signal is sent for real, so that the kernel makes its frame.
HeldRun::Done HeldRun::enter(Task& task, const SignalInfo& info, bool back_out,
                             std::int64_t result) {
  HeldTask& one = held(task);
  if (one.at == HeldTask::At::kCall) {
    const std::uint64_t number = one.registers.orig_rax;
    one.registers.orig_rax = ~0ULL;
    if (back_out) {
      one.registers.rax = number;
      one.registers.rip -= kCallLength;
    } else {
      one.registers.rax = static_cast<std::uint64_t>(result);
    }
    if (task.pending && task.waiting && !task.mask_after) task.pending->end_wait(machine_, task);
    if (auto done = write_back(one); !done) return done;
  }
  enter_handler(machine_, task, info.number, one.registers.rsp);
  task.pending.reset();
  task.waiting = false;
  one.burns = false;
  // A blocked signal would not be delivered but wait (ptrace_signal() in the kernel); that the frame
  // then lacks it is seen by nobody, since masks are the model's.
  const SignalSet saved = task.handlers.back().mask & ~kOurs & ~bit_of(info.number);
  if (auto done = one.tracee.set_signal_mask(0); !done) return done;
  if (auto done = one.tracee.send(one.group, info.number); !done) return done;
  if (auto done = one.tracee.resume(); !done) return done;
  for (;;) {
    auto stop = one.tracee.wait();
    if (!stop) return std::unexpected(stop.error());
    if (stop->kind != Stop::Kind::kSignal) {
      return failure(fmt::format("{} does not take {}", task.name, signal_name(info.number)));
    }
    if (stop->signal == info.number) break;
    if (auto done = one.tracee.resume(); !done) return done;
  }
  if (auto done = one.tracee.set_signal_info(kernel_info(info)); !done) return done;
  if (auto done = one.tracee.set_signal_mask(saved); !done) return done;
  one.at = HeldTask::At::kOutside;
  // advance() resumes without a signal; this one has to be delivered.
  go_on(task, info.number);
  return {};
}

}  // namespace ipcgrade
