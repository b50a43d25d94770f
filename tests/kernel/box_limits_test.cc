// Boxes on a real kernel: every limit, with cgroups and without, and refused calls.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

#include "kernel/guest_box.h"

namespace {

using namespace std::chrono_literals;
using ipcgrade_test::BoxTest;
using ipcgrade_test::cause_text;
using ipcgrade_test::end_text;
using ipcgrade_test::exit_status;
using ipcgrade_test::GuestBox;
using ipcgrade_test::host;
using ipcgrade_test::soon;
using ipcgrade_test::TestBox;
using ipcgrade_test::with_limits;
using ipcgrade_test::with_policy;
using sandbox::BoxSpec;
using sandbox::Ended;
using sandbox::Host;
using sandbox::LimitKind;
using sandbox::LimitReached;
using sandbox::Limits;
using sandbox::RefusedCall;
using testing::HasSubstr;
using testing::IsEmpty;

// --- limits -------------------------------------------------------------------------------------

enum class Cgroups { kAsFound, kNone };

/// The limits, with the cgroups of this machine and without any.
class LimitTest : public testing::TestWithParam<Cgroups> {
 protected:
  void SetUp() override {
    if (!ipcgrade_test::why_no_box().empty()) GTEST_SKIP() << ipcgrade_test::why_no_box();
    host_ = host();
    if (GetParam() == Cgroups::kNone) host_.cgroups = {};
  }

  /// Whether the kernel counts what the whole tree uses.
  [[nodiscard]] bool counted() const {
    return TestBox({}, host_)->isolation().cgroup != sandbox::CgroupMode::kNone;
  }

  /// The limit that ends the guest's action.
  LimitReached reached(Limits limits, std::vector<std::string> action) {
    GuestBox box(with_limits(limits), host_);
    const int command = box.start_guest(std::move(action));
    const auto begin = std::chrono::steady_clock::now();
    box.finish();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 20s);
    if (!box->cause() || !std::holds_alternative<LimitReached>(box->cause()->what)) {
      ADD_FAILURE() << "no limit, but " << cause_text(box->cause()) << ", "
                    << end_text(*box->command(command).end) << ", printed " << box.output[command];
      return {};
    }
    EXPECT_EQ(box->cause()->command.value_or(command), command);
    EXPECT_TRUE(box->end_all());
    EXPECT_THAT(box.list().processes, IsEmpty());
    return std::get<LimitReached>(box->cause()->what);
  }

  Host host_;
};

TEST_P(LimitTest, WallTime) {
  Limits limits;
  limits.wall = 300ms;
  const auto limit = reached(limits, {"sleep", "100"});
  EXPECT_EQ(limit.kind, LimitKind::kWallTime);
  EXPECT_EQ(limit.limit, 300);
  EXPECT_GE(limit.used, 300);
}

TEST_P(LimitTest, CpuTime) {
  Limits limits;
  limits.wall = 60s;
  limits.cpu = 300ms;
  const auto limit = reached(limits, {"burn"});
  EXPECT_EQ(limit.kind, LimitKind::kCpuTime);
  EXPECT_GE(limit.used, 300);
}

TEST_P(LimitTest, CpuTimeOfChildrenThatNobodyWaitsFor) {
  if (!counted()) GTEST_SKIP() << "no cgroup: CPU time is a lower bound";
  Limits limits;
  limits.wall = 60s;
  limits.cpu = 500ms;
  EXPECT_EQ(reached(limits, {"burn-in-children"}).kind, LimitKind::kCpuTime);
}

TEST_P(LimitTest, MemoryOfOneProcess) {
  if (!counted()) GTEST_SKIP() << "no cgroup: the allocation fails instead";
  Limits limits;
  limits.memory = 48ULL << 20;
  const auto limit = reached(limits, {"touch", "200"});
  EXPECT_EQ(limit.kind, LimitKind::kMemory);
  EXPECT_EQ(limit.limit, limits.memory);
}

TEST_P(LimitTest, MemoryOfTheWholeTree) {
  Limits limits;
  limits.memory = 64ULL << 20;
  EXPECT_EQ(reached(limits, {"share-out-memory", "4", "30"}).kind, LimitKind::kMemory);
}

TEST_P(LimitTest, MemoryOfAChildWhoseParentGoesOn) {
  if (!counted()) GTEST_SKIP() << "no cgroup: nobody counts what the kernel kills";
  Limits limits;
  limits.memory = 64ULL << 20;
  TestBox box(with_limits(limits), host_);
  const int command = box.start_shell("head -c 200M /dev/zero | tail > /dev/null; exit 0");
  box.finish();
  ASSERT_TRUE(box->cause()) << end_text(*box->command(command).end);
  EXPECT_EQ(std::get<LimitReached>(box->cause()->what).kind, LimitKind::kMemory);
}

TEST_P(LimitTest, Processes) {
  Limits limits;
  limits.processes = 10;
  const auto limit = reached(limits, {"fork-on"});
  EXPECT_EQ(limit.kind, LimitKind::kProcesses);
  EXPECT_EQ(limit.limit, 10);
}

TEST_P(LimitTest, ProcessesOfACommandThatGivesUpAtOnce) {
  if (!counted()) GTEST_SKIP() << "no cgroup: the number of processes is sampled";
  Limits limits;
  limits.processes = 10;
  EXPECT_EQ(reached(limits, {"fork-until-refused"}).kind, LimitKind::kProcesses);
}

TEST_P(LimitTest, AllowsAsManyProcessesAsItSays) {
  Limits limits;
  limits.processes = 10;
  TestBox box(with_limits(limits), host_);
  const int command =
      box.start_shell("for i in 1 2 3 4 5 6 7 8 9; do sleep 0.3 & done; wait; echo done");
  EXPECT_EQ(exit_status(box.end(command)), 0) << box.errors[command];
  EXPECT_EQ(box.output[command], "done\n");
  EXPECT_FALSE(box->cause()) << cause_text(box->cause());
}

TEST_P(LimitTest, FileSize) {
  Limits limits;
  limits.file_size = 1ULL << 20;
  const auto limit = reached(limits, {"write-file", "3000000"});
  EXPECT_EQ(limit.kind, LimitKind::kFileSize);
  EXPECT_EQ(limit.limit, 1ULL << 20);
}

TEST_P(LimitTest, FileSizeOfAChildWhoseParentHasEnded) {
  Limits limits;
  limits.file_size = 1ULL << 20;
  GuestBox box(with_limits(limits), host_);
  const int command = box.start_guest({"orphan-writes-file", "3000000"});
  EXPECT_EQ(exit_status(box.end(command)), 0);
  EXPECT_TRUE(soon([&] {
    box.wait(10ms);
    return box->cause().has_value();
  }));
  ASSERT_TRUE(box->cause());
  EXPECT_EQ(cause_text(box->cause()),
            "limit " + std::to_string(static_cast<int>(LimitKind::kFileSize)));
}

TEST_P(LimitTest, Output) {
  Limits limits;
  limits.output = 100'000;
  BoxSpec spec = with_limits(limits);
  TestBox box(std::move(spec), host_);
  const int command = box.start_shell("while :; do echo flood; echo flood >&2; done");
  box.finish();
  ASSERT_TRUE(box->cause());
  ASSERT_EQ(std::get<LimitReached>(box->cause()->what).kind, LimitKind::kOutput);
  EXPECT_EQ(box->cause()->command, command);
  EXPECT_LE(box.output[command].size() + box.errors[command].size(), 100'000);
  EXPECT_TRUE(std::holds_alternative<Ended>(*box->command(command).end));
}

TEST_P(LimitTest, AllowsWhatJustFits) {
  Limits limits;
  limits.file_size = 1ULL << 20;
  limits.memory = 256ULL << 20;
  limits.output = 6;
  GuestBox box(with_limits(limits), host_);
  EXPECT_EQ(exit_status(box.end(box.start_guest({"write-file", "1048576"}))), 0);
  const int echo = box.start_shell("printf sixsix");
  EXPECT_EQ(exit_status(box.end(echo)), 0);
  EXPECT_EQ(box.output[echo], "sixsix");
  EXPECT_EQ(exit_status(box.end(box.start_shell("head -c 1000000 /dev/zero > /tmp/some"))), 0);
  EXPECT_FALSE(box->cause()) << cause_text(box->cause());
}

INSTANTIATE_TEST_SUITE_P(Cgroups, LimitTest, testing::Values(Cgroups::kAsFound, Cgroups::kNone),
                         [](const auto& of) {
                           return of.param == Cgroups::kAsFound ? "AsFound" : "None";
                         });

TEST_F(BoxTest, BoundsTheBytesInAWritableFolder) {
  Limits limits;
  limits.storage = 1ULL << 20;
  TestBox box(with_limits(limits));
  const int command = box.start_shell("head -c 3000000 /dev/zero > /tmp/full; wc -c < /tmp/full");
  EXPECT_EQ(exit_status(box.end(command)), 0);
  EXPECT_EQ(box.output[command], "1048576\n");
}

TEST_F(BoxTest, BoundsTheOpenFiles) {
  Limits limits;
  limits.open_files = 17;
  TestBox box(with_limits(limits));
  const int command = box.start_shell("ulimit -n");
  EXPECT_EQ(exit_status(box.end(command)), 0);
  EXPECT_EQ(box.output[command], "17\n");
}

// --- refused calls ------------------------------------------------------------------------------

TEST_F(BoxTest, NamesARefusedCallWithItsPlace) {
  GuestBox box(with_policy({}));
  const int command = box.start_guest({"open-internet-socket"});
  EXPECT_TRUE(std::holds_alternative<Ended>(box.end(command)));
  ASSERT_TRUE(box->cause());
  const auto* refused = std::get_if<RefusedCall>(&box->cause()->what);
  ASSERT_NE(refused, nullptr) << cause_text(box->cause());
  EXPECT_EQ(refused->call, "socket(AF_INET, SOCK_STREAM, 0)");
  EXPECT_EQ(refused->group, "network");
  EXPECT_EQ(refused->reason, "reaches the network");
  EXPECT_EQ(box->cause()->command, command);
  ASSERT_GE(refused->stack.size(), 1);
  EXPECT_THAT(refused->stack.front().file, testing::EndsWith("guest.c"));
  EXPECT_EQ(refused->stack.front().line, std::atoi(box.output[command].c_str()));
  EXPECT_EQ(refused->stack.back().function, "main");
}

TEST_F(BoxTest, RefusesASecondExecutionOnlyWithoutTheGroup) {
  {
    TestBox box(with_policy({}));
    const int command = box.start_shell("echo started; exec /bin/true");
    EXPECT_TRUE(std::holds_alternative<Ended>(box.end(command)));
    EXPECT_EQ(box.output[command], "started\n");
    EXPECT_THAT(cause_text(box->cause()), HasSubstr("execve(\"/bin/true\""));
  }
  TestBox box(with_policy({"exec"}));
  EXPECT_EQ(exit_status(box.end(box.start_shell("exec /bin/true"))), 0);
}

TEST_F(BoxTest, LooksUpNamesWithoutTheGroupOfSockets) {
  GuestBox box(with_policy({}));
  EXPECT_EQ(exit_status(box.end(box.start_guest({"look-up-names"}))), 0)
      << cause_text(box->cause());
}

TEST_F(BoxTest, RefusesEverySignalWithoutTheGroup) {
  for (const int number : {SIGUSR1, SIGKILL, SIGXFSZ, SIGSYS}) {
    GuestBox box(with_policy({}));
    const int command = box.start_guest({"send-to-child", std::to_string(number)});
    EXPECT_TRUE(std::holds_alternative<Ended>(box.end(command))) << number;
    EXPECT_THAT(cause_text(box->cause()), testing::StartsWith("kill(")) << number;
  }
  GuestBox box(with_policy({"signals"}));
  for (const int number : {SIGUSR1, SIGKILL, SIGXFSZ, SIGSYS}) {
    EXPECT_EQ(exit_status(box.end(box.start_guest({"send-to-child", std::to_string(number)}))), 0);
  }
}

TEST_F(BoxTest, TellsACallOfAnotherArchitecture) {
#ifndef __x86_64__
  GTEST_SKIP() << "int 0x80 is x86's";
#endif
  GuestBox box;
  const int command = box.start_guest({"other-architecture"});
  EXPECT_TRUE(std::holds_alternative<Ended>(box.end(command)));
  ASSERT_TRUE(box->cause());
  ASSERT_TRUE(std::holds_alternative<RefusedCall>(box->cause()->what));
  EXPECT_EQ(box->cause()->command, command);
}

}  // namespace
