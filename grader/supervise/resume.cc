// From one operation of a task to its next.
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>

#include <algorithm>
#include <array>

#include "ipc/calls.h"
#include "ipc/signal.h"
#include "sandbox/describe.h"
#include "sandbox/source_lines.h"
#include "supervise/held_run.h"

namespace ipcgrade {

using sandbox::failure;

namespace {

using std::chrono::milliseconds;

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

void HeldRun::reap(HeldTask& one) {
  if (one.gone || one.at == HeldTask::At::kNothing) return;
  one.gone = true;
  one.at = HeldTask::At::kNothing;
  one.tracee.reap();
}

}  // namespace ipcgrade
