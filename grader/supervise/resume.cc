// From one operation of a task to its next: everything of a held run that resumes a task.
#include <fmt/format.h>
#include <linux/sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>

#include <algorithm>
#include <array>

#include "ipc/calls.h"
#include "ipc/process.h"
#include "ipc/signal.h"
#include "ipc/sysv_shared_memory.h"
#include "sandbox/describe.h"
#include "sandbox/source_lines.h"
#include "supervise/held_run.h"

namespace ipcgrade {

using sandbox::Expected;
using sandbox::failure;

namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kCallLength = 2;
/// SIGSEGV and SIGTRAP are ours: a task that blocked them would die of a closed page.
constexpr SignalSet kOurs = bit_of(SIGSEGV) | bit_of(SIGTRAP);
/// Processor time without an operation after which a task is taken to compute, and others go on.
constexpr milliseconds kComputes{300};
/// How often in a run that may be, of all tasks together.
constexpr std::size_t kMostBurns = 20;

/// Processor time of a process: waiting for a free core does not count.
milliseconds cpu_of(pid_t pid) {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0) return {};
  return milliseconds(time.tv_sec * 1000 + time.tv_nsec / 1'000'000);
}

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

/// A task that computes: it can go on, and others may before.
class Computes : public Operation {
 public:
  explicit Computes(ObjectId self) : self_(self) {}
  [[nodiscard]] std::vector<Touch> touches() const override { return {reads(self_)}; }
  Effect perform(Machine&, Task&) override { return Effect::returns(0); }
  [[nodiscard]] std::string text(const Machine&, const Task&) const override { return "computes"; }
  [[nodiscard]] std::string waits_for(const Machine&, const Task&) const override {
    return "burns the processor";
  }

 private:
  ObjectId self_;
};

/// vfork's parent, which the kernel would hold.
class AfterVfork : public Operation {
 public:
  AfterVfork(ProcessId child, ObjectId self) : child_(child), self_(self) {}
  [[nodiscard]] std::vector<Touch> touches() const override { return {reads(self_)}; }
  [[nodiscard]] bool enabled(const Machine& machine, const Task&) const override {
    const Process& child = machine.process(child_);
    return child.state != Process::State::kAlive || child.executed;
  }
  Effect perform(Machine& machine, Task&) override {
    return Effect::returns(machine.process(child_).number);
  }
  [[nodiscard]] std::string text(const Machine&, const Task&) const override { return "vfork()"; }
  [[nodiscard]] std::string waits_for(const Machine& machine, const Task&) const override {
    return "waits in vfork for " + machine.process(child_).name;
  }

 private:
  ProcessId child_;
  ObjectId self_;
};

}  // namespace

HeldRun::Done HeldRun::write_back(HeldTask& one) { return one.tracee.set_registers(one.registers); }

Call HeldRun::call_of(const Task& task) const { return task.call; }

std::uint32_t HeldRun::place_of(const Task& task) {
  if (!options_.tell || held(task).at == HeldTask::At::kNothing) return 0;
  const HeldTask& one = held(task);
  const Registers& r = one.registers;
  // The same instruction with the same words on the stack is the same place.
  std::array<std::uint64_t, 32> words{};
  (void)one.tracee.read(r.rsp, std::as_writable_bytes(std::span(words)));
  std::string key = fmt::format("{} {}", machine_.process_of(task).program, r.rip);
  if (one.at == HeldTask::At::kCall) key += fmt::format(" {}", fmt::join(words, " "));
  const auto [known, added] = stage_.places.try_emplace(std::move(key));
  if (added) {
    const auto lines = sandbox::stack_of(
        one.tracee.pid(), "/programs/", stage_.box.owner(),
        {r.rax, r.rdx, r.rcx, r.rbx, r.rsi, r.rdi, r.rbp, r.rsp, r.r8, r.r9, r.r10, r.r11, r.r12,
         r.r13, r.r14, r.r15, r.rip});
    if (!lines.empty()) {
      known->second = {lines.front().file, lines.front().line, lines.front().function};
    }
  }
  if (known->second.file.empty()) return 0;
  Place place = known->second;
  for (std::uint32_t i = 1; i < trace_.places.size(); ++i) {
    const Place& other = trace_.places[i];
    if (other.file == place.file && other.line == place.line && other.function == place.function) {
      return i;
    }
  }
  trace_.places.push_back(std::move(place));
  return static_cast<std::uint32_t>(trace_.places.size() - 1);
}

void HeldRun::load_hello(Task& task) {
  HeldTask& one = held(task);
  one.hello.reset();
  if (one.image.hello != 0) {
    one.hello = machine_.peek_value<IpcgradeHello>(task, one.image.hello);
  }
}

/// The call that it stands before is done, without the kernel: it goes on behind it.
HeldRun::Done HeldRun::let_finish(Task& task, std::int64_t result) {
  HeldTask& one = held(task);
  one.registers.orig_rax = ~0ULL;
  one.registers.rax = static_cast<std::uint64_t>(result);
  task.pending.reset();
  task.waiting = false;
  one.at = HeldTask::At::kOutside;
  if (auto done = write_back(one); !done) return done;
  go_on(task);
  return {};
}

/// Resumes a task until it stands before its next operation, or has ended.
HeldRun::Done HeldRun::advance(Task& task, int signal) {
  HeldTask& one = held(task);
  bool pending = false;
  if (auto done = one.tracee.resume(signal); !done) return done;
  const milliseconds begin = cpu_of(one.group);
  while (!pending) {
    auto stop = one.tracee.wait(kComputes);
    if (!stop) return std::unexpected(stop.error());
    switch (stop->kind) {
      case Stop::Kind::kCall:
        if (auto done = stopped_at_call(task, pending); !done) return done;
        if (ended_ || task.state == TaskState::kEnded) return {};
        break;
      case Stop::Kind::kSignal:
        if (auto done = stopped_at_signal(task, *stop, pending); !done) return done;
        break;
      case Stop::Kind::kInterrupted:
        if (cpu_of(one.group) - begin < kComputes) break;
        if (++burnt_ > kMostBurns) {
          machine_.begin_event(EventKind::kSpin, task.id);
          machine_.end_event("burns the processor", 0);
          note_end(RunEnd::kSpinning);
        }
        if (auto done = one.tracee.interrupt(); !done) return done;
        break;
      case Stop::Kind::kAttached: {
        auto registers = one.tracee.registers();
        if (!registers) return std::unexpected(registers.error());
        one.registers = *registers;
        one.at = HeldTask::At::kOutside;
        one.burns = one.gives_way = true;
        task.pending = std::make_unique<Computes>(task.self);
        task.state = TaskState::kPending;
        pending = true;
        break;
      }
      case Stop::Kind::kEnding:
        if (auto done = one.tracee.resume(); !done) return done;
        break;
      case Stop::Kind::kEnded: {
        // Somebody outside of the run: the kernel, for lack of memory.
        one.gone = true;
        trace_.stopped = sandbox::Cause{
            sandbox::LimitReached{sandbox::LimitKind::kMemory, stage_.limits.memory,
                                  stage_.limits.memory},
            static_cast<int>(task.program)};
        note_end(RunEnd::kStopped);
        return {};
      }
      default:
        return failure(fmt::format("{}: unexpected stop {}", task.name,
                                   static_cast<int>(stop->kind)));
    }
  }
  return {};
}

HeldRun::Done HeldRun::stopped_at_call(Task& task, bool& pending) {
  HeldTask& one = held(task);
  auto registers = one.tracee.registers();
  if (!registers) return std::unexpected(registers.error());
  one.registers = *registers;
  one.at = HeldTask::At::kCall;
  unwind_handlers(task, one.registers.rsp);
  Call call;
  call.number = static_cast<long>(one.registers.orig_rax);
  call.arguments = {one.registers.rdi, one.registers.rsi, one.registers.rdx,
                    one.registers.r10, one.registers.r8,  one.registers.r9};
  if (call.number == SYS_getppid && call.arguments[0] == IPCGRADE_MAGIC) {
    call.number = kHypercall;
    for (std::size_t i = 0; i + 1 < call.arguments.size(); ++i) {
      call.arguments[i] = call.arguments[i + 1];
    }
    call.arguments[5] = 0;
  } else if (const auto* group =
                 stage_.policy.refusing_group(static_cast<int>(call.number), call.arguments)) {
    sandbox::RefusedCall refused{
        sandbox::call_text(static_cast<int>(call.number), call.arguments, one.tracee.pid()),
        std::string(group->name), std::string(group->meaning),
        sandbox::stack_of(one.tracee.pid(), "/programs/", stage_.box.owner())};
    trace_.stopped = sandbox::Cause{std::move(refused), static_cast<int>(task.program)};
    note_end(RunEnd::kStopped);
    return {};
  }
  task.call = call;
  if (call.number == SYS_rt_sigreturn) {
    const auto frame = leave_handler(task);
    machine_.begin_event(EventKind::kSignalEnd, task.id);
    machine_.end_event(frame ? "the handler of " + signal_name(frame->signal) + " returns" : "",
                       frame ? frame->signal : 0);
    return one.tracee.resume();
  }
  std::unique_ptr<Operation> operation;
  bool known = false;
  for (const Mechanism* mechanism : all_mechanisms()) {
    if (std::ranges::find(mechanism->calls, call.number) == mechanism->calls.end()) continue;
    known = true;
    operation = mechanism->decode(machine_, task, call);
    if (operation != nullptr) break;
  }
  if (operation == nullptr) {
    if (!known && call.number != kHypercall) {
      operation = unmodelled(sandbox::call_text(static_cast<int>(call.number), call.arguments,
                                                one.tracee.pid()));
    } else {
      return one.tracee.resume();  // it concerns nobody
    }
  }
  task.pending = std::move(operation);
  task.waiting = false;
  task.state = TaskState::kPending;
  pending = true;
  // Nothing to choose: it is done at once, and the task goes on.
  if (task.pending->touches().empty() && task.pending->enabled(machine_, task)) {
    return perform(task);
  }
  return {};
}

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

/// Lets the kernel do a call that can't wait now, and stops behind it.
HeldRun::Done HeldRun::pass(Task& task, const Call& call, std::int64_t& result) {
  HeldTask& one = held(task);
  const Registers before = one.registers;
  Registers changed = before;
  changed.orig_rax = static_cast<std::uint64_t>(call.number);
  changed.rdi = call.arguments[0];
  changed.rsi = call.arguments[1];
  changed.rdx = call.arguments[2];
  changed.r10 = call.arguments[3];
  changed.r8 = call.arguments[4];
  changed.r9 = call.arguments[5];
  if (auto set = one.tracee.set_registers(changed); !set) return set;
  if (auto done = one.tracee.resume_to_call_exit(); !done) return done;
  for (;;) {
    auto stop = one.tracee.wait();
    if (!stop) return std::unexpected(stop.error());
    if (stop->kind == Stop::Kind::kCallExit) break;
    if (stop->kind == Stop::Kind::kInterrupted) {
      return failure(fmt::format("a call that can't wait did: {} of {}", call.number, task.name));
    }
    if (stop->kind == Stop::Kind::kEnded) return failure(task.name + " is gone");
    if (auto done = one.tracee.resume_to_call_exit(); !done) return done;
  }
  auto after = one.tracee.registers();
  if (!after) return std::unexpected(after.error());
  result = static_cast<std::int64_t>(after->rax);
  one.registers = before;
  one.registers.orig_rax = ~0ULL;
  one.registers.rax = after->rax;
  one.registers.rcx = after->rcx;
  one.registers.r11 = after->r11;
  return {};
}

HeldRun::Done HeldRun::make_task(Task& task, Call call, std::string text) {
  const TaskId parent_id = task.id;
  std::uint64_t flags = call.number == SYS_fork    ? SIGCHLD
                        : call.number == SYS_vfork ? CLONE_VM | CLONE_VFORK | SIGCHLD
                                                   : call.arguments[0];
  const bool vfork = (flags & CLONE_VFORK) != 0;
  flags &= ~static_cast<std::uint64_t>(CLONE_VFORK);
  if (call.number != SYS_clone) call.arguments = {};
  call.number = SYS_clone;
  call.arguments[0] = flags;
  HeldTask& parent = held(task);
  Registers changed = parent.registers;
  changed.orig_rax = SYS_clone;
  changed.rdi = flags;
  if (task.call.number != SYS_clone) changed.rsi = changed.rdx = changed.r10 = changed.r8 = 0;
  if (auto set = parent.tracee.set_registers(changed); !set) return set;
  if (auto done = parent.tracee.resume_to_call_exit(); !done) return done;
  pid_t made = 0;
  for (;;) {
    auto stop = parent.tracee.wait();
    if (!stop) return std::unexpected(stop.error());
    if (stop->kind == Stop::Kind::kNewTask) made = static_cast<pid_t>(stop->message);
    if (stop->kind == Stop::Kind::kCallExit) break;
    if (stop->kind == Stop::Kind::kInterrupted || stop->kind == Stop::Kind::kEnded) {
      return failure(task.name + " can't fork");
    }
    if (auto done = parent.tracee.resume_to_call_exit(); !done) return done;
  }
  auto after = parent.tracee.registers();
  if (!after) return std::unexpected(after.error());
  const auto real = static_cast<std::int64_t>(after->rax);
  if (made == 0) {
    machine_.end_event(text + result_text(real), real);
    return let_finish(task, real);
  }
  Task& child = task_made(machine_, task, flags);
  if ((flags & CLONE_THREAD) == 0) {
    machine_.process_of(child).real_number = static_cast<int>(real);
    shared_memory_forked(machine_, machine_.process_of(machine_.task(parent_id)),
                         machine_.process_of(child));
  }
  held_.emplace_back();
  HeldTask& one = held_.back();
  const HeldTask& old = held_[parent_id];
  one.tracee = Tracee(made);
  one.group = (flags & CLONE_THREAD) != 0 ? old.group : made;
  one.image = old.image;
  one.hello = old.hello;
  one.at = HeldTask::At::kOutside;
  guest_.set_tracee(child.id, one.tracee);
  auto first = one.tracee.wait();
  if (!first) return std::unexpected(first.error());
  if (first->kind != Stop::Kind::kAttached) return failure("a new task does not stop");
  const auto number = static_cast<std::int32_t>(child.number);
  if ((flags & CLONE_CHILD_SETTID) != 0) machine_.poke_value(child, call.arguments[3], number);
  if ((flags & CLONE_PARENT_SETTID) != 0) machine_.poke_value(task, call.arguments[2], number);
  if ((flags & CLONE_CHILD_CLEARTID) != 0) child.clear_address = call.arguments[3];
  machine_.end_event(text + fmt::format(" = {}", number), number);
  const TaskId child_id = child.id;
  Task& maker = machine_.task(parent_id);
  note_look(maker, number);
  if (vfork) {
    HeldTask& waiting = held(maker);
    waiting.registers = *after;
    waiting.registers.orig_rax = ~0ULL;
    waiting.registers.rax = static_cast<std::uint64_t>(number);
    if (auto done = write_back(waiting); !done) return done;
    maker.pending = std::make_unique<AfterVfork>(child.process, child.self);
    maker.waiting = true;
    maker.state = TaskState::kPending;
    waiting.at = HeldTask::At::kCall;
  } else {
    HeldTask& going = held(maker);
    going.registers = *after;
    if (auto done = let_finish(maker, number); !done) return done;
  }
  go_on(machine_.task(child_id));
  return {};
}

HeldRun::Done HeldRun::execute(Task& task, const Call&, std::string text) {
  HeldTask& one = held(task);
  if (auto done = one.tracee.resume_to_call_exit(); !done) return done;
  for (;;) {
    auto stop = one.tracee.wait();
    if (!stop) return std::unexpected(stop.error());
    if (stop->kind == Stop::Kind::kCallExit) {
      auto after = one.tracee.registers();
      if (!after) return std::unexpected(after.error());
      one.registers = *after;
      const auto result = static_cast<std::int64_t>(after->rax);
      machine_.end_event(text + result_text(result), result);
      note_look(task, result);
      return let_finish(task, result);
    }
    if (stop->kind == Stop::Kind::kExecuted) break;
    if (stop->kind == Stop::Kind::kEnded) return failure(task.name + " is gone in execve");
    if (auto done = one.tracee.resume_to_call_exit(); !done) return done;
  }
  process_executed(machine_, task);
  machine_.process_of(task).executed = true;
  machine_.end_event(text, 0);
  one.spin.progressed();
  task.pending.reset();
  task.waiting = false;
  int status = 0;
  auto image = run_loader(one.tracee, status);
  if (!image) return std::unexpected(image.error());
  if (!*image) {
    one.gone = true;
    return end(task, status, true, EventKind::kExit, "it can't be loaded");
  }
  one.image = **image;
  auto registers = one.tracee.registers();
  if (!registers) return std::unexpected(registers.error());
  one.registers = *registers;
  one.at = HeldTask::At::kOutside;
  load_hello(task);
  if (one.image.thread_id_address != 0) {
    machine_.poke_value(task, one.image.thread_id_address, task.number);
  }
  task.clear_address = one.image.thread_id_address;
  go_on(task);
  return {};
}

/// The instruction at a fault is done by the task itself, on pages that are open for that step.
HeldRun::Done HeldRun::step_open(Task& task) {
  HeldTask& one = held(task);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> pages;
  const auto open = [&](std::uint64_t begin, std::uint64_t size, int protection) -> Done {
    auto result = inject_call(one.tracee, one.image.call_instruction, SYS_mprotect,
                              {begin, size, static_cast<std::uint64_t>(protection)});
    if (!result) return std::unexpected(result.error());
    if (*result != 0) return failure("shared memory can't be opened for a step");
    return {};
  };
  for (const Mapping& mapping : machine_.process_of(task).mappings) {
    pages.emplace_back(mapping.begin, mapping.end - mapping.begin);
    if (auto done = open(mapping.begin, mapping.end - mapping.begin, mapping.protection); !done) {
      return done;
    }
  }
  if (auto done = one.tracee.step(); !done) return done;
  auto stop = one.tracee.wait();
  if (!stop) return std::unexpected(stop.error());
  if (stop->kind != Stop::Kind::kSignal) return failure("a step of " + task.name + " went wrong");
  for (const auto& [begin, size] : pages) {
    if (auto done = open(begin, size, PROT_NONE); !done) return done;
  }
  auto registers = one.tracee.registers();
  if (!registers) return std::unexpected(registers.error());
  one.registers = *registers;
  return {};
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
  const SignalSet saved = task.handlers.back().mask & ~kOurs;
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

void HeldRun::reap(HeldTask& one) {
  if (one.gone || one.at == HeldTask::At::kNothing) return;
  one.gone = true;
  one.at = HeldTask::At::kNothing;
  one.tracee.reap();
}

}  // namespace ipcgrade
