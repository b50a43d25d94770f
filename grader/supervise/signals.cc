// Signals of a held run: what the kernel delivers is a fault, of the program's own or of a page
// that we closed; what the model sends is delivered as a decision. The kernel itself holds back no
// signal of a held task: what is blocked is the model's affair, and a closed page has to be told
// always.
#include <fmt/format.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <ranges>

#include "ipc/calls.h"
#include "ipc/process.h"
#include "ipc/signal.h"
#include "ipc/strike.h"
#include "supervise/held_run.h"
#include "supervise/time_stamp.h"
#include "trace/stopped.h"

namespace ipcgrade {

using sandbox::failure;

namespace {

/// So often a handler returns to the fault before that is taken for a loop without end: it could
/// count.
constexpr std::size_t kMostTimes = 2'000;

constexpr std::uint64_t kPageMask = ~4095ULL;

bool is_from_kernel(const siginfo_t& info) { return info.si_code > 0; }

bool is_synchronous(int signal) {
  return signal == SIGSEGV || signal == SIGBUS || signal == SIGFPE || signal == SIGILL ||
         signal == SIGTRAP;
}

// The frame that the kernel makes for a handler: a return address, then a ucontext_t. At
// rt_sigreturn the stack pointer is at the latter.
constexpr std::uint64_t kMaskOffset = offsetof(ucontext_t, uc_sigmask);
constexpr std::uint64_t kStackOffset = offsetof(ucontext_t, uc_stack);

/// Whether a wait of that sort ends with EINTR as the handler runs: signal(7).
bool is_interrupted_by(const SignalAction& action, Interruption interruption) {
  return interruption == Interruption::kFails || interruption == Interruption::kEnds ||
         (interruption == Interruption::kRestarts && (action.flags & SA_RESTART) == 0);
}

/// What a task did that the kernel ends it for, by the kernel's word (sigaction(2)).
std::string fault_text(int signal, const siginfo_t& info) {
  const auto address = reinterpret_cast<std::uint64_t>(info.si_addr);
  if (signal == SIGSEGV && info.si_code == SEGV_MAPERR) {
    return fmt::format("touches address {:#x}, where there is no memory", address);
  }
  if (signal == SIGSEGV && info.si_code == SEGV_ACCERR) {
    return fmt::format("touches address {:#x}, which it may not use in this way", address);
  }
  if (signal == SIGBUS && info.si_code > 0 && info.si_code != BUS_ADRALN && address != 0) {
    return fmt::format("touches address {:#x}, behind the end of what is mapped there", address);
  }
  if (signal == SIGFPE && info.si_code == FPE_INTDIV) return "divides by zero";
  if (signal == SIGSEGV || signal == SIGBUS) return "touches an address that there cannot be";
  return "does what it cannot go on from";
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
  if (stop.signal == SIGXFSZ) return at_file_size(task);
  // The kernel's own SIGCHLD and its like come when it likes: the model sends them.
  if (!is_synchronous(stop.signal) || !is_from_kernel(*info)) return one.tracee.resume();
  auto registers = one.tracee.registers();
  if (!registers) return std::unexpected(registers.error());
  one.registers = *registers;
  one.at = HeldTask::At::kFault;
  unwind_handlers(task, one.registers.rsp);
  int signal = stop.signal;
  if (signal == SIGTRAP && passed_trap(task)) {
    if (auto done = write_back(one); !done) return done;
    return one.tracee.resume();
  }
  if (signal == SIGSEGV) {
    if (read_time_stamp(one.tracee, one.registers, ticks(one))) {
      if (auto done = write_back(one); !done) return done;
      return one.tracee.resume();
    }
    const auto address = reinterpret_cast<std::uint64_t>(info->si_addr);
    if (const Mapping* mapping = machine_.mapping_at(task, address)) {
      task.pending = find_access(machine_, task, one);
      const bool is_code = (address & kPageMask) == (one.registers.rip & kPageMask);
      const bool executes = is_code && (mapping->protection & PROT_EXEC) != 0;
      const bool unknown =
          task.pending == nullptr && !is_code && !touches_address(machine_, task, one, address);
      if (task.pending == nullptr && (executes || unknown)) {
        task.pending = unmodelled(executes ? "running code in shared memory"
                                           : "an instruction that touches shared memory");
        one.at = HeldTask::At::kOutside;
        pending = true;
        return perform(task);
      }
      if (task.pending != nullptr &&
          repeats_atomic_load(machine_, task, one,
                              static_cast<const AccessOperation&>(*task.pending)) &&
          execute_access(machine_, task, one) == x86::Outcome::kDone) {
        task.pending.reset();
        one.at = HeldTask::At::kOutside;
        if (auto done = write_back(one); !done) return done;
        return one.tracee.resume();
      }
      if (task.pending != nullptr) {
        task.state = TaskState::kPending;
        pending = true;
        return {};
      }
      // Behind the end of a mapped file.
      const auto& memory = static_cast<const SharedMemory&>(machine_.object(mapping->object));
      if (address - mapping->begin + mapping->offset >= memory.bytes().size()) signal = SIGBUS;
    }
  }
  if (auto done = own_fault(task, signal); !done || ended_) return done;
  pending = task.pending != nullptr;
  return pending ? Done{} : one.tracee.resume();
}

/// A fault of the program's own, at whose signal it is stopped: its handler begins, or nothing is
/// left but to die of it (`pending`).
HeldRun::Done HeldRun::own_fault(Task& task, int signal) {
  HeldTask& one = held(task);
  one.at = HeldTask::At::kOutside;
  task.pending.reset();
  if (disposition(machine_, task, signal) == Disposition::kHandler &&
      (task.mask & bit_of(signal)) == 0) {
    if (faults_for_ever(task)) {
      one.burns = true;
      one.loops_at = place_of(task);
      stop_at(sandbox::LimitKind::kCpuTime, static_cast<std::uint64_t>(stage_.limits.cpu.count()),
              &task);
      return {};
    }
    machine_.begin_event(EventKind::kSignal, task.id);
    machine_.event().instruction = one.registers.rip;
    machine_.event().place = place_of(task);
    machine_.end_event("takes " + signal_name(signal), signal);
    return start_handler(task, signal);
  }
  dies(task, signal);
  return {};
}

/// Whether its handlers return, again and again, to the instruction that faults as before. A loop
/// that faults once in each round may look like that, but for the last time (step_to_fault).
bool HeldRun::faults_for_ever(const Task& task) {
  HeldTask::TakenFault& last = held(task).taken_fault;
  const bool at_once = last.at_once;
  const Registers& now = held(task).registers;
  const auto since = trace_.events | std::views::drop(last.event);
  const bool again =
      last.times > 0 && std::memcmp(&last.registers, &now, sizeof now) == 0 &&
      std::ranges::all_of(since, [&](const Event& one) { return one.task == task.id; });
  last = {now, static_cast<EventId>(trace_.events.size()), again ? last.times + 1 : 1};
  return at_once && last.times > kMostTimes;
}

void HeldRun::dies(Task& task, int signal) {
  held(task).crash_signal = signal;
  const auto info = held(task).tracee.signal_info();
  held(task).crash = fault_text(signal, info ? *info : siginfo_t{});
  task.pending = std::make_unique<Dies>(signal, end_touches(machine_, task, true));
  task.waiting = false;
  task.state = TaskState::kPending;
}

/// The kernel's word that a file has come to the limit.
HeldRun::Done HeldRun::at_file_size(Task& task) {
  if (disposition(machine_, task, SIGXFSZ) == Disposition::kTerminate) {
    stop_at(sandbox::LimitKind::kFileSize, stage_.limits.file_size, &task);
    return {};
  }
  machine_.send_to_task(task, {SIGXFSZ, SI_KERNEL, 0, 0, 0, task.last});
  return held(task).tracee.resume();
}

/// Lets the kernel make the frame of a handler for the signal at whose stop the task is, and holds
/// the task before the handler's first instruction. Where there is no room for the frame, it dies.
HeldRun::Done HeldRun::start_handler(Task& task, int signal) {
  HeldTask& one = held(task);
  enter_handler(machine_, task, signal, one.registers.rsp);
  Task::Frame& frame = task.handlers.back();
  frame.error_number = error_number_of(task);
  // A step that begins with a signal ends there.
  if (auto done = one.tracee.step(signal); !done) return done;
  auto stop = one.tracee.wait();
  if (!stop) return std::unexpected(stop.error());
  if (stop->kind != Stop::Kind::kSignal) {
    return failure(fmt::format("{} does not take {}", task.name, signal_name(signal)));
  }
  auto registers = one.tracee.registers();
  if (!registers) return std::unexpected(registers.error());
  one.registers = *registers;
  one.at = HeldTask::At::kOutside;
  if (stop->signal != SIGTRAP) {
    task.handlers.pop_back();
    dies(task, stop->signal);
    return {};
  }
  // The kernel's frame is above the handler's own: who has left that by siglongjmp may stand there.
  // At rt_sigreturn the handler's return address is off the stack.
  frame.stack_end = one.registers.rsp + 2 * sizeof(std::uint64_t);
  const std::uint64_t context = one.registers.rsp + sizeof(std::uint64_t);
  const auto stack = machine_.peek_value<stack_t>(task, context + kStackOffset);
  if (stack && (stack->ss_flags & SS_DISABLE) == 0) {
    const auto begin = reinterpret_cast<std::uint64_t>(stack->ss_sp);
    if (one.registers.rsp >= begin && one.registers.rsp < begin + stack->ss_size) {
      frame.stack_begin = begin;
      frame.stack_end = begin + stack->ss_size;
    }
  }
  // What the kernel blocks for the handler, the model does.
  machine_.poke_value(task, context + kMaskOffset, frame.mask);
  frame.place = place_of(task);
  set_traps(task);
  return one.tracee.set_signal_mask(0);
}

/// At rt_sigreturn.
HeldRun::Done HeldRun::return_from_handler(Task& task, bool& pending) {
  HeldTask& one = held(task);
  const int now = error_number_of(task);
  const std::uint64_t mask = one.registers.rsp + kMaskOffset;
  const auto blocked = machine_.peek_value<SignalSet>(task, mask);
  if (const auto frame = leave_handler(task)) {
    // A handler may change what will be blocked behind it.
    if (blocked) task.mask = *blocked & ~kUnblockable;
    machine_.begin_event(EventKind::kSignalEnd, task.id);
    machine_.event().before = frame->error_number;
    machine_.event().place = frame->place;
    machine_.end_event("the handler of " + signal_name(frame->signal) + " returns", now);
  }
  if (blocked) machine_.poke_value(task, mask, SignalSet{0});
  clear_traps(task);
  if (one.taken_fault.times > kMostTimes) return step_to_fault(task, pending);
  return one.tracee.resume();
}

/// Whether the instruction that it returns to faults at once: over the call, and over that.
HeldRun::Done HeldRun::step_to_fault(Task& task, bool& pending) {
  HeldTask& one = held(task);
  for (const bool is_behind_call : {false, true}) {
    if (auto done = one.tracee.step(); !done) return done;
    auto stop = one.tracee.wait();
    if (!stop) return std::unexpected(stop.error());
    if (stop->kind == Stop::Kind::kEnded) return killed(task, static_cast<int>(stop->message));
    if (stop->kind != Stop::Kind::kSignal) {
      return failure(fmt::format("{} does not return from a handler", task.name));
    }
    if (stop->signal == SIGTRAP) continue;
    one.taken_fault.at_once = is_behind_call;
    return stopped_at_signal(task, *stop, pending);
  }
  one.taken_fault = {};
  return one.tracee.resume();
}

/// kill(2): a signal that a thread sends to itself, or lets in, comes before the call returns,
/// where no other thread could take it. What stops it comes before its next operation.
bool HeldRun::own_signal_comes_now(const Task& task) const {
  const auto signal = machine_.next_signal(task);
  if (!signal) return false;
  const bool alone = live_tasks(machine_, machine_.process_of(task)) == 1;
  const bool own =
      std::ranges::find(task.signals, *signal, &SignalInfo::number) != task.signals.end();
  const Disposition what = disposition(machine_, task, *signal);
  return (alone || own) && (what == Disposition::kHandler || what == Disposition::kTerminate);
}

/// Whether a signal that came now would run a handler.
bool HeldRun::handler_may_run(const Task& task) const {
  const auto& actions = *machine_.process_of(task).actions;
  for (std::size_t signal = 1; signal < actions.size(); ++signal) {
    if (is_library_signal(signal)) continue;
    const bool blocked = (task.mask & bit_of(static_cast<int>(signal))) != 0;
    if (actions[signal].handler > 1 && !blocked) return true;
  }
  return false;
}

HeldRun::Done HeldRun::take_signal(Task& task) {
  const auto number = machine_.next_signal(task);
  if (!number) return {};
  const SignalInfo info = machine_.take_signal(task, *number);
  machine_.begin_event(EventKind::kSignal, task.id);
  machine_.event().instruction = held(task).registers.rip;
  machine_.event().place = place_of(task);
  machine_.event().injected = info.sent_by != kNoEvent && trace_.events[info.sent_by].injected &&
                              trace_.events[info.sent_by].kind == EventKind::kTimer;
  machine_.comes_after(info.sent_by);
  machine_.touch(writes(machine_.task(machine_.process_of(task).leader).self));
  if (info.value != 0) machine_.moves(Direction::kIn, std::as_bytes(std::span(&info.value, 1)));
  task.takes_signal_first = false;
  held(task).spin.progressed();
  const std::string text = "takes " + signal_name(*number);
  switch (disposition(machine_, task, *number)) {
    case Disposition::kIgnore:
    case Disposition::kContinue:
      machine_.end_event(text, *number);
      return {};
    case Disposition::kStop:
      stop_process(machine_, task, *number);
      machine_.end_event(text + " and stops", *number);
      tell_others(task.id);
      return {};
    case Disposition::kTerminate:
      machine_.end_event(text + " and ends", *number);
      begin_end(task);
      return end(task, *number, true, "ended by " + signal_name(*number));
    case Disposition::kHandler:
      break;
  }
  const bool at_call = held(task).at == HeldTask::At::kCall;
  // Who only begins to wait when the handler is done has missed it.
  const bool too_early =
      at_call && !task.waiting && task.pending && !task.pending->enabled(machine_, task);
  const auto& action = (*machine_.process_of(task).actions)[static_cast<std::size_t>(*number)];
  const bool interrupts =
      at_call && task.waiting && is_interrupted_by(action, task.pending->interruption());
  const std::string words = too_early || interrupts ? task.pending->text(machine_, task) : "";
  const std::string call = words.substr(0, words.find('('));
  const bool waits_for_it = interrupts && task.pending->interruption() == Interruption::kEnds;
  machine_.end_event(too_early                     ? fmt::format("{} just before {}", text, call)
                     : interrupts && !waits_for_it ? fmt::format("{}{}{}", text, kInterrupts, call)
                                                   : text,
                     *number);
  task.signal_came_early = true;  // a wait for it says otherwise
  bool back_out = true;
  std::int64_t result = 0;
  // What no handler ends is entered again, and finds that it waits already.
  if (interrupts) {
    const SignalSet signals = interrupted_by(task, *task.pending);
    note_injectable(task, signals, failures_of(task, *task.pending, signals));
    back_out = false;
    result = task.pending->interrupted(machine_, task);
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
  task.pending.reset();
  task.waiting = false;
  one.burns = one.circles = one.goes_on = false;
  if (auto done = one.tracee.send(one.group, info.number); !done) return done;
  if (auto done = one.tracee.resume(); !done) return done;
  for (;;) {
    auto stop = one.tracee.wait();
    if (!stop) return std::unexpected(stop.error());
    // A SIGCONT stops it once more, before the signal itself does: ptrace(2), PTRACE_EVENT_STOP.
    const bool is_told = stop->kind == Stop::Kind::kAttached && info.number == SIGCONT;
    if (stop->kind != Stop::Kind::kSignal && !is_told) {
      return failure(fmt::format("{} does not take {}", task.name, signal_name(info.number)));
    }
    if (stop->kind == Stop::Kind::kSignal && stop->signal == info.number) break;
    if (auto done = one.tracee.resume(); !done) return done;
  }
  if (auto done = one.tracee.set_signal_info(kernel_info(info)); !done) return done;
  if (auto done = start_handler(task, info.number); !done) return done;
  if (task.pending != nullptr) return {};
  // All that can come does before an instruction is made, the last one's handler first: the
  // kernel's exit_to_user_mode_loop().
  if (own_signal_comes_now(task)) return take_signal(task);
  go_on(task);
  return {};
}

}  // namespace ipcgrade
