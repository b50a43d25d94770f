#include "ipc/futex.h"

#include <gtest/gtest.h>
#include <linux/futex.h>
#include <sys/syscall.h>

#include "support/fake_machine.h"

namespace ipcgrade::testing {
namespace {

constexpr std::uint64_t kShared = 0x7f0000000000;
constexpr std::uint64_t kAt = kShared + 8;
constexpr std::uint64_t kOther = kShared + 16;

class FutexTest : public ::testing::Test {
 protected:
  FutexTest() {
    SharedMemory& memory = fake_.share(a_, kShared, 4096);
    memory.rename("the segment with key 5678");
    fake_.map(b_, kShared, memory);
    fake_.map(c_, kShared + 4096, memory);  // the same futex elsewhere
    memory_ = memory.id();
  }
  FakeCall futex(Task& task, std::uint64_t at, int what, std::uint64_t value = 0,
                 std::uint64_t fourth = 0, std::uint64_t fifth = 0, std::uint64_t sixth = 0) {
    return fake_.call(task, kFutexMechanism, SYS_futex,
                      {at, static_cast<std::uint64_t>(what), value, fourth, fifth, sixth});
  }
  FakeCall waiting(Task& task, std::uint64_t at = kAt, int what = FUTEX_WAIT) {
    FakeCall call = futex(task, at, what, 0);
    EXPECT_FALSE(call.enabled());
    call.begin_wait();
    return call;
  }
  void set(std::uint32_t value, std::uint64_t at = kAt) {
    fake_.machine().poke_value(a_, at, value);
  }

  FakeMachine fake_;
  ObjectId memory_ = kNoObject;
  Task& a_ = fake_.start("a");
  Task& b_ = fake_.start("b");
  Task& c_ = fake_.start("c");
};

TEST_F(FutexTest, WaitsOnlyAtTheExpectedValue) {
  set(1);
  FakeCall call = futex(b_, kAt, FUTEX_WAIT, 0);
  EXPECT_TRUE(call.enabled());
  EXPECT_EQ(call.go(), -EAGAIN);
  EXPECT_EQ(fake_.trace().events.back().order, AccessOrder::kLibrary);
  EXPECT_EQ(futex(b_, kAt + 1, FUTEX_WAIT, 0).go(), -EINVAL);
  EXPECT_EQ(futex(b_, 8, FUTEX_WAIT, 0).go(), -EFAULT);
  // A write of the word does not commute with it; another look does.
  const Touch store[] = {writes(memory_, 8, 12)};
  EXPECT_TRUE(conflict(call.touches(), store));
}

TEST_F(FutexTest, AWakeLetsOneReturn) {
  FakeCall wait = waiting(c_, kAt + 4096);
  EXPECT_TRUE(wait.operation().queues());
  EXPECT_EQ(wait.text(), "futex(offset 8 of the segment with key 5678, FUTEX_WAIT, 0)");
  set(1);
  EXPECT_FALSE(wait.enabled());
  EXPECT_EQ(futex(a_, kAt, FUTEX_WAKE, 1).go(), 1);
  const EventId wake = fake_.last_event();
  EXPECT_TRUE(wait.enabled());
  EXPECT_EQ(wait.go(), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), wake));
}

TEST_F(FutexTest, AWakeIsForAnyOfThoseThatWaited) {
  FakeCall first = waiting(b_), second = waiting(c_, kAt + 4096);
  EXPECT_EQ(futex(a_, kAt, FUTEX_WAKE, 1).go(), 1);
  EXPECT_TRUE(first.enabled());
  EXPECT_TRUE(second.enabled());
  EXPECT_EQ(second.go(), 0);
  EXPECT_FALSE(first.enabled());
  EXPECT_EQ(futex(a_, kAt, FUTEX_WAKE, 5).go(), 1);
  EXPECT_EQ(futex(a_, kAt, FUTEX_WAKE, 5).go(), 0);
  EXPECT_EQ(first.go(), 0);
}

TEST_F(FutexTest, ALaterOneDoesNotTakeAnEarlierWake) {
  FakeCall first = waiting(b_);
  futex(a_, kAt, FUTEX_WAKE, 1).go();
  FakeCall second = waiting(c_, kAt + 4096);
  EXPECT_FALSE(second.enabled());
  EXPECT_EQ(futex(a_, kAt, FUTEX_WAKE, 1).go(), 1);
  EXPECT_TRUE(second.enabled());
  EXPECT_EQ(first.go(), 0);
  EXPECT_EQ(second.go(), 0);
}

TEST_F(FutexTest, ALostWake) {
  EXPECT_EQ(futex(a_, kAt, FUTEX_WAKE, 1).go(), 0);
  FakeCall wait = waiting(b_);
  EXPECT_TRUE(wait.operation().missed(fake_.machine(), b_));
  futex(a_, kAt, FUTEX_WAKE, 1).go();
  EXPECT_FALSE(wait.operation().missed(fake_.machine(), b_));
}

TEST_F(FutexTest, ItsOwnWakeIsNotWhatItWaitsFor) {
  EXPECT_EQ(futex(b_, kAt, FUTEX_WAKE, 1).go(), 0);
  FakeCall wait = waiting(b_);
  EXPECT_FALSE(wait.operation().missed(fake_.machine(), b_));
}

TEST_F(FutexTest, PrivateOnesWakeNobodyElsewhere) {
  FakeCall wait = waiting(b_, kAt, FUTEX_WAIT | FUTEX_PRIVATE_FLAG);
  EXPECT_EQ(wait.waits_for(),
            "sleeps at the futex at offset 8 of the segment with key 5678, where only its own "
            "process could wake it: it waits with FUTEX_PRIVATE_FLAG");
  EXPECT_EQ(futex(a_, kAt, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1).go(), 0);
  EXPECT_EQ(futex(b_, kAt, FUTEX_WAKE, 1).go(), 0);
  Task& thread = fake_.thread(b_);
  EXPECT_EQ(futex(thread, kAt, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1).go(), 1);
  EXPECT_EQ(wait.go(), 0);
}

TEST_F(FutexTest, TimesOutUnlessItWasWoken) {
  const auto timeout = fake_.put_values<timespec>({{2, 0}});
  FakeCall wait = futex(b_, kAt, FUTEX_WAIT, 0, timeout);
  EXPECT_EQ(wait.operation().deadline(), std::chrono::seconds(2));
  EXPECT_EQ(wait.operation().interruption(), Interruption::kFails);
  wait.begin_wait();
  FakeCall other = waiting(c_, kAt + 4096);
  futex(a_, kAt, FUTEX_WAKE, 1).go();
  // The wake can still be for the other one.
  EXPECT_EQ(wait.time_out(), -ETIMEDOUT);
  EXPECT_EQ(other.time_out(), 0);

  const auto until = fake_.put_values<timespec>({{1003, 0}});
  FakeCall absolute = futex(b_, kAt, FUTEX_WAIT_BITSET, 0, until, 0, 1);
  EXPECT_EQ(absolute.operation().deadline(), std::chrono::seconds(3));
  EXPECT_EQ(waiting(a_).interrupt(), -EINTR);
}

TEST_F(FutexTest, Bitsets) {
  FakeCall wait = futex(b_, kAt, FUTEX_WAIT_BITSET, 0, 0, 0, 2);
  wait.begin_wait();
  EXPECT_EQ(futex(a_, kAt, FUTEX_WAKE_BITSET, 1, 0, 0, 1).go(), 0);
  EXPECT_EQ(futex(a_, kAt, FUTEX_WAKE_BITSET, 1, 0, 0, 0).go(), -EINVAL);
  EXPECT_EQ(futex(a_, kAt, FUTEX_WAKE_BITSET, 1, 0, 0, 3).go(), 1);
  EXPECT_EQ(wait.go(), 0);
}

TEST_F(FutexTest, Requeues) {
  FakeCall first = waiting(b_), second = waiting(c_, kAt + 4096);
  EXPECT_EQ(futex(a_, kAt, FUTEX_CMP_REQUEUE, 1, 9, kOther, 7).go(), -EAGAIN);
  EXPECT_EQ(futex(a_, kAt, FUTEX_CMP_REQUEUE, 1, 9, kOther, 0).go(), 2);
  EXPECT_TRUE(first.enabled());
  EXPECT_EQ(first.go(), 0);
  set(1);
  EXPECT_FALSE(second.enabled());
  EXPECT_EQ(futex(a_, kAt, FUTEX_WAKE, 1).go(), 0);
  EXPECT_EQ(futex(a_, kOther, FUTEX_WAKE, 1).go(), 1);
  EXPECT_EQ(second.go(), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), fake_.last_event() - 1));
}

TEST_F(FutexTest, WakeOperation) {
  FakeCall first = waiting(b_), second = waiting(c_, kOther + 4096);
  set(5, kOther);
  const auto code = static_cast<std::uint64_t>(FUTEX_OP(FUTEX_OP_ADD, 2, FUTEX_OP_CMP_GT, 4));
  EXPECT_EQ(futex(a_, kAt, FUTEX_WAKE_OP, 1, 1, kOther, code).go(), 2);
  EXPECT_EQ(fake_.machine().peek_value<std::uint32_t>(a_, kOther), 7U);
  EXPECT_EQ(first.go(), 0);
  EXPECT_EQ(second.go(), 0);
  const auto never = static_cast<std::uint64_t>(FUTEX_OP(FUTEX_OP_SET, 0, FUTEX_OP_CMP_EQ, 4));
  EXPECT_EQ(futex(a_, kAt, FUTEX_WAKE_OP, 1, 1, kOther, never).go(), 0);
  EXPECT_EQ(fake_.machine().peek_value<std::uint32_t>(a_, kOther), 0U);
}

TEST_F(FutexTest, JoiningIsToldAsSuch) {
  Task& thread = fake_.thread(a_);
  const auto at = fake_.room(4);
  thread.clear_address = at;
  thread.name = "a's thread 1";
  FakeCall join = futex(a_, at, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0, 0, 0, ~0U);
  join.begin_wait();
  EXPECT_EQ(join.waits_for(), "waits for a's thread 1 to end");
  EXPECT_EQ(join.operation().suppliers(fake_.machine(), a_), std::vector{thread.id});
  const EventId end = fake_.machine().begin_event(EventKind::kExit, thread.id);
  futexes_of_ended_task(fake_.machine(), thread);
  fake_.machine().end_event("exit", 0);
  EXPECT_EQ(join.go(), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), end));
}

TEST_F(FutexTest, ALockWithPriorityInheritanceIsHandedOn) {
  a_.number = 1000;
  b_.number = 1001;
  c_.number = 1002;
  FakeCall first = futex(a_, kAt, FUTEX_LOCK_PI);
  EXPECT_EQ(first.step(), 0);
  FakeCall second = waiting(b_, kAt, FUTEX_LOCK_PI);
  EXPECT_EQ(futex(b_, kOther, FUTEX_TRYLOCK_PI).step(), 0) << "another one";
  EXPECT_EQ(futex(c_, kAt + 4096, FUTEX_TRYLOCK_PI).step(), -EAGAIN);
  EXPECT_EQ(futex(c_, kAt + 4096, FUTEX_UNLOCK_PI).step(), -EPERM);
  EXPECT_EQ(futex(a_, kAt, FUTEX_LOCK_PI).step(), -EDEADLK);
  EXPECT_EQ(futex(a_, kAt, FUTEX_UNLOCK_PI).step(), 0);
  EXPECT_EQ(futex(c_, kAt + 4096, FUTEX_TRYLOCK_PI).step(), -EAGAIN) << "it is the other's already";
  EXPECT_TRUE(second.enabled());
  EXPECT_EQ(second.step(), 0);
  EXPECT_EQ(futex(b_, kAt, FUTEX_UNLOCK_PI).step(), 0);
  EXPECT_EQ(futex(c_, kAt + 4096, FUTEX_TRYLOCK_PI).step(), 0);
}

TEST_F(FutexTest, WhatIsNotModelled) {
  EXPECT_FALSE(futex(a_, kAt, FUTEX_WAIT_REQUEUE_PI).step().value() < 0);
  EXPECT_EQ(fake_.last_effect.kind, Effect::Kind::kUnmodelled);
}

TEST_F(FutexTest, WhatCommutes) {
  FakeCall wait = futex(a_, kAt, FUTEX_WAIT, 0), wake = futex(b_, kAt, FUTEX_WAKE, 1);
  FakeCall wake_too = futex(c_, kAt + 4096, FUTEX_WAKE, 1);
  FakeCall other = futex(c_, kOther + 4096, FUTEX_WAKE, 1);
  EXPECT_TRUE(conflict(wait.touches(), wake.touches()));
  EXPECT_TRUE(conflict(wake.touches(), wake_too.touches()));
  EXPECT_FALSE(conflict(wake.touches(), other.touches()));
  EXPECT_FALSE(conflict(wait.touches(), other.touches()));
}

}  // namespace
}  // namespace ipcgrade::testing
