#include "sandbox/policy_trial.h"

#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <string>
#include <vector>

#include "sandbox/policy_compiler.h"
#include "sandbox/policy_rules.h"

namespace sandbox {
namespace {

struct Trial {
  std::string call;  ///< as it is told
  int number = 0;
  std::array<std::uint64_t, 6> arguments{};
  std::uint32_t expected = 0;  ///< SECCOMP_RET_*
};

// What stands for an answer that is no errno. Linux has no errno above 133; 4095 is the most that a
// filter can give.
constexpr int kAllowed = 4000;
constexpr int kTold = 4001;
constexpr int kKills = 4002;
constexpr std::uint64_t kDone = 0x1fca;

int stand_in(std::uint32_t answer) {
  switch (answer & SECCOMP_RET_ACTION_FULL) {
    case SECCOMP_RET_ALLOW:
      return kAllowed;
    case SECCOMP_RET_USER_NOTIF:
      return kTold;
    case SECCOMP_RET_ERRNO:
      return static_cast<int>(answer & SECCOMP_RET_DATA);
    default:
      return kKills;
  }
}

std::string words(int answer) {
  if (answer == 0) return "carried out";
  if (answer == kAllowed) return "allowed";
  if (answer == kTold) return "told to the grader";
  if (answer == kKills) return "the end of the process";
  const char* name = ::strerrorname_np(answer);
  return "failing with " + (name == nullptr ? std::to_string(answer) : std::string(name));
}

/// While it lives, no signal comes to this thread, nor to a child that it makes.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockedSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_{};
};

/// The same decisions, each answered by an errno; but for the child's own way out.
std::vector<sock_filter> harmless(std::span<const sock_filter> program) {
  std::vector<sock_filter> steps{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kDone, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  for (sock_filter step : program) {
    if (step.code == (BPF_RET | BPF_K)) {
      step.k = SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(stand_in(step.k));
    }
    steps.push_back(step);
  }
  return steps;
}

std::vector<Trial> trials_of(const Policy& policy) {
  std::vector<Trial> trials;
  for (const PolicyRule& rule : policy_rules()) {
    Trial trial{rule.call, seccomp_syscall_resolve_name(rule.call), {}, 0};
    if (trial.number < 0) continue;  // not a call of this architecture
    for (const scmp_arg_cmp& condition : rule.conditions) {
      std::uint64_t& argument = trial.arguments[condition.arg];
      argument = condition.op == SCMP_CMP_NE ? condition.datum_a + 1 : argument | condition.datum_b;
    }
    trial.expected = action_of(rule, policy.allows(rule.group));
    if (!rule.conditions.empty()) {
      trial.call += " with";
      for (const scmp_arg_cmp& condition : rule.conditions) {
        trial.call += " " + std::to_string(trial.arguments[condition.arg]);
      }
    }
    trials.push_back(std::move(trial));
  }
  for (const int number : {SYS_io_uring_setup, SYS_clone3, 100'000}) {
    trials.push_back({"call " + std::to_string(number), number, {}, SECCOMP_RET_ERRNO | ENOSYS});
  }
#ifdef __x86_64__
  constexpr int kX32 = 0x40000000;
  for (const int number : {SYS_read, SYS_execve}) {
    trials.push_back(
        {"x32 call " + std::to_string(number), kX32 | number, {}, SECCOMP_RET_KILL_PROCESS});
  }
#endif
  return trials;
}

/// In the child: `answers` is shared with the parent, and behind them lies how many there are. No
/// allocation, no locks.
[[noreturn]] void make_calls(const sock_fprog& program, std::span<const Trial> trials,
                             int* answers) {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) {
    ::_exit(1);
  }
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const auto& a = trials[i].arguments;
    const long result = ::syscall(trials[i].number, a[0], a[1], a[2], a[3], a[4], a[5]);
    answers[i] = result == -1 ? errno : 0;
    answers[trials.size()] = static_cast<int>(i + 1);
  }
  ::syscall(SYS_exit_group, kDone);
  __builtin_trap();
}

class SharedAnswers {
 public:
  explicit SharedAnswers(std::size_t count)
      : size_(count * sizeof(int)),
        memory_(::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
  }
  ~SharedAnswers() {
    if (*this) ::munmap(memory_, size_);
  }
  SharedAnswers(const SharedAnswers&) = delete;
  SharedAnswers& operator=(const SharedAnswers&) = delete;
  explicit operator bool() const { return memory_ != MAP_FAILED; }
  [[nodiscard]] int* data() const { return static_cast<int*>(memory_); }

 private:
  std::size_t size_;
  void* memory_;
};

}  // namespace

Expected<std::size_t> try_filter(std::span<const sock_filter> program, const Policy& policy) {
  const std::vector<Trial> trials = trials_of(policy);
  std::vector<sock_filter> steps = harmless(program);
  const SharedAnswers answers(trials.size() + 1);
  if (!answers) return from_errno("mmap");
  const sock_fprog child_program{static_cast<unsigned short>(steps.size()), steps.data()};
  {
    const BlockedSignals blocked;  // its handlers could not return: rt_sigreturn is tried, too
    const pid_t child = ::fork();
    if (child < 0) return from_errno("fork");
    if (child == 0) make_calls(child_program, trials, answers.data());
    // ECHILD: who started us ignores SIGCHLD. Then, too, it has ended.
    while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) continue;
  }
  const auto made = static_cast<std::size_t>(answers.data()[trials.size()]);
  // A filter that is around this one may end whoever makes a call of another architecture: the
  // last.
  const bool is_ended = made < trials.size() && trials[made].expected == SECCOMP_RET_KILL_PROCESS;
  if (made < trials.size() && !is_ended) {
    return std::unexpected(Error{"try the system call filter", made == 0 ? ENOSYS : EINTR});
  }
  for (std::size_t i = 0; i < made; ++i) {
    const int expected = stand_in(trials[i].expected);
    if (answers.data()[i] == expected) continue;
    return failure("the system call filter is not as its table says: " + trials[i].call + " is " +
                   words(answers.data()[i]) + " instead of " + words(expected));
  }
  return trials.size();
}

}  // namespace sandbox
