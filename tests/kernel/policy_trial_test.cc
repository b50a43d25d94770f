// The kernel asked what it does with each call of a policy, by a child that can make none.
#include "sandbox/policy_trial.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#include <string>
#include <vector>

#include "sandbox/policy_compiler.h"

namespace sandbox {
namespace {

using testing::HasSubstr;

class PolicyTrialTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::prctl(PR_GET_SECCOMP) < 0) GTEST_SKIP() << "needs seccomp filters";
  }
};

Policy policy_of(const std::vector<std::string>& groups,
                 const std::vector<std::string>& denied = {}) {
  auto policy = Policy::of(groups, denied);
  if (!policy) throw std::runtime_error(policy.error().text());
  return *policy;
}

/// What is wrong with a program that is not the policy's.
std::string complaint(const std::vector<sock_filter>& program, const Policy& policy) {
  const auto tried = try_filter(program, policy);
  return tried ? "" : tried.error().text();
}

std::vector<sock_filter> program_of(const Policy& policy) {
  return {policy.program().begin(), policy.program().end()};
}

TEST_F(PolicyTrialTest, EachPolicyIsAsItsTableSays) {
  std::vector<Policy> policies{Policy::widest(), policy_of({}), policy_of({}, {"peer-memory"})};
  for (const PolicyGroup& group : kPolicyGroups) {
    policies.push_back(policy_of({std::string(group.name)}));
  }
  for (const Policy& policy : policies) {
    const auto tried = policy.tried();
    ASSERT_TRUE(tried) << tried.error().text();
    EXPECT_GT(*tried, 300);
  }
}

TEST_F(PolicyTrialTest, OneGroupTooManyOrTooFewIsTold) {
  const Policy none = policy_of({});
  const Policy timers = policy_of({"timers"});
  EXPECT_THAT(complaint(program_of(timers), none),
              HasSubstr("alarm is allowed instead of told to the grader"));
  EXPECT_THAT(complaint(program_of(none), timers),
              HasSubstr("alarm is told to the grader instead of allowed"));
}

TEST_F(PolicyTrialTest, AFilterThatAllowsAllCarriesOutNothing) {
  // Among the calls are exit, kill(0, …), reboot and vhangup.
  const std::vector<sock_filter> all{BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  EXPECT_THAT(complaint(all, policy_of({})), HasSubstr("is allowed instead of told to the grader"));
}

TEST_F(PolicyTrialTest, AnErrnoThatIsAnotherIsTold) {
  std::vector<sock_filter> program = program_of(Policy::widest());
  for (sock_filter& step : program) {
    const bool is = step.code == (BPF_RET | BPF_K) && step.k == (SECCOMP_RET_ERRNO | EPERM);
    if (is) step.k = SECCOMP_RET_ERRNO | ENOSYS;
  }
  EXPECT_THAT(complaint(program, Policy::widest()),
              HasSubstr("ioctl with 21522 is failing with ENOSYS instead of failing with EPERM"));
}

#ifdef __x86_64__
TEST_F(PolicyTrialTest, AnotherArchitectureThatIsNotKilledIsTold) {
  std::vector<sock_filter> program = program_of(Policy::widest());
  for (sock_filter& step : program) {
    const bool is = step.code == (BPF_RET | BPF_K) && step.k == SECCOMP_RET_KILL_PROCESS;
    if (is) step.k = SECCOMP_RET_ALLOW;
  }
  EXPECT_THAT(complaint(program, Policy::widest()),
              HasSubstr("x32 call 0 is allowed instead of the end of the process"));
}
#endif

}  // namespace
}  // namespace sandbox
