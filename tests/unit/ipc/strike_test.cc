// Which signals come before or after the next step of a task.
#include "ipc/strike.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>

#include "ipc/process.h"
#include "support/fake_machine.h"

namespace ipcgrade::testing {
namespace {

class StrikeTest : public ::testing::Test {
 protected:
  /// Whether it matters if the parent sends that before or after the child's next step.
  bool matters(int signal) {
    const Machine& machine = fake_.machine();
    std::vector<Touch> next;
    add_lets_in(machine, child_, next);
    const auto number = static_cast<std::uint64_t>(fake_.machine().process_of(child_).number);
    auto kill = fake_.call(parent_, SYS_kill, {number, static_cast<std::uint64_t>(signal)});
    return conflict(kill.operation().touches(), next);
  }

  FakeMachine fake_;
  Task& parent_ = fake_.start("parent");
  Task& child_ = fake_.fork(parent_);
};

TEST_F(StrikeTest, WhatEndsItOrHasAHandlerMatters) {
  EXPECT_TRUE(matters(SIGUSR1));
  (*fake_.machine().process_of(child_).actions)[SIGUSR1].handler = 0x1000;
  EXPECT_TRUE(matters(SIGUSR1));
  EXPECT_TRUE(matters(SIGRTMAX));
}

TEST_F(StrikeTest, WhatIsIgnoredOrIsNoSignalDoesNot) {
  EXPECT_FALSE(matters(SIGCHLD));
  EXPECT_FALSE(matters(0));
  (*fake_.machine().process_of(child_).actions)[SIGUSR1].handler = 1;  // SIG_IGN
  EXPECT_FALSE(matters(SIGUSR1));
  EXPECT_TRUE(matters(SIGUSR2));
}

TEST_F(StrikeTest, WhatIsBlockedDoesNotButSigkillCannotBe) {
  child_.mask = ~SignalSet{0};
  EXPECT_FALSE(matters(SIGUSR1));
  EXPECT_TRUE(matters(SIGKILL));
  EXPECT_TRUE(matters(SIGSTOP));
}

TEST_F(StrikeTest, TheEndOfAProcessMattersToItsThreads) {
  fake_.trace().tasks.resize(8);
  const Task& thread = fake_.thread(child_);
  std::vector<Touch> next;
  add_lets_in(fake_.machine(), thread, next);
  const auto ends_child = ends_all(fake_.machine(), fake_.machine().process_of(child_));
  EXPECT_TRUE(conflict(ends_child, next));
  const auto ends_parent = ends_all(fake_.machine(), fake_.machine().process_of(parent_));
  EXPECT_FALSE(conflict(ends_parent, next));
}

TEST_F(StrikeTest, TheReturnFromMainMattersToThreadsThatAreThere) {
  fake_.trace().tasks.resize(8);
  EXPECT_TRUE(leaves_stack(fake_.machine(), child_).empty());
  Task& thread = fake_.thread(child_);
  std::vector<Touch> next;
  add_lets_in(fake_.machine(), thread, next);
  EXPECT_TRUE(conflict(leaves_stack(fake_.machine(), child_), next));
  EXPECT_TRUE(leaves_stack(fake_.machine(), parent_).empty());
  thread.state = TaskState::kEnded;
  EXPECT_TRUE(leaves_stack(fake_.machine(), child_).empty());
}

}  // namespace
}  // namespace ipcgrade::testing
