// From one operation of a task to its next.
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include <algorithm>
#include <array>

#include "ipc/calls.h"
#include "ipc/kernel_buffers.h"
#include "ipc/passed_operation.h"
#include "ipc/peer_memory.h"
#include "ipc/signal.h"
#include "sandbox/describe.h"
#include "sandbox/source_lines.h"
#include "supervise/breakpoints.h"
#include "supervise/held_run.h"
#include "supervise/moved_paths.h"
#include "trace/stopped.h"

namespace ipcgrade {

using sandbox::failure;

namespace {

using std::chrono::milliseconds;

/// Processor time without an operation after which a task is looked at: it may run in a circle.
constexpr milliseconds kLook{20};
/// The same, after which it is taken to compute, and others go on.
constexpr milliseconds kComputes{300};
/// Of a place: where it is, and who called that.
constexpr std::size_t kMostFrames = 4;
/// How long a program may compute that has been seen to compute for as long as the limit allows.
constexpr milliseconds kOfABurner{1200};

/// A task that computes: it can go on, and others may before.
class Computes : public Operation {
 public:
  explicit Computes(ObjectId self) : self_(self) {}
  [[nodiscard]] std::vector<Touch> touches() const override { return {reads(self_)}; }
  Effect perform(Machine&, Task&) override { return Effect::returns(0); }
  [[nodiscard]] std::string text(const Machine&, const Task&) const override { return "computes"; }
  [[nodiscard]] std::string waits_for(const Machine&, const Task&) const override {
    return std::string(kBurns);
  }

 private:
  ObjectId self_;
};

/// A task behind a call that is done.
class Returns : public Operation {
 public:
  [[nodiscard]] std::vector<Touch> touches() const override { return {}; }
  Effect perform(Machine&, Task&) override { return Effect::returns(0); }
  [[nodiscard]] std::string text(const Machine&, const Task&) const override { return "returns"; }
};

milliseconds cpu_milliseconds(const HeldTask& one) {
  return std::chrono::duration_cast<milliseconds>(cpu_time_of(one.group));
}

/// Zeroes where nothing is.
std::array<std::uint64_t, 512> top_of_stack(const HeldTask& one) {
  std::array<std::uint64_t, 512> words{};  // fork and printf of the C library need hundreds
  (void)one.tracee.read(one.registers.rsp, std::as_writable_bytes(std::span(words)));
  return words;
}

}  // namespace

HeldRun::Done HeldRun::write_back(HeldTask& one) { return one.tracee.set_registers(one.registers); }

Call HeldRun::call_of(const Task& task) const { return task.call; }

/// The same instruction with the same addresses on the stack is the same place; what else lies
/// there, numbers and texts, is another each time.
std::string HeldRun::addresses_on_stack(const HeldTask& one) {
  const auto words = top_of_stack(one);
  constexpr std::uint64_t kLeastAddress = std::uint64_t{1} << 40;  // of libraries and stacks
  constexpr std::uint64_t kMostAddress = std::uint64_t{1} << 47;
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::uint64_t word = words[i];
    const bool own = word >= one.image.program_begin && word < one.image.program_end;
    if (own || (word >= kLeastAddress && word < kMostAddress))
      text += fmt::format(" {} {}", i, word);
  }
  return text;
}

/// As Injectable says. An address that an earlier call has left behind tells two apart that are the
/// same, at worst.
std::uint64_t HeldRun::site_of(const HeldTask& one) {
  constexpr std::size_t kCallers = 4;  // so that no recursion makes a place anew with each round
  std::uint64_t hash = one.registers.rip;
  std::size_t callers = 0;
  for (const std::uint64_t word : top_of_stack(one)) {
    if (word < one.image.code_begin || word >= one.image.code_end) continue;
    hash = (hash ^ word) * 0x100000001b3;
    if (++callers == kCallers) break;
  }
  return hash;
}

/// Where it stands with these registers, and who called that: `frames` in all. `key`: of the
/// answer.
Place HeldRun::place_at(const HeldTask& one, const Registers& r, std::size_t frames,
                        std::string key) {
  const auto [known, added] = stage_.places.try_emplace(std::move(key));
  if (added) {
    const auto lines =
        sandbox::stack_of(one.tracee.pid(), stage_.box.outside("/programs/"), stage_.box.owner(),
                          {r.rax, r.rdx, r.rcx, r.rbx, r.rsi, r.rdi, r.rbp, r.rsp, r.r8, r.r9,
                           r.r10, r.r11, r.r12, r.r13, r.r14, r.r15, r.rip});
    for (std::size_t i = 0; i < std::min(lines.size(), frames); ++i) {
      Place place{lines[i].file, lines[i].line, lines[i].function, {}, lines[i].inside};
      if (i == 0) {
        known->second = std::move(place);
      } else {
        known->second.callers.push_back(std::move(place));
      }
    }
  }
  return known->second;
}

/// To the caller of the C library's clone. At the call itself that one says that nobody called it
/// (glibc's clone.S: cfi_endproc), since that is so in the child; it has pushed nothing.
bool HeldRun::leave_clone(const HeldTask& one, Registers& r) {
  std::uint64_t caller = 0;
  if (!one.tracee.read(r.rsp, std::as_writable_bytes(std::span(&caller, 1)))) return false;
  r.rip = caller;
  r.rsp += sizeof caller;
  return true;
}

/// Among the trace's places. 0: it is not known.
std::uint32_t HeldRun::number_of(Place place) {
  if (place.file.empty()) return 0;
  for (std::uint32_t i = 1; i < trace_.places.size(); ++i) {
    if (trace_.places[i] == place) return i;
  }
  trace_.places.push_back(std::move(place));
  return static_cast<std::uint32_t>(trace_.places.size() - 1);
}

/// Of a write of what a stream holds: where that was printed, part by part.
std::vector<Printed> HeldRun::printed(const Task& task, const IpcgradePrints& prints) {
  const HeldTask& one = held(task);
  const auto descriptor = static_cast<std::int64_t>(static_cast<int>(task.call.arguments[0]));
  const auto print_at = [&](std::uint64_t number) -> const auto& {
    return prints.last[number % IPCGRADE_PRINTS_KEPT];
  };
  // What lies in the program's memory, it may have changed.
  const std::uint64_t kept = std::min<std::uint64_t>(prints.count, IPCGRADE_PRINTS_KEPT);
  const std::uint64_t first = prints.count - kept;
  const std::uint64_t seen = std::clamp(one.prints_seen, first, prints.count);
  std::vector<Printed> parts;
  const auto add = [&](std::uint64_t number, std::uint64_t from) {
    Registers r = one.registers;
    r.rip = print_at(number).instruction;
    const std::uint32_t place = number_of(
        place_at(one, r, 1, fmt::format("{} {}", machine_.process_of(task).program, r.rip)));
    if (place != 0) parts.push_back({from, place});
  };
  // What was left of a part that was written before; or it was printed where that was, too.
  std::uint64_t earlier = seen;
  while (earlier > first && print_at(earlier - 1).descriptor != descriptor) --earlier;
  std::uint64_t next = seen;
  while (next < prints.count && print_at(next).descriptor != descriptor) ++next;
  const bool begins = next < prints.count && print_at(next).held == 0;
  if (!begins && earlier > first) add(earlier - 1, 0);
  for (; next < prints.count; ++next) {
    const auto& print = print_at(next);
    const bool follows = parts.empty() || print.held >= parts.back().from;
    if (print.descriptor == descriptor && follows) add(next, parts.empty() ? 0 : print.held);
  }
  return parts;
}

std::uint32_t HeldRun::place_of(const Task& task) {
  if (!options_.tell || held(task).at == HeldTask::At::kNothing) return 0;
  HeldTask& one = held(task);
  const std::string program = fmt::format("{}", machine_.process_of(task).program);
  Place place;
  // What is announced says where it is; in a header of a library, it is told by who called that.
  const bool announced = one.at == HeldTask::At::kCall && task.call.number == kHypercall &&
                         task.call.arguments[0] == IPCGRADE_ACCESS;
  if (announced) {
    Registers r = one.registers;
    r.rip = task.call.arguments[3];  // mostly the access itself
    place = place_at(one, r, 1, fmt::format("{} {}", program, r.rip));
  }
  if (place.file.empty()) {
    Registers r = one.registers;
    std::string key = fmt::format("{} {}", program, r.rip);
    // A call, and what a library does, is told by who called it.
    const bool own = r.rip >= one.image.program_begin && r.rip < one.image.program_end;
    const bool by_stack = one.at == HeldTask::At::kCall || !own;
    if (by_stack) key += fmt::format(" {}", addresses_on_stack(one));
    // The same instruction has another caller each time.
    const std::size_t frames = by_stack ? kMostFrames : 1;
    place = place_at(one, r, frames, key);
    if (place.file.empty() && one.at == HeldTask::At::kCall && task.call.number == SYS_clone &&
        leave_clone(one, r)) {
      place = place_at(one, r, frames, key + " left");
    }
  }
  const bool writes = one.at == HeldTask::At::kCall && one.hello &&
                      (task.call.number == SYS_write || task.call.number == SYS_writev);
  if (writes) {
    const auto prints = machine_.peek_value<IpcgradePrints>(task, one.hello->prints);
    const bool is_at_exit = place.file.empty() || place.inside == "exit";
    const bool by_stream =
        is_at_exit || !(place.inside.empty() || place.inside.starts_with("write"));
    if (prints && by_stream) {
      auto parts = printed(task, *prints);
      if (is_at_exit && !parts.empty()) {
        place = trace_.places[parts.front().place];
        place.inside = kAtExit;
      }
      const bool elsewhere = std::ranges::any_of(parts, [&](const Printed& part) {
        const Place& there = trace_.places[part.place];
        return there.file != place.file || there.line != place.line;
      });
      if (elsewhere && !place.file.empty()) place.printed = std::move(parts);
    }
    if (prints && !is_at_exit) one.prints_seen = prints->count;
  }
  return number_of(std::move(place));
}

void HeldRun::load_hello(Task& task) {
  HeldTask& one = held(task);
  one.hello.reset();
  one.prints_seen = 0;
  if (one.image.hello != 0) {
    one.hello = machine_.peek_value<IpcgradeHello>(task, one.image.hello);
  }
  machine_.process_of(task).joins_are_seen = one.hello.has_value();
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
  if (std::exchange(task.takes_signal_first, false) && own_signal_comes_now(task)) {
    return take_signal(task);
  }
  leave_call(task);
  return {};
}

/// Behind a call, before the program's next instruction. Where a handler may run, that is a moment
/// of its own: what the program then writes, the handler has written before.
void HeldRun::leave_call(Task& task) {
  if (!handler_may_run(task)) return go_on(task);
  stand(task, std::make_unique<Returns>());
}

/// At no operation: it goes on when it is chosen.
void HeldRun::stand(Task& task, std::unique_ptr<Operation> where) {
  held(task).goes_on = true;
  task.pending = std::move(where);
  task.waiting = false;
  task.state = TaskState::kPending;
}

/// What the task would touch next.
std::vector<Touch> HeldRun::touches_of_next(const Task& task) const {
  std::vector<Touch> touches = task.pending->touches();
  const auto& more = held(task).kernel_touches;
  touches.insert(touches.end(), more.begin(), more.end());
  return touches;
}

/// At a call.
bool HeldRun::is_about_to_fork(const Tracee& tracee) {
  const auto registers = tracee.registers();
  if (!registers) return false;
  const auto number = registers->orig_rax;
  return number == SYS_fork || number == SYS_vfork || number == SYS_clone || number == SYS_clone3;
}

/// Resumes a task until it stands before its next operation, or has ended.
HeldRun::Done HeldRun::advance(Task& task) {
  HeldTask& one = held(task);
  bool pending = false;
  Breakpoints circles(one.tracee, known_circles(task));
  if (auto done = one.tracee.resume(); !done) return done;
  const milliseconds begin = cpu_milliseconds(one);
  milliseconds next_look = kLook;
  for (std::size_t stops = 0; !pending; ++stops) {
    // It may go on like that for ever, with calls and faults that concern nobody.
    if (stops > options_.most_events) {
      note_end(RunEnd::kSteps);
      return {};
    }
    auto stop = one.tracee.wait(kLook);
    if (!stop) return std::unexpected(stop.error());
    if (takes_too_much_memory(&task)) return {};
    if (stop->kind == Stop::Kind::kCall || stop->kind == Stop::Kind::kSignal ||
        stop->kind == Stop::Kind::kAttached) {
      note_told_write(task);
      take_log(task);
    }
    switch (stop->kind) {
      case Stop::Kind::kCall:
        if (circles.any() && is_about_to_fork(one.tracee)) circles.clear();
        if (auto done = stopped_at_call(task, pending); !done) return done;
        if (ended_ || task.state == TaskState::kEnded) return {};
        if (one.burns) computed_for(task, cpu_milliseconds(one) - begin);
        break;
      case Stop::Kind::kSignal:
        if (circles.hit(*stop)) {
          pending = stands_in_circle(task);
          if (pending) break;
          if (auto done = one.tracee.resume(); !done) return done;
          break;
        }
        if (auto done = stopped_at_signal(task, *stop, pending); !done) return done;
        if (ended_) return {};
        break;
      case Stop::Kind::kInterrupted:
        if (stop_asked()) return {};
        if (cpu_milliseconds(one) - begin < next_look) break;
        if (auto done = one.tracee.interrupt(); !done) return done;
        break;
      case Stop::Kind::kAttached: {
        auto registers = one.tracee.registers();
        if (!registers) return std::unexpected(registers.error());
        one.registers = *registers;
        one.at = HeldTask::At::kOutside;
        pending = stands_in_circle(task);
        if (pending) break;
        const milliseconds time = cpu_milliseconds(one) - begin;
        next_look = std::min(2 * time, kComputes);
        if (time < kComputes) {
          if (auto done = one.tracee.resume(); !done) return done;
          break;
        }
        computed(task, true);
        if (ended_) return {};
        computes(task);
        pending = true;
        break;
      }
      case Stop::Kind::kEnding:
        if (auto done = one.tracee.resume(); !done) return done;
        break;
      case Stop::Kind::kEnded:
        return killed(task, static_cast<int>(stop->message));
      default:
        return failure(
            fmt::format("{}: unexpected stop {}", task.name, static_cast<int>(stop->kind)));
    }
  }
  return {};
}

/// It goes on computing when it is chosen again; others go first.
void HeldRun::computes(Task& task) {
  held(task).burns = held(task).gives_way = true;
  stand(task, std::make_unique<Computes>(task.self));
}

/// It has computed for another while. Who used up the limit once is not given as much again.
void HeldRun::computed(Task& task, bool is_interrupted) {
  const bool known = known_.burners.contains(task.program);
  const milliseconds most = known ? std::min(kOfABurner, stage_.limits.cpu) : stage_.limits.cpu;
  if (static_cast<int>(++burnt_) * kComputes < most) return;
  trace_.learnt.burners.insert(task.program);
  held(task).burns = true;
  if (is_interrupted) held(task).loops_at = place_of_loop(task);
  stop_at(sandbox::LimitKind::kCpuTime, static_cast<std::uint64_t>(stage_.limits.cpu.count()),
          &task);
}

void HeldRun::computed_for(Task& task, milliseconds time) {
  for (burnt_besides_ += time; burnt_besides_ >= kComputes; burnt_besides_ -= kComputes) {
    computed(task, false);
  }
}

/// The kernel ended it as it ran.
HeldRun::Done HeldRun::killed(Task& task, int status) {
  held(task).gone = true;
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) {
    stop_for(sandbox::RefusedCall{"a system call of another architecture (int 0x80 or x32)",
                                  "kernel",
                                  "would pass by the filter",
                                  {}},
             &task);
    return {};
  }
  if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) {
    begin_end(task);
    return end(task, status, true, "is ended by the kernel");
  }
  // Nobody else sends that: there was no memory left.
  stop_at(sandbox::LimitKind::kMemory, stage_.limits.memory, &task);
  return {};
}

HeldRun::Done HeldRun::stopped_at_call(Task& task, bool& pending) {
  HeldTask& one = held(task);
  auto registers = one.tracee.registers();
  if (!registers) return std::unexpected(registers.error());
  one.registers = *registers;
  one.at = HeldTask::At::kCall;
  unwind_handlers(task, one.registers.rsp);
  if (task.handlers.empty()) clear_traps(task);
  Call call;
  call.number = static_cast<long>(one.registers.orig_rax);
  call.arguments = arguments_of(one.registers);
  // Said by anybody but the runtime, it is what it looks like.
  const bool from_runtime = one.hello && one.registers.rip > one.hello->text_begin &&
                            one.registers.rip <= one.hello->text_end;
  if (call.number == SYS_getppid && call.arguments[0] == IPCGRADE_MAGIC && from_runtime) {
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
        sandbox::stack_of(one.tracee.pid(), stage_.box.outside("/programs/"), stage_.box.owner())};
    stop_for(std::move(refused), &task);
    return {};
  }
  task.call = call;
  if (options_.tell && (call.number == SYS_mmap || call.number == SYS_mremap)) {
    if (const std::uint32_t place = place_of(task); place != 0) one.asked_at = place;
  }
  if (call.number == kHypercall && call.arguments[0] == IPCGRADE_LOG_FULL &&
      computes_in_vain(task)) {
    computes(task);
    pending = true;
    return {};
  }
  if (call.number == SYS_munmap || call.number == SYS_mremap) {
    renew(task, call.arguments[0], call.arguments[0] + call.arguments[1]);
  }
  if (call.number == SYS_rt_sigreturn) return return_from_handler(task, pending);
  std::unique_ptr<Operation> operation;
  bool known = false;
  if (call.number != kHypercall &&
      stage_.policy.denies(static_cast<int>(call.number), call.arguments)) {
    operation = refused_call(
        machine_, call,
        sandbox::call_text(static_cast<int>(call.number), call.arguments, one.tracee.pid()));
  }
  for (const Mechanism* mechanism : all_mechanisms()) {
    if (operation != nullptr) break;
    if (std::ranges::find(mechanism->calls, call.number) == mechanism->calls.end()) continue;
    known = true;
    operation = mechanism->decode(machine_, task, call);
  }
  one.kernel_touches = kernel_touches(machine_, task, call);
  if (operation == nullptr) {
    if (!one.kernel_touches.empty()) {
      Passed passed;
      passed.call = call;
      passed.text =
          sandbox::call_text(static_cast<int>(call.number), call.arguments, one.tracee.pid());
      operation = make_passed(std::move(passed));
    } else if (!known && call.number != kHypercall) {
      operation = unmodelled(
          sandbox::call_text(static_cast<int>(call.number), call.arguments, one.tracee.pid()));
    } else {
      // It concerns nobody.
      const auto root = stage_.box.moved_to();
      if (!root.empty() && has_paths(call.number)) {
        if (auto done = pass_moved(one.tracee, root, one.registers); !done) return done;
      }
      return one.tracee.resume();
    }
  }
  task.pending = std::move(operation);
  task.waiting = false;
  task.state = TaskState::kPending;
  pending = true;
  // Nothing to choose: it is done at once, and the task goes on; but not for ever.
  if (touches_of_next(task).empty() && task.pending->enabled(machine_, task) && !one.spin.waits()) {
    return perform(task);
  }
  return {};
}

/// Lets the kernel do a call that can't wait now, and stops behind it.
HeldRun::Done HeldRun::pass(Task& task, const Call& call, std::int64_t& result) {
  HeldTask& one = held(task);
  if (std::ranges::any_of(touches_of_next(task), [this](const Touch& touch) {
        return machine_.object(touch.object).kind() == ObjectKind::kMemory;
      })) {
    return pass_open(task, call, result);
  }
  const Registers before = one.registers;
  Registers changed = before;
  set_call(changed, call.number, call.arguments);
  MovedPaths moved(one.tracee, stage_.box.moved_to(), changed);
  if (auto set = one.tracee.set_registers(changed); !set) return set;
  if (auto done = one.tracee.resume_to_call_exit(); !done) return done;
  for (;;) {
    auto stop = one.tracee.wait();
    if (!stop) return std::unexpected(stop.error());
    if (stop->kind == Stop::Kind::kCallExit) break;
    if (stop->kind == Stop::Kind::kInterrupted) {
      return failure(fmt::format("a call that can't wait did: {} of {}", call.number, task.name));
    }
    if (stop->kind == Stop::Kind::kEnded) return killed(task, static_cast<int>(stop->message));
    if (auto done = one.tracee.resume_to_call_exit(); !done) return done;
  }
  auto after = one.tracee.registers();
  if (!after) return std::unexpected(after.error());
  result = moved.finish(static_cast<std::int64_t>(after->rax));
  one.registers = before;
  one.registers.orig_rax = ~0ULL;
  one.registers.rax = static_cast<std::uint64_t>(result);
  one.registers.rcx = after->rcx;
  one.registers.r11 = after->r11;
  return {};
}

/// The same, with shared memory open to the kernel meanwhile.
HeldRun::Done HeldRun::pass_open(Task& task, const Call& call, std::int64_t& result) {
  HeldTask& one = held(task);
  // Out of the call that it stands in, so that others can be made in its place.
  Registers skipped = one.registers;
  skipped.orig_rax = ~0ULL;
  if (auto set = one.tracee.set_registers(skipped); !set) return set;
  if (auto done = one.tracee.resume_to_call_exit(); !done) return done;
  auto stop = one.tracee.wait();
  if (!stop) return std::unexpected(stop.error());
  if (stop->kind != Stop::Kind::kCallExit) return failure("a call of " + task.name + " won't end");
  if (auto done = open_shared(task, true); !done) return done;
  Registers changed = one.registers;
  set_call(changed, call.number, call.arguments);
  MovedPaths moved(one.tracee, stage_.box.moved_to(), changed);
  const auto arguments = arguments_of(changed);
  auto done = inject_call(one.tracee, one.image.call_instruction, call.number,
                          {arguments.begin(), arguments.end()});
  if (!done) return std::unexpected(done.error());
  result = moved.finish(*done);
  if (auto closed = open_shared(task, false); !closed) return closed;
  one.registers.orig_rax = ~0ULL;
  one.registers.rax = static_cast<std::uint64_t>(result);
  return {};
}

/// To the task itself, and the kernel in its place; as the program asked for, or not at all.
HeldRun::Done HeldRun::open_shared(Task& task, bool open) {
  HeldTask& one = held(task);
  for (const Mapping& mapping : machine_.process_of(task).mappings) {
    const int protection = open ? mapping.protection : PROT_NONE;
    auto result = inject_call(
        one.tracee, one.image.call_instruction, SYS_mprotect,
        {mapping.begin, mapping.end - mapping.begin, static_cast<std::uint64_t>(protection)});
    if (!result) return std::unexpected(result.error());
    if (*result != 0) return failure("shared memory can't be opened");
  }
  return {};
}

/// The instruction at a fault is done by the task itself, on pages that are open for that step.
HeldRun::Done HeldRun::step_open(Task& task) {
  HeldTask& one = held(task);
  if (auto done = open_shared(task, true); !done) return done;
  if (auto done = one.tracee.step(); !done) return done;
  auto stop = one.tracee.wait();
  if (!stop) return std::unexpected(stop.error());
  if (stop->kind != Stop::Kind::kSignal) return failure("a step of " + task.name + " went wrong");
  if (auto done = open_shared(task, false); !done) return done;
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
