// Which of several pending signals is taken first, by whoever takes it. Source: dequeue_signal() in
// kernel/signal.c.
#include <gtest/gtest.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>

#include <string>

#include "ipc/signal.h"
#include "support/fake_machine.h"

namespace ipcgrade::testing {
namespace {

constexpr SignalSet kAsked = bit_of(SIGINT) | bit_of(SIGUSR1) | bit_of(SIGUSR2);

/// SIGINT is sent to the process, SIGUSR2 and then SIGUSR1 to its thread, and all are blocked.
class PendingSignals : public ::testing::Test {
 protected:
  PendingSignals() {
    task_.mask = kAsked;
    fake_.machine().send_to_process(fake_.machine().process_of(task_), {.number = SIGINT});
    for (const int signal : {SIGUSR2, SIGUSR1}) {
      fake_.machine().send_to_task(task_, {.number = signal});
    }
  }

  FakeMachine fake_;
  Task& task_ = fake_.start("signals");
  std::uint64_t asked_ = fake_.put_values({kAsked});
};

TEST_F(PendingSignals, AHandlerRunsForTheLowestOfTheThreadsOwn) {
  EXPECT_EQ(fake_.machine().next_signal(task_), std::nullopt);
  task_.mask = 0;
  EXPECT_EQ(fake_.machine().next_signal(task_), SIGUSR1);
  task_.mask = bit_of(SIGUSR1) | bit_of(SIGUSR2);
  EXPECT_EQ(fake_.machine().next_signal(task_), SIGINT);
}

TEST_F(PendingSignals, KillComesBeforeAll) {
  fake_.machine().send_to_process(fake_.machine().process_of(task_), {.number = SIGKILL});
  EXPECT_EQ(fake_.machine().next_signal(task_), SIGKILL);
}

TEST_F(PendingSignals, SigwaitTakesTheThreadsOwnFirst) {
  for (const int signal : {SIGUSR1, SIGUSR2, SIGINT}) {
    FakeCall wait = fake_.call(task_, kSignalWaitMechanism, SYS_rt_sigtimedwait, {asked_, 0, 0, 8});
    EXPECT_EQ(wait.go(), signal);
  }
}

TEST_F(PendingSignals, SoDoesSignalfd) {
  const auto number = static_cast<std::uint64_t>(
      fake_.call(task_, SYS_signalfd4, {static_cast<std::uint64_t>(-1), asked_, 8, 0}).go());
  constexpr std::size_t kSize = sizeof(signalfd_siginfo);
  const std::uint64_t into = fake_.put(std::string(kSize, 0));
  for (const int signal : {SIGUSR1, SIGUSR2, SIGINT}) {
    EXPECT_EQ(fake_.call(task_, SYS_read, {number, into, kSize}).go(),
              static_cast<std::int64_t>(kSize));
    EXPECT_EQ(fake_.value_at<std::uint32_t>(into), static_cast<std::uint32_t>(signal));
  }
}

}  // namespace
}  // namespace ipcgrade::testing
