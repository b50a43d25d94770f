#include "ipc/process.h"

#include <fmt/format.h>
#include <linux/sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstring>
#include <iterator>

#include "ipc/calls.h"
#include "ipc/socket.h"
#include "ipc/strike.h"
#include "ipc/sysv_semaphore.h"
#include "runtime/hypercall.h"

namespace ipcgrade {
namespace {

/// Init of the box, who adopts orphans.
constexpr int kInit = 1;

Process* parent_of(Machine& machine, const Process& process) {
  return find_process(machine, process.parent);
}

bool reaps_by_itself(const Process& parent) {
  const SignalAction& action = (*parent.actions)[SIGCHLD];
  constexpr std::uint64_t kIgnore = 1;
  return action.handler == kIgnore || (action.flags & SA_NOCLDWAIT) != 0;
}

/// What a process holds that others notice when it lets go of it.
std::vector<Touch> touches_of_held(Machine& machine, const Process& process) {
  std::vector<Touch> touches;
  for (const auto& [number, slot] : process.descriptors->slots()) {
    std::ranges::copy(slot.description->closing(), std::back_inserter(touches));
  }
  for (const EndHook& hook : end_hooks()) {
    if (hook.end_touches != nullptr) {
      std::ranges::copy(hook.end_touches(machine, process), std::back_inserter(touches));
    }
  }
  return touches;
}

/// Whether its parent may see that it has ended before it can wait for it: by what it held.
bool can_be_seen_leaving(Machine& machine, const Process& process, std::span<const Touch> held) {
  const Process* parent = parent_of(machine, process);
  return parent != nullptr && parent->state == Process::State::kAlive && !held.empty();
}

class End : public Operation {
 public:
  End(Machine& machine, const Task& task, bool whole, int status)
      : touches_(end_touches(machine, task, whole)),
        whole_(whole),
        undoes_(whole && !semaphore_end_touches(machine, machine.process_of(task)).empty()),
        status_(status) {}
  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }
  Effect perform(Machine&, Task&) override { return {Effect::Kind::kEnd, status_, {}, {}}; }
  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    return fmt::format("{}({}){}", whole_ ? "exit" : "thread exit", status_,
                       undoes_ ? ", and what it did with SEM_UNDO is taken back" : "");
  }
  [[nodiscard]] bool takes_back() const override { return undoes_; }

 private:
  std::vector<Touch> touches_;
  bool whole_;
  bool undoes_;  ///< what it did to semaphores with SEM_UNDO
  int status_;
};

class MakeTask : public Operation {
 public:
  MakeTask(Call call, const char* name, std::vector<Touch> touches, bool thread)
      : call_(call), name_(name), touches_(std::move(touches)), thread_(thread) {}
  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }
  Effect perform(Machine&, Task&) override { return {Effect::Kind::kNewTask, 0, call_, {}}; }
  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    return fmt::format("{}()", name_);
  }
  [[nodiscard]] std::vector<Failure> failures(const Machine& machine,
                                              const Task& task) const override {
    if (thread_ && has_notifier(machine, task)) return {};
    return {{EAGAIN}};
  }

 private:
  /// Whether the C library of its process makes threads for mq_notify(3), as the program asked for
  /// with SIGEV_THREAD: their failing is not the program's to handle.
  static bool has_notifier(const Machine& machine, const Task& task) {
    const auto& slots = machine.process_of(task).descriptors->slots();
    return std::ranges::any_of(slots, [](const auto& slot) {
      const auto* socket = dynamic_cast<const SocketDescription*>(slot.second.description.get());
      return socket != nullptr && socket->netlink;
    });
  }

  Call call_;
  const char* name_;
  std::vector<Touch> touches_;
  bool thread_;
};

class Execute : public Operation {
 public:
  Execute(Machine& machine, const Task& task, Call call, std::string path)
      : call_(call), path_(std::move(path)) {
    for (const auto& [number, slot] : machine.descriptors(task).slots()) {
      if (!slot.close_on_exec) continue;
      std::ranges::copy(slot.description->closing(), std::back_inserter(touches_));
    }
    for (const EndHook& hook : end_hooks()) {
      if (!hook.at_exec || hook.end_touches == nullptr) continue;
      std::ranges::copy(hook.end_touches(machine, machine.process_of(task)),
                        std::back_inserter(touches_));
    }
  }
  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }
  Effect perform(Machine&, Task&) override { return {Effect::Kind::kExecute, 0, call_, {}}; }
  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    return fmt::format("execve({})", path_);
  }

 private:
  Call call_;
  std::string path_;
  std::vector<Touch> touches_;
};

std::int64_t group_or_session(Machine& machine, const Task& task, const Call& call) {
  const int number = static_cast<int>(call.arguments[0]);
  const Process* process = call.number == SYS_getpgrp || number == 0
                               ? &machine.process_of(task)
                               : find_process(machine, number);
  if (process == nullptr) return -ESRCH;
  return call.number == SYS_getsid ? process->session : process->group;
}

std::int64_t set_group(Machine& machine, const Task& task, const Call& call) {
  const int number = static_cast<int>(call.arguments[0]);
  Process* process = number == 0 ? &machine.process_of(task) : find_process(machine, number);
  if (process == nullptr) return -ESRCH;
  const int group = static_cast<int>(call.arguments[1]);
  process->group = group == 0 ? process->number : group;
  return 0;
}

/// A program's tasks have numbers of their own, and so many of them; see Machine::add_task().
bool numbers_used_up(const Machine& machine, std::size_t program) {
  std::size_t tasks = 0;
  for (std::size_t i = 0; i < machine.task_count(); ++i) {
    tasks += machine.task(static_cast<TaskId>(i)).program == program ? 1 : 0;
  }
  return tasks >= std::size_t{Machine::kNumbers};
}

std::unique_ptr<Operation> decode_process(Machine& machine, Task& task, const Call& call) {
  Process& process = machine.process_of(task);
  switch (call.number) {
    case SYS_exit_group:
      return std::make_unique<End>(machine, task, true, static_cast<int>(call.arguments[0] & 0xff));
    case SYS_exit:
      return std::make_unique<End>(machine, task, live_tasks(machine, process) == 1,
                                   static_cast<int>(call.arguments[0] & 0xff));
    case SYS_fork:
    case SYS_vfork:
    case SYS_clone: {
      const std::uint64_t flags = call.number == SYS_clone ? call.arguments[0] : 0;
      const bool thread = (flags & CLONE_THREAD) != 0;
      if ((flags & CLONE_VM) != 0 && !thread && (flags & CLONE_VFORK) == 0) {
        return unmodelled("clone(CLONE_VM)");  // all of its memory would be shared
      }
      if (numbers_used_up(machine, process.program)) return unmodelled("so many processes");
      const char* name = thread ? "pthread_create" : call.number == SYS_vfork ? "vfork" : "fork";
      return std::make_unique<MakeTask>(call, name, std::vector<Touch>{}, thread);
    }
    case SYS_execve:
    case SYS_execveat: {
      const std::size_t path = call.number == SYS_execve ? 0 : 1;
      // The kernel would end the others and make this one the first thread.
      if (live_tasks(machine, process) > 1 || task.id != process.leader) {
        return unmodelled("execve() by a process of several threads");
      }
      return std::make_unique<Execute>(machine, task, call,
                                       machine.read_text(task, call.arguments[path]));
    }
    case SYS_getpid:
      return done_at_once("getpid()", process.number);
    case SYS_gettid:
      return done_at_once("gettid()", task.number);
    case SYS_getppid: {
      Process* parent = parent_of(machine, process);
      const bool lives = parent != nullptr && parent->state == Process::State::kAlive;
      std::vector<Touch> touches;
      if (lives) touches.push_back(reads(machine.task(parent->leader).self));
      return small("getppid()", std::move(touches),
                   [](Machine& m, Task& t) { return Effect::returns(m.process_of(t).parent); });
    }
    case SYS_getpgid:
    case SYS_getpgrp:
    case SYS_getsid:
      return done_at_once("getpgid()", group_or_session(machine, task, call));
    case SYS_setpgid:
      return done_at_once("setpgid()", set_group(machine, task, call));
    case SYS_setsid:
      if (process.group == process.number) return done_at_once("setsid()", -EPERM);
      process.group = process.session = process.number;
      return done_at_once("setsid()", process.number);
    case SYS_set_tid_address:
      task.clear_address = call.arguments[0];
      return done_at_once("set_tid_address()", task.number);
    case SYS_set_robust_list:
      task.robust_list = call.arguments[0];
      return done_at_once("set_robust_list()", 0);
    case SYS_sched_yield:
      return std::make_unique<Yield>(machine.clock_object());
    case kHypercall: {
      if (call.arguments[0] != IPCGRADE_MAIN_RETURNS) return nullptr;
      auto touches = leaves_stack(machine, task);
      if (touches.empty()) return nullptr;
      return small("main returns", std::move(touches),
                   [](Machine&, Task&) { return Effect::returns(0); });
    }
    default:
      return nullptr;
  }
}

constexpr long kCalls[] = {SYS_exit_group,      SYS_exit,        SYS_fork,     SYS_vfork,
                           SYS_clone,           SYS_execve,      SYS_execveat, SYS_getpid,
                           SYS_gettid,          SYS_getppid,     SYS_getpgid,  SYS_getpgrp,
                           SYS_getsid,          SYS_setpgid,     SYS_setsid,   SYS_set_tid_address,
                           SYS_set_robust_list, SYS_sched_yield, kHypercall};

}  // namespace

const Mechanism kProcessMechanism{"processes", kCalls, decode_process};

std::size_t live_tasks(const Machine& machine, const Process& process) {
  return static_cast<std::size_t>(std::ranges::count_if(
      process.tasks, [&](TaskId one) { return machine.task(one).state != TaskState::kEnded; }));
}

Process* find_process(Machine& machine, int number) {
  for (std::size_t i = 0; i < machine.process_count(); ++i) {
    Process& one = machine.process(static_cast<ProcessId>(i));
    if (one.number == number && one.state != Process::State::kReaped) return &one;
  }
  return nullptr;
}

Task* find_task(Machine& machine, int number) {
  for (std::size_t i = 0; i < machine.task_count(); ++i) {
    Task& one = machine.task(static_cast<TaskId>(i));
    if (one.number == number && one.state != TaskState::kEnded) return &one;
  }
  return nullptr;
}

Task& task_made(Machine& machine, Task& parent, std::uint64_t flags) {
  const ProcessId parent_process = parent.process;
  const TaskId parent_id = parent.id;
  std::string name;
  {
    const Process& process = machine.process(parent_process);
    if ((flags & CLONE_THREAD) != 0) {
      name = fmt::format("{}'s thread {}", process.name, process.tasks.size());
    } else {
      std::size_t children = 1;
      for (std::size_t i = 0; i < machine.process_count(); ++i) {
        children += machine.process(static_cast<ProcessId>(i)).parent == process.number ? 1 : 0;
      }
      // A name is a line of kin, up to where nobody would read it.
      constexpr std::size_t kLongestLine = 60;
      name = process.name.size() < kLongestLine
                 ? fmt::format("{}'s child {}", process.name, children)
                 : fmt::format("{}'s process {}", process.name.substr(0, process.name.find("'s ")),
                               machine.process_count() + 1);
    }
  }
  Process* process = &machine.process(parent_process);
  if ((flags & CLONE_THREAD) == 0) {
    Process& made = machine.add_process(name, parent.program);
    const Process& old = machine.process(parent_process);
    made.parent = (flags & CLONE_PARENT) != 0 ? old.parent : old.number;
    made.group = old.group;
    made.session = old.session;
    made.folder = old.folder;
    made.descriptors = (flags & CLONE_FILES) != 0
                           ? old.descriptors
                           : std::make_shared<DescriptorTable>(*old.descriptors);
    made.actions = (flags & CLONE_SIGHAND) != 0
                       ? old.actions
                       : std::make_shared<std::vector<SignalAction>>(*old.actions);
    made.mappings = old.mappings;
    made.joins_are_seen = old.joins_are_seen;
    process = &made;
  }
  Task& made = machine.add_task(*process);
  Task& old = machine.task(parent_id);
  made.mask = old.mask_after.value_or(old.mask);
  made.handlers = old.handlers;
  made.state = TaskState::kRunning;
  made.made_by = machine.event_id();
  made.name = (flags & CLONE_THREAD) != 0 ? name : process->name;
  TaskRecord record;
  record.name = made.name;
  record.program = made.program;
  record.parent = parent_id;
  record.leader = process->leader;
  record.number = made.number;
  record.made_by = machine.event_id();
  machine.trace().tasks.push_back(std::move(record));
  return made;
}

namespace {

void tell_parent(Machine& machine, Process& process) {
  Process* parent = parent_of(machine, process);
  if (parent == nullptr || parent->state != Process::State::kAlive) {
    // Init reaps. That its parent never waited for it is for detectors to judge.
    process.state = Process::State::kReaped;
    if (process.parent == kInit && process.orphaned) {
      machine.trace().unreaped.push_back(process.name);
    }
    return;
  }
  if (reaps_by_itself(*parent)) {
    process.reaped_by_kernel = true;
    process.state = Process::State::kReaped;
  }
  SignalInfo info;
  info.number = SIGCHLD;
  const int status = process.wait_status;
  info.code = WIFEXITED(status) ? CLD_EXITED : CLD_KILLED;
  info.status = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
  info.sender = process.number;
  info.sent_by = machine.event_id();
  machine.send_to_process(*parent, info);
}

/// A child that does nothing but make another and end gives that one to init, who waits for it: the
/// way not to leave a zombie of Stevens and Rago, APUE, 8.6, and of daemons.
bool gives_to_init(const Machine& machine, const Process& process, const Process& child) {
  const Trace& trace = machine.trace();
  if (trace.tasks[process.leader].parent == kNoTask) return false;
  const auto is_before_its_end = [&](EventId id) {
    return trace.events[id].task == process.leader && trace.events[id].kind != EventKind::kExit;
  };
  EventId before = machine.event_id();
  while (before > 0 && !is_before_its_end(--before)) {
  }
  return before == trace.tasks[child.leader].made_by;
}

void leave_children(Machine& machine, const Process& process) {
  for (std::size_t i = 0; i < machine.process_count(); ++i) {
    Process& child = machine.process(static_cast<ProcessId>(i));
    if (child.parent != process.number || child.id == process.id) continue;
    child.parent = kInit;
    child.orphaned = !reaps_by_itself(process) && !gives_to_init(machine, process, child);
    if (child.state == Process::State::kZombie) {
      child.state = Process::State::kReaped;
      if (child.orphaned) machine.trace().unreaped.push_back(child.name);
    }
  }
}

}  // namespace

std::vector<Touch> end_touches(Machine& machine, const Task& task, bool whole) {
  const Process& process = machine.process_of(task);
  if (!whole) return {writes(task.self)};
  std::vector<Touch> touches = touches_of_held(machine, process);
  const bool leaves_first = can_be_seen_leaving(machine, process, touches);
  std::ranges::copy(ends_all(machine, process), std::back_inserter(touches));
  if (!leaves_first) {
    std::ranges::copy(gone_touches(machine, process), std::back_inserter(touches));
  }
  return touches;
}

void task_ended(Machine& machine, Task& task, int status, bool whole) {
  Process& process = machine.process_of(task);
  const bool leaves_first =
      whole && can_be_seen_leaving(machine, process, touches_of_held(machine, process));
  std::vector<TaskId> ending{task.id};
  if (whole) ending = process.tasks;
  for (const TaskId id : ending) {
    Task& one = machine.task(id);
    if (one.state == TaskState::kEnded) continue;
    if (one.pending && one.waiting) one.pending->end_wait(machine, one);
    for (const EndHook& hook : end_hooks()) {
      if (hook.thread_ended != nullptr) hook.thread_ended(machine, one);
    }
    one.pending.reset();
    one.state = TaskState::kEnded;
    machine.trace().tasks[id].ended = true;
  }
  // pthread_join looks at a word that the kernel clears. Where the runtime does not tell of it,
  // whoever goes on in the process is taken to have looked.
  for (const TaskId other : process.tasks) {
    if (whole || process.joins_are_seen) break;
    machine.task(other).ended_threads.push_back(machine.event_id());
  }
  if (!whole) return;
  for (const EndHook& hook : end_hooks()) {
    if (hook.process_ended != nullptr) hook.process_ended(machine, process, task.id);
  }
  process.descriptors->close_all(machine, task.id);
  process.mappings.clear();
  process.state = Process::State::kLeaving;
  process.wait_status = status;
  process.ended_by = machine.event_id();
  if (!leaves_first) process_gone(machine, process);
}

std::vector<Touch> gone_touches(Machine& machine, const Process& process) {
  std::vector<Touch> touches{writes(machine.task(process.leader).self)};
  if (const Process* parent = parent_of(machine, process)) {
    std::ranges::copy(sends(machine.task(parent->leader).self, SIGCHLD),
                      std::back_inserter(touches));
  }
  return touches;
}

void process_gone(Machine& machine, Process& process) {
  process.state = Process::State::kZombie;
  process.ended_by = machine.event_id();
  leave_children(machine, process);
  tell_parent(machine, process);
}

void process_executed(Machine& machine, Task& task) {
  Process& process = machine.process_of(task);
  for (const EndHook& hook : end_hooks()) {
    if (hook.at_exec) hook.process_ended(machine, process, task.id);
  }
  process.descriptors->close_for_exec(machine, task.id);
  process.mappings.clear();
  auto actions = std::make_shared<std::vector<SignalAction>>(65);
  for (std::size_t i = 0; i < actions->size(); ++i) {
    if ((*process.actions)[i].handler == 1) (*actions)[i].handler = 1;
  }
  process.actions = std::move(actions);
  task.handlers.clear();
  task.clear_address = task.robust_list = 0;
}

}  // namespace ipcgrade
