// What the seccomp programs say, by an interpreter of them: no kernel is asked.
#include "sandbox/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "sandbox/policy_compiler.h"
#include "sandbox/policy_rules.h"

namespace sandbox {
namespace {

using Arguments = std::array<std::uint64_t, 6>;

/// Classic BPF, as far as seccomp programs use it. Source: the kernel's filter.rst.
std::uint32_t run(std::span<const sock_filter> program, const seccomp_data& data) {
  std::uint32_t a = 0;
  std::array<std::uint32_t, BPF_MEMWORDS> memory{};
  for (std::size_t at = 0; at < program.size(); ++at) {
    const sock_filter& step = program[at];
    const auto jump = [&](bool yes) { at += yes ? step.jt : step.jf; };
    switch (step.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        if (step.k % 4 != 0 || step.k + 4 > sizeof data) throw std::runtime_error("bad load");
        std::memcpy(&a, reinterpret_cast<const char*>(&data) + step.k, sizeof a);
        break;
      case BPF_LD | BPF_MEM:
        a = memory.at(step.k);
        break;
      case BPF_ST:
        memory.at(step.k) = a;
        break;
      case BPF_ALU | BPF_AND | BPF_K:
        a &= step.k;
        break;
      case BPF_JMP | BPF_JA:
        at += step.k;
        break;
      case BPF_JMP | BPF_JEQ | BPF_K:
        jump(a == step.k);
        break;
      case BPF_JMP | BPF_JGT | BPF_K:
        jump(a > step.k);
        break;
      case BPF_JMP | BPF_JGE | BPF_K:
        jump(a >= step.k);
        break;
      case BPF_JMP | BPF_JSET | BPF_K:
        jump((a & step.k) != 0);
        break;
      case BPF_RET | BPF_K:
        return step.k;
      default:
        throw std::runtime_error("unknown instruction " + std::to_string(step.code));
    }
  }
  throw std::runtime_error("ran off the end");
}

std::uint32_t answer(const Policy& policy, int number, const Arguments& arguments = {},
                     std::uint32_t arch = seccomp_arch_native()) {
  seccomp_data data{};
  data.nr = number;
  data.arch = arch;
  for (std::size_t i = 0; i < arguments.size(); ++i) data.args[i] = arguments[i];
  return run(policy.program(), data);
}

int number_of(const char* call) {
  const int number = seccomp_syscall_resolve_name(call);
  EXPECT_NE(number, __NR_SCMP_ERROR) << call;
  return number;
}

std::uint32_t answer(const Policy& policy, const char* call, const Arguments& arguments = {}) {
  return answer(policy, number_of(call), arguments);
}

constexpr std::uint32_t kAllowed = SECCOMP_RET_ALLOW;
constexpr std::uint32_t kTold = SECCOMP_RET_USER_NOTIF;
constexpr std::uint32_t fails_with(int error) {
  return SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error);
}

Policy policy_of(std::vector<std::string> groups) {
  auto policy = Policy::of(groups);
  if (!policy) throw std::runtime_error(policy.error().text());
  return *policy;
}

std::vector<std::string> all_groups() {
  std::vector<std::string> names;
  for (const PolicyGroup& group : kPolicyGroups) names.emplace_back(group.name);
  return names;
}

/// A call of each group that it alone decides.
struct Sample {
  const char* group;
  const char* call;
  Arguments arguments{};
};
const std::vector<Sample> kSamples{
    {"sysv-shared-memory", "shmget"},
    {"sysv-shared-memory", "shmctl"},
    {"sysv-semaphores", "semop"},
    {"sysv-semaphores", "semget"},
    {"sysv-queues", "msgsnd"},
    {"sysv-queues", "msgrcv"},
    {"posix-ipc", "mq_open"},
    {"signals", "kill", {1, SIGTERM}},
    {"signals", "kill", {1, SIGXFSZ}},
    {"signals", "pidfd_send_signal", {3, SIGSYS}},
    {"signals", "rt_sigqueueinfo", {1, 40}},
    {"signals", "signalfd4"},
    {"timers", "setitimer"},
    {"timers", "timerfd_create"},
    {"local-sockets", "socket", {AF_UNIX, SOCK_STREAM}},
    {"local-sockets", "socketpair", {AF_UNIX, SOCK_STREAM}},
    {"network", "socket", {AF_INET, SOCK_DGRAM}},
    {"network", "socket", {AF_INET6, SOCK_STREAM}},
    {"exec", "execve"},
    {"exec", "execveat"},
    {"peer-memory", "process_vm_readv"},
};

TEST(PolicyTest, AGroupAllowsItsCallsAndNoOthers) {
  std::set<std::string> covered;
  for (const PolicyGroup& group : kPolicyGroups) {
    const Policy policy = policy_of({std::string(group.name)});
    EXPECT_TRUE(policy.allows(group.name));
    for (const Sample& sample : kSamples) {
      const bool own = sample.group == group.name;
      if (own) covered.insert(sample.group);
      const std::uint32_t said = answer(policy, sample.call, sample.arguments);
      const PolicyGroup* refused = policy.refusing_group(number_of(sample.call), sample.arguments);
      EXPECT_EQ(policy.allows(sample.group), own);
      if (own) {
        EXPECT_EQ(refused, nullptr) << sample.call;
      } else {
        EXPECT_EQ(said, kTold) << sample.call << " with " << group.name;
        ASSERT_NE(refused, nullptr) << sample.call << " with " << group.name;
        EXPECT_EQ(refused->name, sample.group);
      }
    }
  }
  EXPECT_EQ(covered.size(), kPolicyGroups.size());
}

TEST(PolicyTest, EveryPolicyAllowsTheBase) {
  for (const Policy& policy : {Policy::widest(), policy_of({})}) {
    EXPECT_TRUE(policy.allows(kBaseGroup));
    for (const char* call : {"read", "write", "openat", "mmap", "fork", "wait4", "futex", "pipe2",
                             "flock", "nanosleep", "clock_nanosleep", "exit_group", "tgkill",
                             "memfd_create", "sched_yield", "rt_sigsuspend", "prlimit64"}) {
      EXPECT_EQ(answer(policy, call), kAllowed) << call;
    }
    EXPECT_EQ(answer(policy, "clone", {SIGCHLD | CLONE_VM | CLONE_THREAD}), kAllowed);
  }
}

TEST(PolicyTest, NoPolicyAllowsTheKernelGroup) {
  EXPECT_FALSE(Policy::widest().allows(kKernelGroup.name));
  EXPECT_FALSE(Policy::of(std::vector<std::string>{std::string(kKernelGroup.name)}));
  for (const Policy& policy : {Policy::widest(), policy_of({})}) {
    for (const char* call : {"mount", "unshare", "setns", "ptrace", "bpf", "keyctl", "reboot",
                             "seccomp", "userfaultfd", "open_by_handle_at", "perf_event_open",
                             "pidfd_getfd", "move_mount", "chroot", "syslog"}) {
      EXPECT_EQ(answer(policy, call), kTold) << call;
      const PolicyGroup* group = policy.refusing_group(number_of(call), Arguments{});
      ASSERT_NE(group, nullptr) << call;
      EXPECT_EQ(group->name, kKernelGroup.name);
    }
  }
}

TEST(PolicyTest, NoPolicyAllowsNewNamespaces) {
  for (const std::uint64_t flag : {CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
                                   CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET}) {
    EXPECT_EQ(answer(Policy::widest(), "clone", {flag | SIGCHLD}), kTold) << flag;
    EXPECT_EQ(answer(Policy::widest(), "clone", {flag | SIGCHLD | 1ULL << 40}), kTold) << flag;
  }
  EXPECT_EQ(answer(Policy::widest(), "clone", {CLONE_NEWUSER | CLONE_NEWNET}), kTold);
  EXPECT_EQ(answer(Policy::widest(), "clone3"), fails_with(ENOSYS)) << "so that glibc uses clone";
}

TEST(PolicyTest, SocketsOfStrangeFamiliesAreTheKernels) {
  for (const char* call : {"socket", "socketpair"}) {
    for (const std::uint64_t domain : {AF_PACKET, AF_VSOCK, AF_ALG, AF_TIPC, AF_BLUETOOTH}) {
      const Arguments arguments{domain, SOCK_SEQPACKET};
      EXPECT_EQ(answer(Policy::widest(), call, arguments), kTold) << call << " " << domain;
      const PolicyGroup* group = Policy::widest().refusing_group(number_of(call), arguments);
      ASSERT_NE(group, nullptr) << call << " " << domain;
      EXPECT_EQ(group->name, kKernelGroup.name);
    }
    EXPECT_EQ(answer(Policy::widest(), call, {200}), fails_with(ENOSYS));
    EXPECT_EQ(answer(Policy::widest(), call, {AF_UNIX, SOCK_STREAM}), kAllowed);
    EXPECT_EQ(answer(Policy::widest(), call, {AF_UNIX | 1ULL << 32, SOCK_STREAM}), kAllowed);
    EXPECT_EQ(answer(Policy::widest(), call, {AF_PACKET | 1ULL << 32, SOCK_STREAM}), kTold);
  }
}

TEST(PolicyTest, CallsOfDeniedGroupsAreToldAndNotRefused) {
  for (const Sample& sample : kSamples) {
    const auto denied = Policy::of({}, std::vector<std::string>{sample.group});
    ASSERT_TRUE(denied) << denied.error().text();
    const int number = number_of(sample.call);
    EXPECT_EQ(answer(*denied, sample.call, sample.arguments), kTold) << sample.call;
    EXPECT_EQ(denied->refusing_group(number, sample.arguments), nullptr) << sample.call;
    EXPECT_TRUE(denied->denies(number, sample.arguments)) << sample.call;
    EXPECT_FALSE(denied->allows(sample.group));
    EXPECT_FALSE(policy_of({}).denies(number, sample.arguments)) << sample.call;
    EXPECT_FALSE(policy_of({sample.group}).denies(number, sample.arguments)) << sample.call;
  }
  const auto some = Policy::of({}, std::vector<std::string>{"peer-memory"});
  EXPECT_FALSE(some->denies(number_of("read"), Arguments{}));
  EXPECT_FALSE(some->denies(number_of("ptrace"), Arguments{}));
  EXPECT_FALSE(some->denies(number_of("tgkill"), Arguments{1, 1, SIGXFSZ})) << "only watched";
  EXPECT_FALSE(some->denies(number_of("socket"), Arguments{AF_NETLINK, SOCK_RAW, NETLINK_ROUTE}));
}

TEST(PolicyTest, AGroupIsAllowedOrDenied) {
  const std::vector<std::string> groups{"exec", "signals"};
  const auto policy = Policy::of(groups, std::vector<std::string>{"signals"});
  ASSERT_FALSE(policy);
  EXPECT_THAT(policy.error().text(), testing::HasSubstr("'signals'"));
  EXPECT_FALSE(Policy::of(groups, std::vector<std::string>{"peer-memories"}));
}

TEST(PolicyTest, NetlinkIsForNotificationsOfQueuesOnly) {
  // What glibc 2.36 calls in mq_notify with SIGEV_THREAD, and in getifaddrs.
  const Arguments route{AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE};
  EXPECT_EQ(answer(Policy::widest(), "socket", route), kAllowed);
  EXPECT_EQ(answer(policy_of({"posix-ipc"}), "socket", route), kAllowed);
  const Policy without = policy_of({"network", "local-sockets"});
  EXPECT_EQ(answer(without, "socket", route), fails_with(EAFNOSUPPORT));
  EXPECT_EQ(without.refusing_group(number_of("socket"), route), nullptr);
  for (const Policy& policy : {Policy::widest(), without}) {
    for (std::uint64_t protocol = 1; protocol < MAX_LINKS; ++protocol) {
      const Arguments other{AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol};
      EXPECT_EQ(answer(policy, "socket", other), fails_with(EAFNOSUPPORT)) << protocol;
      EXPECT_EQ(policy.refusing_group(number_of("socket"), other), nullptr) << protocol;
    }
  }
}

TEST(PolicyTest, TheSignalsOfLimitsAreWatched) {
  const Policy widest = Policy::widest();
  for (std::uint64_t signal = 0; signal <= 64; ++signal) {
    const bool watched = signal == SIGXFSZ || signal == SIGSYS || signal == 27 || signal == 29;
    const std::uint32_t expected = watched ? kTold : kAllowed;
    for (const std::uint64_t upper : {0ULL, 0xdeadbeef00000000ULL}) {
      EXPECT_EQ(answer(widest, "kill", {1, signal | upper}), expected) << signal;
      EXPECT_EQ(answer(widest, "tgkill", {1, 1, signal | upper}), expected) << signal;
      EXPECT_EQ(answer(widest, "tkill", {1, signal | upper}), expected) << signal;
      EXPECT_EQ(answer(widest, "rt_tgsigqueueinfo", {1, 1, signal | upper}), expected) << signal;
      EXPECT_EQ(widest.refusing_group(number_of("kill"), Arguments{1, signal | upper}), nullptr);
    }
  }
}

TEST(PolicyTest, LimitsOfOthersAreNotSet) {
  const Policy widest = Policy::widest();
  EXPECT_EQ(answer(widest, "prlimit64", {0, 7}), kAllowed);
  EXPECT_EQ(answer(widest, "prlimit64", {1, 7}), fails_with(EPERM));
  EXPECT_EQ(answer(widest, "prlimit64", {77, 7}), fails_with(EPERM));
  // To the kernel the process number is the lower half alone.
  EXPECT_EQ(answer(widest, "prlimit64", {1 | 1ULL << 32, 7}), fails_with(EPERM));
}

TEST(PolicyTest, UnknownCallsFailSoThatLibrariesFallBack) {
  for (const Policy& policy : {Policy::widest(), policy_of({})}) {
    for (const int number : {425, 426, 427, 460, 500, 100'000}) {  // io_uring, later ones
      EXPECT_EQ(answer(policy, number), fails_with(ENOSYS)) << number;
      EXPECT_EQ(policy.refusing_group(number, Arguments{}), nullptr);
    }
    EXPECT_EQ(answer(policy, "prctl", {PR_SET_MM}), fails_with(ENOSYS));
    EXPECT_EQ(answer(policy, "prctl", {PR_SET_SECCOMP}), kTold);
    EXPECT_EQ(answer(policy, "prctl", {PR_SET_NAME}), kAllowed);
    EXPECT_EQ(answer(policy, "personality", {0xffffffff}), kAllowed);
    EXPECT_EQ(answer(policy, "personality", {0x0040000}), fails_with(ENOSYS));
  }
}

TEST(PolicyTest, OtherArchitecturesKillTheProcess) {
  for (const Policy& policy : {Policy::widest(), policy_of({})}) {
    for (const std::uint32_t arch : {AUDIT_ARCH_I386, AUDIT_ARCH_ARM, AUDIT_ARCH_MIPS}) {
      EXPECT_EQ(answer(policy, 0, {}, arch), SECCOMP_RET_KILL_PROCESS);
    }
#ifdef __x86_64__
    constexpr int kX32 = 0x40000000;
    EXPECT_EQ(answer(policy, kX32), SECCOMP_RET_KILL_PROCESS);
    EXPECT_EQ(answer(policy, kX32 | 59), SECCOMP_RET_KILL_PROCESS);
#endif
  }
}

TEST(PolicyTest, TheBuiltInProgramIsTheWidest) {
  const auto compiled = compile_policy(all_groups());
  ASSERT_TRUE(compiled) << compiled.error().text();
  const auto built_in = Policy::widest().program();
  ASSERT_EQ(compiled->size(), built_in.size());
  EXPECT_EQ(std::memcmp(compiled->data(), built_in.data(), built_in.size_bytes()), 0);
  EXPECT_LE(built_in.size(), BPF_MAXINSNS);
}

TEST(PolicyTest, AnUnknownGroupIsToldWithTheKnownOnes) {
  const std::vector<std::string> groups{"exec", "sysv-semaphore"};
  const auto policy = Policy::of(groups);
  ASSERT_FALSE(policy);
  EXPECT_THAT(policy.error().text(), testing::HasSubstr("'sysv-semaphore'"));
  for (const PolicyGroup& group : kPolicyGroups) {
    EXPECT_THAT(policy.error().text(), testing::HasSubstr(std::string(group.name)));
  }
}

/// Every number alone, and those that have rules on an argument with many values of it.
class AgreementTest : public testing::TestWithParam<std::vector<std::string>> {};

TEST_P(AgreementTest, TheKeeperKnowsWhyTheProgramTellsIt) {
  const Policy policy = policy_of(GetParam());
  const auto agree = [&](int number, const Arguments& arguments) {
    const std::uint32_t said = answer(policy, number, arguments);
    if (policy.refusing_group(number, arguments) != nullptr) return said == kTold;
    if (said != kTold) return true;
    for (const PolicyRule& rule : policy_rules()) {
      if (rule.action == RuleAction::kWatch && seccomp_syscall_resolve_name(rule.call) == number &&
          holds(rule, arguments)) {
        return policy.allows(rule.group);
      }
    }
    return false;
  };
  for (int number = 0; number <= 460; ++number) {
    for (const std::uint64_t value : {0ULL, 1ULL, 0xffffffffffffffffULL}) {
      EXPECT_TRUE(agree(number, {value, value, value, value, value, value})) << number;
    }
  }
  std::vector<std::uint64_t> values;
  for (std::uint64_t value = 0; value <= 70; ++value) values.push_back(value);
  for (int bit = 7; bit < 32; ++bit) values.push_back(1ULL << bit | SIGCHLD);
  values.insert(values.end(), {0xffffffff, 0x7fffffff, 153, CLONE_NEWUSER | CLONE_NEWNS});
  for (const char* call :
       {"clone", "socket", "socketpair", "kill", "tkill", "tgkill", "prctl", "rt_sigqueueinfo",
        "rt_tgsigqueueinfo", "pidfd_send_signal", "prlimit64", "personality"}) {
    for (const std::uint64_t value : values) {
      for (const std::uint64_t upper : {0ULL, 0xdeadbeef00000000ULL}) {
        for (std::size_t place = 0; place < 3; ++place) {
          Arguments arguments{};
          arguments[place] = value | upper;
          EXPECT_TRUE(agree(number_of(call), arguments))
              << call << " argument " << place << " " << std::hex << arguments[place];
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Policies, AgreementTest,
                         testing::Values(std::vector<std::string>{}, all_groups(),
                                         std::vector<std::string>{"signals"},
                                         std::vector<std::string>{"network", "exec"},
                                         std::vector<std::string>{"local-sockets"}),
                         [](const auto& of) {
                           std::string name = "Groups";
                           for (const std::string& group : of.param) name += "_" + group;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace sandbox
