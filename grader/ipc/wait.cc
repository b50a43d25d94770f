// wait4(2), to which wait and waitpid come down, and waitid(2): a process waits for the end of its
// children, or for news of them.
#include <fmt/format.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "ipc/calls.h"
#include "ipc/mechanisms.h"
#include "ipc/pidfd.h"
#include "ipc/process.h"
#include "ipc/signal.h"

namespace ipcgrade {
namespace {

/// wait4 and waitid: the same wait, told differently.
class Wait : public Operation {
 public:
  struct Which {
    enum class Kind : std::uint8_t { kAny, kProcess, kGroup } kind = Kind::kAny;
    int number = 0;
  };

  Wait(Machine& machine, const Task& task, const Call& call, Which which, int options)
      : call_(call), which_(which), options_(options) {
    for (Process* child : children(machine, task)) {
      touches_.push_back(writes(machine.task(child->leader).self));
    }
    // A SIGCHLD of its own children and this look at each other only through the children.
    if (touches_.empty()) touches_.push_back(reads(task.self));
  }

  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }

  [[nodiscard]] bool enabled(const Machine& machine, const Task& task) const override {
    const auto all = children(const_cast<Machine&>(machine), task);
    return (options_ & WNOHANG) != 0 || all.empty() || ready(all) != nullptr;
  }

  Effect perform(Machine& machine, Task& task) override {
    const auto all = children(machine, task);
    if (all.empty()) {
      come_after_reaped(machine, task);
      return Effect::fails(ECHILD);
    }
    Process* child = ready(all);
    if (child == nullptr) {
      if (call_.number == SYS_waitid) tell(machine, task, nullptr);
      return Effect::returns(0);
    }
    const bool ended = child->state == Process::State::kZombie;
    machine.comes_after(ended ? child->ended_by : child->news_by);
    if (!tell(machine, task, child)) return Effect::fails(EFAULT);
    result_ = call_.number == SYS_waitid ? 0 : child->number;
    if ((options_ & WNOWAIT) != 0) return Effect::returns(result_);
    if (!ended) {
      child->news.reset();
      return Effect::returns(result_);
    }
    child->state = Process::State::kReaped;
    // The kernel's own zombie goes, too: it counts against the limit on processes.
    Call call;
    call.number = SYS_wait4;
    call.arguments = {static_cast<std::uint64_t>(child->real_number),
                      0,
                      static_cast<std::uint64_t>(WNOHANG) | __WALL,
                      0,
                      0,
                      0};
    return Effect::passes(call);
  }
  std::int64_t finished(Machine&, Task&, std::int64_t) override { return result_; }

  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    const char* name = call_.number == SYS_waitid ? "waitid" : "waitpid";
    if (which_.kind == Which::Kind::kAny) return fmt::format("{}(any child)", name);
    const bool is_group = which_.kind != Which::Kind::kProcess;
    return fmt::format("{}({}{})", name, is_group ? "process group " : "", which_.number);
  }
  [[nodiscard]] std::string waits_for(const Machine& machine, const Task& task) const override {
    std::string names;
    for (const Process* child : children(const_cast<Machine&>(machine), task)) {
      if (!names.empty()) names += ", ";
      names += child->name;
    }
    return "waits for the end of " + names;
  }
  [[nodiscard]] std::vector<TaskId> suppliers(const Machine& machine,
                                              const Task& task) const override {
    std::vector<TaskId> found;
    for (const Process* child : children(const_cast<Machine&>(machine), task)) {
      found.push_back(child->leader);
    }
    return found;
  }
  /// As where the child was waited for before. Who only looks, be it in a handler of SIGCHLD, takes
  /// that for none being left, as it should.
  [[nodiscard]] std::vector<Failure> failures(const Machine& machine, const Task&) const override {
    const auto* fails = machine.find_state<SignalsFail>();
    if (fails == nullptr || !fails->waits || (options_ & WNOHANG) != 0) return {};
    return {{ECHILD}};
  }
  [[nodiscard]] Interruption interruption() const override {
    return (options_ & WNOHANG) != 0 ? Interruption::kNever : Interruption::kRestarts;
  }

 private:
  [[nodiscard]] std::vector<Process*> children(Machine& machine, const Task& task) const {
    std::vector<Process*> found;
    const Process& self = machine.process_of(task);
    for (std::size_t i = 0; i < machine.process_count(); ++i) {
      Process& one = machine.process(static_cast<ProcessId>(i));
      if (one.parent != self.number || one.id == self.id || one.state == Process::State::kReaped) {
        continue;
      }
      const bool wanted =
          which_.kind == Which::Kind::kAny ||
          (which_.kind == Which::Kind::kProcess ? one.number : one.group) == which_.number;
      if (wanted) found.push_back(&one);
    }
    return found;
  }

  /// With SIGCHLD ignored the wait is over when the last child has ended: wait(2).
  static void come_after_reaped(Machine& machine, const Task& task) {
    const int self = machine.process_of(task).number;
    for (std::size_t i = 0; i < machine.process_count(); ++i) {
      const Process& one = machine.process(static_cast<ProcessId>(i));
      if (one.parent == self && one.reaped_by_kernel) machine.comes_after(one.ended_by);
    }
  }

  /// Whether there is something to tell of it that is asked for.
  [[nodiscard]] bool has_news(const Process& child) const {
    if (child.state == Process::State::kZombie) {
      return call_.number == SYS_wait4 || (options_ & WEXITED) != 0;
    }
    if (!child.news) return false;
    return (options_ & (WIFSTOPPED(*child.news) ? WSTOPPED : WCONTINUED)) != 0;
  }
  /// The kernel takes the oldest child first.
  [[nodiscard]] Process* ready(const std::vector<Process*>& all) const {
    const auto at = std::ranges::find_if(all, [&](const Process* one) { return has_news(*one); });
    return at == all.end() ? nullptr : *at;
  }
  [[nodiscard]] static int status_of(const Process& child) {
    return child.state == Process::State::kZombie ? child.wait_status : *child.news;
  }
  [[nodiscard]] static int code_of(int status) {
    if (WIFSTOPPED(status)) return CLD_STOPPED;
    if (WIFCONTINUED(status)) return CLD_CONTINUED;
    if (WIFEXITED(status)) return CLD_EXITED;
    return WCOREDUMP(status) ? CLD_DUMPED : CLD_KILLED;
  }
  /// si_status: what the exit status or the signal was.
  [[nodiscard]] static int detail_of(int status) {
    if (WIFSTOPPED(status)) return WSTOPSIG(status);
    if (WIFCONTINUED(status)) return SIGCONT;
    return WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
  }

  bool tell(Machine& machine, Task& task, const Process* child) const {
    if (call_.number == SYS_wait4) {
      const std::uint64_t status = call_.arguments[1];
      const std::uint64_t usage = call_.arguments[3];
      if (status != 0 && !machine.write_value(task, status, status_of(*child))) return false;
      constexpr std::array<std::byte, 144> kNothing{};  // struct rusage
      return usage == 0 || machine.write(task, usage, kNothing);
    }
    siginfo_t info;
    std::memset(&info, 0, sizeof info);
    if (child != nullptr) {
      info.si_signo = SIGCHLD;
      info.si_pid = child->number;
      info.si_code = code_of(status_of(*child));
      info.si_status = detail_of(status_of(*child));
    }
    return call_.arguments[2] == 0 || machine.write_value(task, call_.arguments[2], info);
  }

  Call call_;
  Which which_;
  int options_;
  std::vector<Touch> touches_;
  std::int64_t result_ = 0;
};

std::unique_ptr<Operation> decode_wait(Machine& machine, Task& task, const Call& call) {
  Wait::Which which;
  int options = 0;
  if (call.number == SYS_wait4) {
    const int number = static_cast<int>(call.arguments[0]);
    options = static_cast<int>(call.arguments[2]);
    if (number > 0) which = {Wait::Which::Kind::kProcess, number};
    if (number == 0) which = {Wait::Which::Kind::kGroup, machine.process_of(task).group};
    if (number < -1) which = {Wait::Which::Kind::kGroup, -number};
  } else {
    const int number = static_cast<int>(call.arguments[1]);
    options = static_cast<int>(call.arguments[3]);
    switch (static_cast<idtype_t>(call.arguments[0])) {
      case P_PID:
        which = {Wait::Which::Kind::kProcess, number};
        break;
      case P_PGID:
        which = {Wait::Which::Kind::kGroup, number != 0 ? number : machine.process_of(task).group};
        break;
      case P_ALL:
        break;
      case P_PIDFD: {
        const Process* named = process_named(machine, task, number);
        if (named == nullptr) return done_at_once("waitid()", -EBADF);
        which = {Wait::Which::Kind::kProcess, named->number};
        break;
      }
      default:
        return unmodelled("waitid of this kind");
    }
  }
  return std::make_unique<Wait>(machine, task, call, which, options);
}

constexpr std::array kCalls{long{SYS_wait4}, long{SYS_waitid}};

}  // namespace

const Mechanism kWaitMechanism{"wait", kCalls, decode_wait};

}  // namespace ipcgrade
