// Children that stop and go on, threads that are joined, what the kernel touches for a process.
#include "ipc/process.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "ipc/kernel_buffers.h"
#include "ipc/signal.h"
#include "runtime/hypercall.h"
#include "support/fake_machine.h"

namespace ipcgrade::testing {
namespace {

class ProcessTest : public ::testing::Test {
 protected:
  FakeCall wait(int options) {
    return fake_.call(parent_, SYS_wait4,
                      {static_cast<std::uint64_t>(number_of(child_)), status_,
                       static_cast<std::uint64_t>(options), 0});
  }
  int number_of(const Task& task) { return fake_.machine().process_of(task).number; }
  void send(int signal) {
    EXPECT_EQ(fake_
                  .call(parent_, SYS_kill,
                        {static_cast<std::uint64_t>(number_of(child_)),
                         static_cast<std::uint64_t>(signal)})
                  .go(),
              0);
  }
  void stop() {
    send(SIGSTOP);
    Machine& machine = fake_.machine();
    ASSERT_EQ(machine.next_signal(child_), SIGSTOP);
    (void)machine.take_signal(child_, SIGSTOP);
    machine.begin_event(EventKind::kSignal, child_.id);
    stop_process(machine, child_, SIGSTOP);
    machine.end_event("stops", SIGSTOP);
  }

  FakeMachine fake_;
  Task& parent_ = fake_.start("parent");
  Task& child_ = fake_.fork(parent_);
  std::uint64_t status_ = fake_.room(sizeof(int));
};

TEST_F(ProcessTest, AWaitFailsWhereTheLabSaysSo) {
  EXPECT_TRUE(wait(0).operation().failures(fake_.machine(), parent_).empty());
  fake_.machine().state<SignalsFail>().waits = true;
  const std::vector<Failure> one{{ECHILD}};
  EXPECT_EQ(wait(0).operation().failures(fake_.machine(), parent_), one);
  EXPECT_TRUE(wait(WNOHANG).operation().failures(fake_.machine(), parent_).empty())
      << "that is a look";
}

TEST_F(ProcessTest, AStoppedChildIsToldOnce) {
  EXPECT_FALSE(wait(WUNTRACED).enabled());
  stop();
  const EventId stopped = fake_.last_event();
  EXPECT_EQ(child_.state, TaskState::kStopped);
  EXPECT_FALSE(wait(0).enabled()) << "nobody asked for that";
  EXPECT_EQ(wait(WUNTRACED).go(), number_of(child_));
  EXPECT_TRUE(fake_.after(fake_.last_event(), stopped));
  const int status = fake_.value_at<int>(status_);
  EXPECT_TRUE(WIFSTOPPED(status));
  EXPECT_EQ(WSTOPSIG(status), SIGSTOP);
  EXPECT_FALSE(wait(WUNTRACED).enabled());
}

TEST_F(ProcessTest, AChildThatGoesOnIsTold) {
  stop();
  send(SIGCONT);
  EXPECT_EQ(child_.state, TaskState::kPending);
  EXPECT_FALSE(wait(WUNTRACED).enabled()) << "it is stopped no more";
  EXPECT_EQ(wait(WCONTINUED).go(), number_of(child_));
  EXPECT_TRUE(WIFCONTINUED(fake_.value_at<int>(status_)));
}

TEST_F(ProcessTest, OnlyAWaitCanBeInterrupted) {
  EXPECT_EQ(wait(WNOHANG).operation().interruption(), Interruption::kNever);
  EXPECT_EQ(wait(0).operation().interruption(), Interruption::kRestarts);
}

TEST_F(ProcessTest, AJoinComesAfterTheThreadItIsFor) {
  constexpr std::uint64_t kThread = 0x5000;
  Machine& machine = fake_.machine();
  machine.process_of(parent_).joins_are_seen = true;
  fake_.trace().tasks.resize(8);
  Task& thread = fake_.thread(parent_);
  Task& other = fake_.thread(parent_);
  thread.clear_address = kThread + 720;
  other.clear_address = 0x9000 + 720;
  const auto join = [&](std::uint64_t what) {
    return fake_.call(parent_, kHypercall, {what, kThread, 0, 0});
  };
  auto waits = join(IPCGRADE_THREAD_JOIN);
  EXPECT_FALSE(waits.enabled());
  EXPECT_EQ(join(IPCGRADE_THREAD_TRYJOIN).go(), -EBUSY);
  const auto exit = [&](Task& task) {
    const EventId event = machine.begin_event(EventKind::kExit, task.id);
    task_ended(machine, task, 0, false);
    machine.end_event("exit", 0);
    return event;
  };
  const EventId of_other = exit(other);
  EXPECT_FALSE(waits.enabled());
  const EventId of_thread = exit(thread);
  EXPECT_TRUE(waits.enabled());
  EXPECT_EQ(waits.go(), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), of_thread));
  EXPECT_FALSE(fake_.after(fake_.last_event(), of_other)) << "nobody joined that one";
}

TEST_F(ProcessTest, WhatTheKernelTouchesForACall) {
  constexpr std::uint64_t kAt = 0x100000000;
  const SharedMemory& memory = fake_.share(parent_, kAt, 4096);
  ASSERT_TRUE(fake_.machine().poke_value(parent_, kAt + 8, std::array{'a', 'b', '\0'}));
  const auto touches = [&](long number, std::array<std::uint64_t, 6> arguments) {
    return kernel_touches(fake_.machine(), parent_, {number, arguments});
  };
  EXPECT_EQ(touches(SYS_openat, {0, kAt + 8}), std::vector{reads(memory.id(), 8, 11)});
  EXPECT_EQ(touches(SYS_pipe, {kAt + 16}), std::vector{writes(memory.id(), 16, 24)});
  EXPECT_EQ(touches(SYS_getcwd, {kAt, 100}), std::vector{writes(memory.id(), 0, 100)});
  const Call call{SYS_getcwd, {kAt, 100}};
  EXPECT_EQ(kernel_touches(fake_.machine(), parent_, call, 6),
            std::vector{writes(memory.id(), 0, 6)});
  EXPECT_TRUE(kernel_touches(fake_.machine(), parent_, call, -ERANGE).empty());
  EXPECT_TRUE(touches(SYS_openat, {0, fake_.put("private")}).empty());
}

TEST_F(ProcessTest, NumbersAreNotGivenTwice) {
  Machine& machine = fake_.machine();
  while (machine.task_count() + 1 < std::size_t{Machine::kNumbers}) fake_.thread(parent_);
  EXPECT_EQ(fake_.call(parent_, SYS_fork, {}).step(), 0);
  EXPECT_EQ(fake_.last_effect.kind, Effect::Kind::kNewTask);
  fake_.thread(parent_);
  (void)fake_.call(parent_, SYS_fork, {}).step();
  EXPECT_EQ(fake_.last_effect.kind, Effect::Kind::kUnmodelled);
}

}  // namespace
}  // namespace ipcgrade::testing
