// Tasks that a held one makes, and programs that it executes.
#include <fmt/format.h>
#include <linux/sched.h>
#include <sys/syscall.h>

#include "ipc/calls.h"
#include "ipc/process.h"
#include "ipc/signal.h"
#include "ipc/sysv_shared_memory.h"
#include "runtime/hypercall.h"
#include "supervise/held_run.h"
#include "supervise/moved_paths.h"

namespace ipcgrade {

using sandbox::failure;

namespace {

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
    const Process& child = machine.process(child_);
    machine.comes_after(child.state == Process::State::kAlive ? machine.task(child.leader).last
                                                              : child.ended_by);
    return Effect::returns(child.number);
  }
  [[nodiscard]] std::string text(const Machine&, const Task&) const override { return "vfork()"; }
  [[nodiscard]] std::string waits_for(const Machine& machine, const Task&) const override {
    return "waits in vfork for " + machine.process(child_).name;
  }

 private:
  ProcessId child_;
  ObjectId self_;
};

/// As the kernel counts them: who has ended and was not waited for, too.
std::size_t tasks_alive(Machine& machine) {
  std::size_t alive = 0;
  for (std::size_t i = 0; i < machine.process_count(); ++i) {
    const Process& one = machine.process(static_cast<ProcessId>(i));
    if (one.state == Process::State::kAlive) alive += live_tasks(machine, one);
    if (one.state == Process::State::kLeaving || one.state == Process::State::kZombie) ++alive;
  }
  return alive;
}

}  // namespace

HeldRun::Done HeldRun::make_task(Task& task, Call call, const std::string& text) {
  const TaskId parent_id = task.id;
  std::uint64_t flags = call.number == SYS_fork    ? SIGCHLD
                        : call.number == SYS_vfork ? CLONE_VM | CLONE_VFORK | SIGCHLD
                                                   : call.arguments[0];
  if (tasks_alive(machine_) >= stage_.limits.processes) {
    machine_.end_event(text, 0);
    stop_at(sandbox::LimitKind::kProcesses, stage_.limits.processes, &task);
    return {};
  }
  const bool vfork = (flags & CLONE_VFORK) != 0;
  flags &= ~static_cast<std::uint64_t>(CLONE_VFORK);
  if (call.number != SYS_clone) call.arguments = {};
  call.number = SYS_clone;
  call.arguments[0] = flags;
  HeldTask& parent = held(task);
  const Registers before = parent.registers;
  Registers changed = before;
  changed.orig_rax = ~0ULL;  // not the call at which it stands: anew
  changed.rip -= kCallLength;
  changed.rax = SYS_clone;
  changed.rdi = flags;
  if (task.call.number != SYS_clone) changed.rsi = changed.rdx = changed.r10 = changed.r8 = 0;
  const auto made = make_clone(parent.tracee, changed);
  if (!made) return std::unexpected(made.error().within(task.name + " can't fork"));
  auto after = parent.tracee.registers();
  if (!after) return std::unexpected(after.error());
  restore_arguments(*after, before);
  const std::int64_t real = made->result;
  if (made->task == 0) {
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
  one.tracee = Tracee(made->task);
  one.group = (flags & CLONE_THREAD) != 0 ? old.group : made->task;
  one.image = old.image;
  one.hello = old.hello;
  one.prints_seen = old.prints_seen;
  if ((flags & CLONE_THREAD) == 0) {
    one.trapped = held_[machine_.process_of(machine_.task(parent_id)).leader].trapped;
  }
  one.at = HeldTask::At::kOutside;
  guest_.set_tracee(child.id, one.tracee);
  auto first = one.tracee.wait();
  if (!first) return std::unexpected(first.error());
  if (first->kind != Stop::Kind::kAttached) return failure("a new task does not stop");
  auto begins = one.tracee.registers();
  if (!begins) return std::unexpected(begins.error());
  restore_arguments(*begins, before);
  if (auto set = one.tracee.set_registers(*begins); !set) return set;
  const auto number = static_cast<std::int32_t>(child.number);
  if ((flags & CLONE_CHILD_SETTID) != 0) machine_.poke_value(child, call.arguments[3], number);
  if ((flags & CLONE_PARENT_SETTID) != 0) machine_.poke_value(task, call.arguments[2], number);
  if ((flags & CLONE_CHILD_CLEARTID) != 0) child.clear_address = call.arguments[3];
  machine_.end_event(text + fmt::format(" = {}", number), number);
  if ((flags & CLONE_THREAD) != 0) {
    begin_log(child, call.arguments[1], call.arguments[4]);
  } else if ((flags & (CLONE_THREAD | CLONE_VM)) == 0 && one.hello) {
    // What other threads have done by then is in the child's memory: nobody looks at that.
    const Process& maker_process = machine_.process_of(machine_.task(parent_id));
    if (live_tasks(machine_, maker_process) > 1) trace_.threads_unseen = true;
    // However many threads its parent has.
    machine_.poke_value<std::uint32_t>(child, one.hello->log_switch, 0);
  }
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

HeldRun::Done HeldRun::execute(Task& task, const Call&, const std::string& text) {
  HeldTask& one = held(task);
  Registers call = one.registers;
  MovedPaths moved(one.tracee, stage_.box.moved_to(), call);
  if (auto set = one.tracee.set_registers(call); !set) return set;
  if (auto done = one.tracee.resume_to_call_exit(); !done) return done;
  for (;;) {
    auto stop = one.tracee.wait();
    if (!stop) return std::unexpected(stop.error());
    if (stop->kind == Stop::Kind::kCallExit) {
      auto after = one.tracee.registers();
      if (!after) return std::unexpected(after.error());
      const auto result = moved.finish(static_cast<std::int64_t>(after->rax));
      restore_arguments(*after, one.registers);
      one.registers = *after;
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
  ++executed_;
  machine_.end_event(text, 0);
  one.spin.progressed();
  task.pending.reset();
  task.waiting = false;
  auto image = run_loader(one.tracee, stage_.box.moved_to());
  if (!image) return std::unexpected(image.error());
  if (!*image) {
    one.gone = true;
    begin_end(task);
    return end(task, image->error(), true, end_while_loaded(image->error()));
  }
  one.image = **image;
  auto registers = one.tracee.registers();
  if (!registers) return std::unexpected(registers.error());
  one.registers = *registers;
  one.at = HeldTask::At::kOutside;
  one.trapped = one.logs = false;
  machine_.process_of(task).private_memory = kNoObject;  // another's, at the same addresses
  machine_.process_of(task).watched.clear();
  load_hello(task);
  if (one.image.thread_id_address != 0) {
    machine_.poke_value(task, one.image.thread_id_address, task.number);
  }
  task.clear_address = one.image.thread_id_address;
  go_on(task);
  return {};
}

}  // namespace ipcgrade
