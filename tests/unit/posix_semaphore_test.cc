#include "ipc/posix_semaphore.h"

#include <gtest/gtest.h>
#include <semaphore.h>

#include "ipc/mapping.h"
#include "runtime/hypercall.h"
#include "support/fake_machine.h"

namespace ipcgrade::testing {
namespace {

constexpr std::uint64_t kShared = 0x7f0000000000;
constexpr std::uint64_t kAt = kShared + 32;

class PosixSemaphoreTest : public ::testing::Test {
 protected:
  PosixSemaphoreTest() {
    SharedMemory& memory = fake_.share(a_, kShared, 4096);
    memory.rename("the segment with key 5678");
    fake_.map(b_, kShared, memory);
    fake_.map(c_, kShared, memory);
  }
  FakeCall call(Task& task, int what, std::uint64_t at = kAt, std::uint64_t until = 0,
                std::uint64_t clock = 0) {
    return fake_.call(task, kPosixSemaphoreMechanism, kHypercall,
                      {static_cast<std::uint64_t>(what), at, until, clock});
  }
  /// As sem_init() of glibc does it; `shared` is not 0 for several processes.
  void init(std::uint32_t value, std::uint32_t shared = 128) {
    fake_.machine().poke_value(a_, kAt, std::uint64_t{value});
    fake_.machine().poke_value(a_, kAt + 8, shared);
  }
  std::uint64_t word() { return *fake_.machine().peek_value<std::uint64_t>(a_, kAt); }
  [[nodiscard]] bool commute(FakeCall& one, FakeCall& other) {
    return !conflict(one.touches(), other.touches());
  }

  FakeMachine fake_;
  Task& a_ = fake_.start("a");
  Task& b_ = fake_.start("b");
  Task& c_ = fake_.start("c");
};

TEST_F(PosixSemaphoreTest, APostLetsOneThrough) {
  FakeCall wait = call(b_, IPCGRADE_SEM_WAIT);
  EXPECT_FALSE(wait.enabled());
  EXPECT_EQ(wait.text(), "sem_wait [semaphore at offset 32 of the segment with key 5678]");
  EXPECT_EQ(wait.waits_for(),
            "waits for the semaphore at offset 32 of the segment with key 5678 to rise above 0");
  EXPECT_EQ(call(a_, IPCGRADE_SEM_POST).go(), 0);
  const EventId post = fake_.last_event();
  EXPECT_EQ(word(), 1U);
  EXPECT_TRUE(wait.enabled());
  EXPECT_EQ(wait.go(), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), post));
  EXPECT_EQ(word(), 0U);
}

TEST_F(PosixSemaphoreTest, WhoSleepsAtAPrivateOneIsWokenByItsOwnProcessAlone) {
  init(0, 0);
  FakeCall sleeps = call(b_, IPCGRADE_SEM_WAIT);
  EXPECT_TRUE(sleeps.operation().queues());
  sleeps.begin_wait();
  call(a_, IPCGRADE_SEM_POST).go();
  EXPECT_FALSE(sleeps.enabled());
  EXPECT_EQ(
      sleeps.waits_for(),
      "sleeps at the semaphore at offset 32 of the segment with key 5678, where only its own "
      "process could wake it: its pshared is 0, since it was made for one process, or not yet "
      "made at all");
  EXPECT_TRUE(call(c_, IPCGRADE_SEM_WAIT).enabled());
  call(b_, IPCGRADE_SEM_POST).go();
  EXPECT_EQ(sleeps.go(), 0);
}

TEST_F(PosixSemaphoreTest, OnlyThePostThatIsNeededComesBefore) {
  init(1);
  call(a_, IPCGRADE_SEM_POST).go();
  const EventId post = fake_.last_event();
  call(b_, IPCGRADE_SEM_WAIT).go();
  EXPECT_FALSE(fake_.after(fake_.last_event(), post));
  call(b_, IPCGRADE_SEM_WAIT).go();
  EXPECT_TRUE(fake_.after(fake_.last_event(), post));
}

TEST_F(PosixSemaphoreTest, InitialValueMayBeReset) {
  call(a_, IPCGRADE_SEM_POST).go();
  const EventId post = fake_.last_event();
  init(0);
  EXPECT_FALSE(call(b_, IPCGRADE_SEM_WAIT).enabled());
  init(1);
  call(b_, IPCGRADE_SEM_WAIT).go();
  EXPECT_TRUE(fake_.after(fake_.last_event(), post));  // for all that is known
}

TEST_F(PosixSemaphoreTest, TriesLooksAndOverflows) {
  EXPECT_EQ(call(b_, IPCGRADE_SEM_TRYWAIT).go(), -EAGAIN);
  init(SEM_VALUE_MAX);
  EXPECT_EQ(call(a_, IPCGRADE_SEM_POST).go(), -EOVERFLOW);
  EXPECT_EQ(call(a_, IPCGRADE_SEM_TRYWAIT).go(), 0);
  EXPECT_EQ(call(b_, IPCGRADE_SEM_GETVALUE).go(), SEM_VALUE_MAX - 1);
  EXPECT_TRUE(fake_.after(fake_.last_event(), fake_.last_event() - 1));
}

TEST_F(PosixSemaphoreTest, WaitersInTheUpperHalfStay) {
  fake_.machine().poke_value(a_, kAt, (std::uint64_t{3} << 32U) | 1U);
  EXPECT_EQ(call(a_, IPCGRADE_SEM_WAIT).go(), 0);
  EXPECT_EQ(word(), std::uint64_t{3} << 32U);
}

TEST_F(PosixSemaphoreTest, TimesOut) {
  const auto until = fake_.put_values<timespec>({{1'700'000'005, 0}});
  FakeCall wait = call(b_, IPCGRADE_SEM_WAIT, kAt, until, CLOCK_REALTIME);
  EXPECT_EQ(wait.operation().deadline(), std::chrono::seconds(5));
  EXPECT_EQ(wait.operation().interruption(), Interruption::kFails);
  EXPECT_EQ(wait.time_out(), -ETIMEDOUT);
  EXPECT_EQ(call(b_, IPCGRADE_SEM_WAIT).operation().interruption(), Interruption::kRestarts);
  const auto wrong = fake_.put_values<timespec>({{5, 1'000'000'000}});
  EXPECT_EQ(call(b_, IPCGRADE_SEM_WAIT, kAt, wrong).go(), -EINVAL);
  const auto past = fake_.put_values<timespec>({{-5, 0}});
  EXPECT_LT(*call(b_, IPCGRADE_SEM_WAIT, kAt, past).operation().deadline(), VirtualTime{});
}

TEST_F(PosixSemaphoreTest, WhatCommutes) {
  FakeCall post = call(a_, IPCGRADE_SEM_POST), post_too = call(b_, IPCGRADE_SEM_POST);
  FakeCall wait = call(a_, IPCGRADE_SEM_WAIT), wait_too = call(b_, IPCGRADE_SEM_WAIT);
  FakeCall other = call(a_, IPCGRADE_SEM_WAIT, kAt + 32);
  FakeCall look = call(c_, IPCGRADE_SEM_GETVALUE), look_too = call(b_, IPCGRADE_SEM_GETVALUE);
  EXPECT_TRUE(commute(post, post_too));
  EXPECT_FALSE(commute(post, wait));
  EXPECT_FALSE(commute(wait, wait_too));
  EXPECT_TRUE(commute(wait, other));
  EXPECT_TRUE(commute(look, look_too));
  EXPECT_FALSE(commute(look, post));
  // What the program writes there, or sem_init does for it, commutes with none.
  const ObjectId memory = fake_.machine().mapping_at(a_, kAt)->object;
  const Touch init[] = {writes(memory, 32, 64)};
  EXPECT_TRUE(conflict(post.touches(), init));
  EXPECT_FALSE(conflict(other.touches(), init));
}

TEST_F(PosixSemaphoreTest, WhatNobodyElseSeesIsNoDecision) {
  const auto at = fake_.room(32);
  EXPECT_TRUE(call(a_, IPCGRADE_SEM_POST, at).touches().empty());
  EXPECT_FALSE(call(a_, IPCGRADE_SEM_WAIT, at).touches().empty());  // it waits
  fake_.thread(a_);
  EXPECT_FALSE(call(a_, IPCGRADE_SEM_POST, at).touches().empty());
}

TEST_F(PosixSemaphoreTest, ANamedOneIsToldByItsName) {
  fake_.machine().object(fake_.machine().mapping_at(a_, kAt)->object).rename("/dev/shm/sem.ready");
  EXPECT_EQ(call(b_, IPCGRADE_SEM_POST, kShared).text(), "sem_post [semaphore /ready]");
}

}  // namespace
}  // namespace ipcgrade::testing
