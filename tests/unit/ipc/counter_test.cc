// eventfd, timerfd, signalfd, pidfd.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

#include <csignal>

#include "ipc/clock.h"
#include "ipc/pidfd.h"
#include "support/fake_kernel.h"

namespace ipcgrade::testing {
namespace {

using namespace std::chrono_literals;

class CounterTest : public ::testing::Test {
 protected:
  CounterTest() { task_ = &fake_.start("server"); }
  std::int64_t add(Task& task, int number, std::uint64_t value) {
    const std::uint64_t at = fake_.put_values<std::uint64_t>({value});
    return fake_.call(task, SYS_write, {static_cast<std::uint64_t>(number), at, 8}).go();
  }
  std::int64_t take(Task& task, int number) {
    FakeCall read = fake_.reading(task, number, 8);
    const std::int64_t result = read.go();
    return result < 0 ? result : fake_.value_at<std::int64_t>(fake_.last_buffer);
  }
  int eventfd(unsigned count, int flags) {
    return static_cast<int>(
        fake_.call(*task_, SYS_eventfd2, {count, static_cast<std::uint64_t>(flags)}).go());
  }
  void fire(Timer& timer) {
    Machine& machine = fake_.machine();
    machine.advance_to(*timer.due);
    machine.begin_event(EventKind::kTimer, kNoTask);
    const VirtualTime due = *timer.due;
    timer.due.reset();
    if (timer.period.count() > 0) timer.due = due + timer.period;
    timer.fire(machine);
    machine.end_event("a timer fires", 0);
  }

  DescriptorMachine fake_;
  Task* task_;
};

TEST_F(CounterTest, ReadTakesAllThatWasAdded) {
  const int number = eventfd(2, 0);
  Task& child = fake_.fork(*task_);
  EXPECT_EQ(add(*task_, number, 3), 8);
  const EventId first = fake_.last_event();
  EXPECT_EQ(add(*task_, number, 4), 8);
  const EventId second = fake_.last_event();
  EXPECT_EQ(take(child, number), 9);
  EXPECT_TRUE(fake_.after(fake_.last_event(), first));
  EXPECT_TRUE(fake_.after(fake_.last_event(), second));
  EXPECT_FALSE(fake_.reading(child, number, 8).enabled());
}

TEST_F(CounterTest, SemaphoreGivesOneAtATime) {
  const int number = eventfd(0, EFD_SEMAPHORE);
  add(*task_, number, 1);
  const EventId first = fake_.last_event();
  add(*task_, number, 1);
  EXPECT_EQ(take(*task_, number), 1);
  EXPECT_TRUE(fake_.after(fake_.last_event(), first));
  EXPECT_EQ(take(*task_, number), 1);
  EXPECT_FALSE(fake_.after(fake_.last_event(), first));
  EXPECT_FALSE(fake_.reading(*task_, number, 8).enabled());
}

TEST_F(CounterTest, Edges) {
  const int number = eventfd(0, EFD_NONBLOCK);
  EXPECT_EQ(take(*task_, number), -EAGAIN);
  EXPECT_EQ(fake_.reading(*task_, number, 4).go(), -EINVAL);
  EXPECT_EQ(add(*task_, number, ~std::uint64_t{0}), -EINVAL);
  EXPECT_EQ(add(*task_, number, ~std::uint64_t{0} - 1), 8);
  EXPECT_EQ(add(*task_, number, 1), -EAGAIN);
  // Of a longer buffer, eight bytes are taken.
  take(*task_, number);
  const std::uint64_t at = fake_.put_values<std::uint64_t>({1, 2});
  EXPECT_EQ(fake_.call(*task_, SYS_write, {static_cast<std::uint64_t>(number), at, 16}).go(), 8);
  EXPECT_EQ(take(*task_, number), 1);
}

TEST_F(CounterTest, WhatHasRoomOnlyByAReadComesAfterIt) {
  const int number = eventfd(1, 0);
  Task& child = fake_.fork(*task_);
  take(child, number);
  const EventId read = fake_.last_event();
  EXPECT_EQ(add(*task_, number, 1), 8);
  EXPECT_FALSE(fake_.after(fake_.last_event(), read));
  EXPECT_EQ(add(*task_, number, ~std::uint64_t{0} - 2), 8);
  EXPECT_TRUE(fake_.after(fake_.last_event(), read));
}

TEST_F(CounterTest, AdditionsCommute) {
  const int counter = eventfd(0, 0), semaphore = eventfd(0, EFD_SEMAPHORE);
  const auto add_touches = [&](int number) {
    return fake_.writing(*task_, number, "12345678").touches();
  };
  EXPECT_FALSE(conflict(add_touches(counter), add_touches(counter)));
  EXPECT_TRUE(conflict(add_touches(semaphore), add_touches(semaphore)));
  EXPECT_TRUE(conflict(add_touches(counter), fake_.reading(*task_, counter, 8).touches()));
}

TEST_F(CounterTest, TimerCountsItsExpirations) {
  const int number =
      static_cast<int>(fake_.call(*task_, SYS_timerfd_create, {CLOCK_MONOTONIC, 0}).go());
  const std::uint64_t setting = fake_.put_values<itimerspec>({{{1, 0}, {2, 0}}});
  const auto fd = static_cast<std::uint64_t>(number);
  EXPECT_EQ(fake_.call(*task_, SYS_timerfd_settime, {fd, 0, setting, 0}).go(), 0);
  Timer& timer = fake_.machine().timers().back();
  EXPECT_EQ(timer.due, 2s);
  EXPECT_FALSE(fake_.reading(*task_, number, 8).enabled());
  fire(timer);
  fire(timer);
  const EventId fired = fake_.last_event();
  EXPECT_EQ(take(*task_, number), 2);
  EXPECT_TRUE(fake_.after(fake_.last_event(), fired));
  EXPECT_EQ(timer.due, 4s);
  const std::uint64_t left = fake_.room(sizeof(itimerspec));
  EXPECT_EQ(fake_.call(*task_, SYS_timerfd_gettime, {fd, left}).go(), 0);
  EXPECT_EQ(fake_.value_at<itimerspec>(left).it_value.tv_sec, 1);
  EXPECT_EQ(fake_.value_at<itimerspec>(left).it_interval.tv_sec, 1);
  fake_.close(*task_, number);
  EXPECT_EQ(timer.due, std::nullopt);
}

TEST_F(CounterTest, AbsoluteTimer) {
  const int number =
      static_cast<int>(fake_.call(*task_, SYS_timerfd_create, {CLOCK_REALTIME, 0}).go());
  const std::uint64_t setting =
      fake_.put_values<itimerspec>({{{0, 0}, {kRealtimeBase.count() + 5, 0}}});
  fake_
      .call(*task_, SYS_timerfd_settime,
            {static_cast<std::uint64_t>(number), TFD_TIMER_ABSTIME, setting, 0})
      .go();
  EXPECT_EQ(fake_.machine().timers().back().due, 5s);
}

TEST_F(CounterTest, SignalsAreRead) {
  task_->mask = bit_of(SIGUSR1);
  const std::uint64_t set = fake_.put_values<SignalSet>({bit_of(SIGUSR1)});
  const int number = static_cast<int>(fake_.call(*task_, SYS_signalfd4, {~0U, set, 8, 0}).go());
  FakeCall read = fake_.reading(*task_, number, 2 * sizeof(signalfd_siginfo));
  EXPECT_FALSE(read.enabled());
  Task& child = fake_.fork(*task_);
  fake_.machine().begin_event(EventKind::kCall, child.id);
  fake_.machine().send_to_process(fake_.machine().process_of(*task_),
                                  {SIGUSR1, SI_USER, 42, 0, 0, fake_.machine().event_id()});
  fake_.machine().end_event("kill", 0);
  const EventId sent = fake_.last_event();
  EXPECT_TRUE(read.enabled());
  // The child reads its own signals with it: none.
  EXPECT_FALSE(fake_.reading(child, number, sizeof(signalfd_siginfo)).enabled());
  EXPECT_EQ(read.go(), static_cast<std::int64_t>(sizeof(signalfd_siginfo)));
  EXPECT_TRUE(fake_.after(fake_.last_event(), sent));
  EXPECT_EQ(fake_.machine().next_signal(*task_), std::nullopt);
}

TEST_F(CounterTest, ProcessDescriptorIsReadableAtItsEnd) {
  Task& child = fake_.fork(*task_);
  const Process& process = fake_.machine().process_of(child);
  const int number = static_cast<int>(
      fake_.call(*task_, SYS_pidfd_open, {static_cast<std::uint64_t>(process.number), 0}).go());
  EXPECT_EQ(process_named(fake_.machine(), *task_, number), &process);
  const auto description = fake_.machine().descriptors(*task_).find(number);
  EXPECT_EQ(description->ready(fake_.machine()), 0);
  fake_.end(child);
  EXPECT_NE(description->ready(fake_.machine()) & POLLIN, 0);
  EXPECT_EQ(fake_.call(*task_, SYS_pidfd_open, {31337, 0}).go(), -ESRCH);
}

}  // namespace
}  // namespace ipcgrade::testing
