#include "ipc/signal.h"

#include <fmt/format.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstring>
#include <iterator>

#include "ipc/calls.h"
#include "ipc/pidfd.h"
#include "ipc/process.h"
#include "ipc/strike.h"
#include "sandbox/describe.h"

namespace ipcgrade {
namespace {

constexpr std::uint64_t kDefault = 0;
constexpr std::uint64_t kIgnored = 1;
constexpr int kFirstRealTime = 32;

/// struct sigaction as the kernel has it.
struct KernelAction {
  std::uint64_t handler = 0;
  std::uint64_t flags = 0;
  std::uint64_t restorer = 0;
  SignalSet mask = 0;
};

bool is_stop(int signal) { return default_action(signal) == DefaultAction::kStop; }

void drop(std::vector<SignalInfo>& from, auto unwanted) {
  std::erase_if(from, [&](const SignalInfo& info) { return unwanted(info.number); });
}

void drop_everywhere(Machine& machine, Process& process, auto unwanted) {
  drop(process.signals, unwanted);
  for (const TaskId one : process.tasks) drop(machine.task(one).signals, unwanted);
}

bool ignored(const Machine& machine, const Task& task, int signal) {
  const auto& action = (*machine.process_of(task).actions)[static_cast<std::size_t>(signal)];
  if (action.handler == kIgnored) return true;
  return action.handler == kDefault && default_action(signal) == DefaultAction::kIgnore;
}

/// SIGCHLD for a child that stopped or goes on. Source: sigaction(2), SA_NOCLDSTOP.
void tell_parent_of_job(Machine& machine, Process& child, int status, int code, int signal) {
  child.news = status;
  child.news_by = machine.event_id();
  Process* parent = find_process(machine, child.parent);
  if (parent == nullptr || ((*parent->actions)[SIGCHLD].flags & SA_NOCLDSTOP) != 0) return;
  machine.send_to_process(*parent, {SIGCHLD, code, child.number, signal, 0, machine.event_id()});
}

/// Puts a signal into a queue, as the kernel does: what is ignored and not blocked vanishes, and of
/// a standard signal there is only ever one.
void queue(Machine& machine, Process& process, const Task& target, std::vector<SignalInfo>& to,
           const SignalInfo& info) {
  if (process.state != Process::State::kAlive || info.number == 0) return;
  if (info.number == SIGCONT) {
    drop_everywhere(machine, process, is_stop);
    bool stopped = false;
    for (const TaskId one : process.tasks) {
      Task& task = machine.task(one);
      if (task.state != TaskState::kStopped) continue;
      stopped = true;
      task.state = TaskState::kPending;
    }
    constexpr int kContinued = 0xffff;  // as WIFCONTINUED has it
    if (stopped) tell_parent_of_job(machine, process, kContinued, CLD_CONTINUED, SIGCONT);
  } else if (is_stop(info.number)) {
    drop_everywhere(machine, process, [](int signal) { return signal == SIGCONT; });
  }
  const bool blocked = (target.mask & bit_of(info.number) & ~kUnblockable) != 0;
  if (!blocked && ignored(machine, target, info.number)) return;
  const bool there = std::ranges::find(to, info.number, &SignalInfo::number) != to.end();
  if (there && info.number < kFirstRealTime) {
    process.signals_merged = true;
    return;
  }
  to.push_back(info);
}

class Send : public Operation {
 public:
  Send(std::string text, std::vector<TaskId> targets, bool to_thread, SignalInfo info, int error,
       const Machine& machine)
      : text_(std::move(text)),
        targets_(std::move(targets)),
        to_thread_(to_thread),
        info_(info),
        error_(error) {
    for (const TaskId one : targets_) {
      std::ranges::copy(sends(machine.task(one).self, info.number), std::back_inserter(touches_));
    }
  }
  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }
  Effect perform(Machine& machine, Task& task) override {
    if (targets_.empty()) return Effect::fails(error_);
    info_.sent_by = machine.event_id();
    if (info_.value != 0) machine.moves(Direction::kOut, std::as_bytes(std::span(&info_.value, 1)));
    bool any = false;
    for (const TaskId one : targets_) {
      Task& target = machine.task(one);
      Process& process = machine.process_of(target);
      // A zombie can be signalled; one that was waited for is no more.
      if (process.state == Process::State::kReaped) continue;
      any = true;
      if (to_thread_) {
        machine.send_to_task(target, info_);
      } else {
        machine.send_to_process(process, info_);
      }
      if (target.process == task.process) task.takes_signal_first = true;
    }
    return any ? Effect::returns(0) : Effect::fails(ESRCH);
  }
  [[nodiscard]] std::string text(const Machine&, const Task&) const override { return text_; }
  [[nodiscard]] std::vector<Failure> failures(const Machine& machine,
                                              const Task& task) const override {
    const auto* fails = machine.find_state<SignalsFail>();
    const bool is_to_another = std::ranges::any_of(
        targets_, [&](TaskId one) { return machine.task(one).process != task.process; });
    if (fails == nullptr || !fails->sending || !is_to_another || info_.number == 0) return {};
    return {{EPERM}};
  }

 private:
  std::string text_;
  std::vector<TaskId> targets_;
  bool to_thread_;
  SignalInfo info_;
  int error_;
  std::vector<Touch> touches_;
};

bool valid(std::uint64_t signal) { return (signal & 0xffffffff) <= 64; }

/// The processes that kill(2) means by a number.
std::vector<TaskId> targets_of(Machine& machine, const Task& task, int number, int& error) {
  std::vector<TaskId> found;
  error = number == 1 ? EPERM : ESRCH;
  const Process& self = machine.process_of(task);
  for (std::size_t i = 0; i < machine.process_count(); ++i) {
    const Process& one = machine.process(static_cast<ProcessId>(i));
    if (one.state == Process::State::kReaped ||
        machine.task(one.leader).state == TaskState::kNotStarted) {
      continue;
    }
    const bool meant = number > 0     ? one.number == number
                       : number == 0  ? one.group == self.group
                       : number == -1 ? one.id != self.id
                                      : one.group == -number;
    if (meant) found.push_back(one.leader);
  }
  return found;
}

std::string name_of_target(Machine& machine, int number) {
  const Process* process = number > 0 ? find_process(machine, number) : nullptr;
  return process != nullptr ? process->name : fmt::format("{}", number);
}

std::unique_ptr<Operation> decode_kill(Machine& machine, Task& task, const Call& call) {
  const auto& arguments = call.arguments;
  const int number = static_cast<int>(arguments[0]);
  SignalInfo info;
  info.code = SI_USER;
  info.sender = machine.process_of(task).number;
  std::uint64_t signal = arguments[1];
  std::uint64_t details = 0;
  bool to_thread = false;
  int error = ESRCH;
  std::vector<TaskId> targets;
  switch (call.number) {
    case SYS_kill:
      targets = targets_of(machine, task, number, error);
      break;
    case SYS_rt_sigqueueinfo:
      targets = targets_of(machine, task, number, error);
      details = arguments[2];
      break;
    case SYS_tkill:
    case SYS_tgkill:
    case SYS_rt_tgsigqueueinfo: {
      const bool has_group = call.number != SYS_tkill;
      signal = arguments[has_group ? 2 : 1];
      if (call.number == SYS_rt_tgsigqueueinfo) details = arguments[3];
      info.code = SI_TKILL;
      to_thread = true;
      const Task* target = find_task(machine, static_cast<int>(arguments[has_group ? 1 : 0]));
      if (target != nullptr) targets.push_back(target->id);
      break;
    }
    default: {
      const Process* process = process_named(machine, task, number);
      if (process == nullptr) return done_at_once("pidfd_send_signal()", -EBADF);
      details = arguments[2];
      if (process->state != Process::State::kReaped) targets.push_back(process->leader);
      break;
    }
  }
  if (!valid(signal)) return done_at_once("kill()", -EINVAL);
  info.number = static_cast<int>(signal & 0xffffffff);
  if (details != 0) {
    const auto given = machine.peek_value<siginfo_t>(task, details);
    if (!given) return done_at_once("sigqueue()", -EFAULT);
    info.code = given->si_code;
    info.value = reinterpret_cast<std::uint64_t>(given->si_value.sival_ptr);
  }
  const char* name = to_thread ? "raise" : details != 0 ? "sigqueue" : "kill";
  const bool by_descriptor = call.number == SYS_pidfd_send_signal;
  if (by_descriptor) name = "pidfd_send_signal";
  std::string text =
      to_thread && !targets.empty() && targets[0] == task.id
          ? fmt::format("raise({})", signal_name(info.number))
          : fmt::format("{}({}, {})", name,
                        by_descriptor ? fmt::format("{}", number) : name_of_target(machine, number),
                        signal_name(info.number));
  return std::make_unique<Send>(std::move(text), std::move(targets), to_thread, info, error,
                                machine);
}

std::unique_ptr<Operation> decode_action(Machine& machine, Task& task, const Call& call) {
  const auto signal = static_cast<std::size_t>(call.arguments[0] & 0xffffffff);
  const std::uint64_t given = call.arguments[1];
  if (signal == 0 || signal > 64 || given == 0) return nullptr;  // the kernel says it
  const auto action = machine.peek_value<KernelAction>(task, given);
  if (!action) return nullptr;
  std::string text = fmt::format("sigaction({}, {})", signal_name(static_cast<int>(signal)),
                                 action->handler == kDefault   ? "SIG_DFL"
                                 : action->handler == kIgnored ? "SIG_IGN"
                                                               : "handler");
  const TaskId leader = machine.process_of(task).leader;
  class Act : public SmallOperation {
   public:
    using SmallOperation::SmallOperation;
    [[nodiscard]] std::vector<Failure> failures(const Machine& machine,
                                                const Task&) const override {
      const auto* fails = machine.find_state<SignalsFail>();
      if (fails == nullptr || !fails->actions) return {};
      return {{EINVAL}};
    }
  };
  return std::make_unique<Act>(
      std::move(text), std::vector<Touch>{writes(machine.task(leader).self)},
      [signal, action, call](Machine& m, Task& t) {
        if (signal == SIGKILL || signal == SIGSTOP) return Effect::passes(call);
        Process& process = m.process_of(t);
        (*process.actions)[signal] = {action->handler, action->flags, action->mask};
        if (ignored(m, t, static_cast<int>(signal))) {
          drop_everywhere(m, process,
                          [signal](int one) { return static_cast<std::size_t>(one) == signal; });
        }
        return Effect::passes(call);
      });
}

std::unique_ptr<Operation> decode_mask(Machine& machine, Task& task, const Call& call) {
  const int how = static_cast<int>(call.arguments[0]);
  std::optional<SignalSet> set;
  if (call.arguments[1] != 0) {
    set = machine.peek_value<SignalSet>(task, call.arguments[1]);
    if (!set) return done_at_once("sigprocmask()", -EFAULT);
  }
  const char* words = how == SIG_BLOCK     ? "SIG_BLOCK"
                      : how == SIG_UNBLOCK ? "SIG_UNBLOCK"
                                           : "SIG_SETMASK";
  const std::uint64_t old = call.arguments[2];
  // What it lets in or keeps out, others may be sending: without that it is its own affair.
  std::vector<Touch> touches;
  if (set) touches.push_back(reads(machine.task(machine.process_of(task).leader).self));
  if (set && task.id != machine.process_of(task).leader) touches.push_back(reads(task.self));
  return small(fmt::format("sigprocmask({})", words), std::move(touches),
               [how, set, old](Machine& m, Task& t) {
                 if (old != 0 && !m.write_value(t, old, t.mask)) return Effect::fails(EFAULT);
                 if (!set) return Effect::returns(0);
                 SignalSet mask = t.mask;
                 if (how == SIG_BLOCK) {
                   mask |= *set;
                 } else if (how == SIG_UNBLOCK) {
                   mask &= ~*set;
                 } else if (how == SIG_SETMASK) {
                   mask = *set;
                 } else {
                   return Effect::fails(EINVAL);
                 }
                 // sigprocmask(3p): what was pending and is let in comes before the call returns.
                 t.takes_signal_first = (t.mask & ~mask) != 0;
                 t.mask = mask & ~kUnblockable;
                 return Effect::returns(0);
               });
}

std::unique_ptr<Operation> decode_signal(Machine& machine, Task& task, const Call& call) {
  switch (call.number) {
    case SYS_rt_sigaction:
      return decode_action(machine, task, call);
    case SYS_rt_sigprocmask:
      return decode_mask(machine, task, call);
    case SYS_rt_sigpending: {
      const std::uint64_t to = call.arguments[0];
      return small("sigpending()", {reads(machine.task(machine.process_of(task).leader).self)},
                   [to](Machine& m, Task& t) {
                     SignalSet pending = 0;
                     for (const auto* queue : {&t.signals, &m.process_of(t).signals}) {
                       for (const SignalInfo& one : *queue) pending |= bit_of(one.number);
                     }
                     return m.write_value(t, to, pending) ? Effect::returns(0)
                                                          : Effect::fails(EFAULT);
                   });
    }
    default:
      return decode_kill(machine, task, call);
  }
}

constexpr long kCalls[] = {SYS_kill,
                           SYS_tkill,
                           SYS_tgkill,
                           SYS_rt_sigqueueinfo,
                           SYS_rt_tgsigqueueinfo,
                           SYS_pidfd_send_signal,
                           SYS_rt_sigaction,
                           SYS_rt_sigprocmask,
                           SYS_rt_sigpending};

}  // namespace

const Mechanism kSignalMechanism{"signals", kCalls, decode_signal};

DefaultAction default_action(int signal) {
  switch (signal) {
    case SIGCHLD:
    case SIGURG:
    case SIGWINCH:
      return DefaultAction::kIgnore;
    case SIGCONT:
      return DefaultAction::kContinue;
    case SIGSTOP:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:
      return DefaultAction::kStop;
    default:
      return DefaultAction::kTerminate;
  }
}

std::string signal_name(int signal) { return signal == 0 ? "0" : sandbox::signal_text(signal); }

std::string signal_names(SignalSet set) {
  std::string names;
  for (int signal = 1; signal <= 64; ++signal) {
    if ((set & bit_of(signal)) != 0) names += (names.empty() ? "" : ", ") + signal_name(signal);
  }
  return names;
}

Disposition disposition(const Machine& machine, const Task& task, int signal) {
  const auto& action = (*machine.process_of(task).actions)[static_cast<std::size_t>(signal)];
  if (signal != SIGKILL && signal != SIGSTOP) {
    if (action.handler == kIgnored) return Disposition::kIgnore;
    if (action.handler != kDefault) return Disposition::kHandler;
  }
  switch (default_action(signal)) {
    case DefaultAction::kIgnore:
      return Disposition::kIgnore;
    case DefaultAction::kContinue:
      return Disposition::kContinue;
    case DefaultAction::kStop:
      return Disposition::kStop;
    case DefaultAction::kTerminate:
      break;
  }
  return Disposition::kTerminate;
}

siginfo_t kernel_info(const SignalInfo& info) {
  siginfo_t made;
  std::memset(&made, 0, sizeof made);
  made.si_signo = info.number;
  made.si_code = info.code;
  made.si_pid = info.sender;
  if (info.number == SIGCHLD && info.code > 0) {
    made.si_status = info.status;
  } else {
    made.si_value.sival_ptr = reinterpret_cast<void*>(info.value);
  }
  return made;
}

void enter_handler(Machine& machine, Task& task, int signal, std::uint64_t stack) {
  auto& action = (*machine.process_of(task).actions)[static_cast<std::size_t>(signal)];
  Task::Frame frame;
  frame.mask = task.mask_after.value_or(task.mask);
  task.mask_after.reset();
  frame.signal = signal;
  frame.stack_end = stack;
  task.mask |= action.mask;
  if ((action.flags & SA_NODEFER) == 0) task.mask |= bit_of(signal);
  task.mask &= ~kUnblockable;
  if ((action.flags & static_cast<std::uint64_t>(SA_RESETHAND)) != 0) action.handler = kDefault;
  task.handlers.push_back(frame);
}

std::optional<Task::Frame> leave_handler(Task& task) {
  if (task.handlers.empty()) return std::nullopt;
  const Task::Frame frame = task.handlers.back();
  task.handlers.pop_back();
  task.mask = frame.mask;
  return frame;
}

void unwind_handlers(Task& task, std::uint64_t stack) {
  while (!task.handlers.empty() &&
         (stack < task.handlers.back().stack_begin || stack >= task.handlers.back().stack_end)) {
    task.handlers.pop_back();
  }
}

void stop_process(Machine& machine, Task& task, int signal) {
  Process& process = machine.process_of(task);
  for (const TaskId one : process.tasks) {
    if (machine.task(one).state != TaskState::kEnded) machine.task(one).state = TaskState::kStopped;
  }
  tell_parent_of_job(machine, process, W_STOPCODE(signal), CLD_STOPPED, signal);
}

void Machine::send_to_process(Process& process, SignalInfo info) {
  trace_.sent_signals.push_back({info.sent_by, process.leader, info.number});
  queue(*this, process, task(process.leader), process.signals, info);
}
void Machine::send_to_task(Task& task, SignalInfo info) {
  if (task.state == TaskState::kEnded) return;
  trace_.sent_signals.push_back({info.sent_by, task.id, info.number});
  queue(*this, process_of(task), task, task.signals, info);
}

std::optional<int> Machine::next_signal(const Task& task) const {
  if (task.state == TaskState::kEnded || task.state == TaskState::kNotStarted) return std::nullopt;
  if (first_pending(task, bit_of(SIGKILL)) != 0) return SIGKILL;
  if (task.state == TaskState::kStopped) return std::nullopt;
  const int first = first_pending(task, ~task.mask | kUnblockable);
  return first == 0 ? std::nullopt : std::optional(first);
}

int Machine::first_pending(const Task& task, SignalSet wanted) const {
  for (const auto* queue : {&task.signals, &process_of(task).signals}) {
    int lowest = 0;
    for (const SignalInfo& one : *queue) {
      const bool asked = (wanted & bit_of(one.number)) != 0;
      if (asked && (lowest == 0 || one.number < lowest)) lowest = one.number;
    }
    if (lowest != 0) return lowest;
  }
  return 0;
}

SignalInfo Machine::take_signal(Task& task, int number) {
  for (auto* queue : {&task.signals, &process_of(task).signals}) {
    const auto at = std::ranges::find(*queue, number, &SignalInfo::number);
    if (at == queue->end()) continue;
    const SignalInfo taken = *at;
    queue->erase(at);
    trace_.taken_signals.push_back({event_id(), task.id, number});
    return taken;
  }
  return {};
}

void send_broken_pipe(Machine& machine, Task& task) {
  const int self = machine.process_of(task).number;
  machine.send_to_task(task, {SIGPIPE, SI_USER, self, 0, 0, machine.event_id()});
  task.takes_signal_first = true;
}

bool has_missed_signal(const Machine& machine, const Task& task) {
  return task.signal_came_early || machine.process_of(task).signals_merged;
}

bool Machine::has_handlers(const Task& task) const {
  return std::ranges::any_of(*process_of(task).actions,
                             [](const SignalAction& one) { return one.handler > kIgnored; });
}

}  // namespace ipcgrade
