// Reader-writer locks, barriers, spin locks.
#include <gtest/gtest.h>
#include <pthread.h>

#include "ipc/barrier.h"
#include "ipc/library_object.h"
#include "ipc/rwlock.h"
#include "ipc/spin_lock.h"
#include "runtime/hypercall.h"
#include "support/fake_machine.h"

namespace ipcgrade::testing {
namespace {

constexpr std::uint64_t kShared = 0x7f0000000000;

class PthreadLockTest : public ::testing::Test {
 protected:
  PthreadLockTest() {
    SharedMemory& memory = fake_.share(a_, kShared, 4096);
    memory.rename("the segment");
    fake_.map(b_, kShared, memory);
    fake_.map(c_, kShared, memory);
  }
  FakeCall call(const Mechanism& mechanism, Task& task, int what, std::uint64_t second = 0) {
    return fake_.call(task, mechanism, kHypercall,
                      {static_cast<std::uint64_t>(what), kShared, second});
  }
  FakeCall rw(Task& task, int what, std::uint64_t until = 0) {
    return call(kRwlockMechanism, task, what, until);
  }
  FakeCall barrier(Task& task) { return call(kBarrierMechanism, task, IPCGRADE_BARRIER_WAIT); }
  FakeCall spin(Task& task, int what) { return call(kSpinLockMechanism, task, what); }
  void init_barrier(std::uint32_t count) {
    constexpr std::uint32_t kFutexShared = 128;  // made with PTHREAD_PROCESS_SHARED
    fake_.machine().poke_value(a_, kShared + 8, count);
    fake_.machine().poke_value(a_, kShared + 12, kFutexShared);
    EXPECT_EQ(call(kBarrierMechanism, a_, IPCGRADE_BARRIER_INIT, count).go(), 0);
  }
  [[nodiscard]] bool commute(FakeCall& one, FakeCall& other) {
    return !conflict(one.touches(), other.touches());
  }

  FakeMachine fake_;
  Task& a_ = fake_.start("a");
  Task& b_ = fake_.start("b");
  Task& c_ = fake_.start("c");
};

TEST_F(PthreadLockTest, ReadersTogetherWritersAlone) {
  EXPECT_EQ(rw(a_, IPCGRADE_RWLOCK_RDLOCK).go(), 0);
  EXPECT_EQ(rw(b_, IPCGRADE_RWLOCK_RDLOCK).go(), 0);
  FakeCall write = rw(c_, IPCGRADE_RWLOCK_WRLOCK);
  EXPECT_FALSE(write.enabled());
  EXPECT_EQ(write.waits_for(),
            "waits for the reader-writer lock at offset 0 of the segment, held by a and b");
  EXPECT_EQ(rw(c_, IPCGRADE_RWLOCK_TRYWRLOCK).go(), -EBUSY);
  rw(a_, IPCGRADE_RWLOCK_UNLOCK).go();
  const EventId first = fake_.last_event();
  EXPECT_FALSE(write.enabled());
  rw(b_, IPCGRADE_RWLOCK_UNLOCK).go();
  const EventId second = fake_.last_event();
  EXPECT_EQ(write.go(), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), first));
  EXPECT_TRUE(fake_.after(fake_.last_event(), second));
  EXPECT_EQ(rw(c_, IPCGRADE_RWLOCK_RDLOCK).go(), -EDEADLK);
  EXPECT_EQ(rw(c_, IPCGRADE_RWLOCK_WRLOCK).go(), -EDEADLK);
  EXPECT_EQ(rw(c_, IPCGRADE_RWLOCK_TRYRDLOCK).go(), -EBUSY);
  FakeCall read = rw(a_, IPCGRADE_RWLOCK_RDLOCK);
  EXPECT_FALSE(read.enabled());
  EXPECT_EQ(read.operation().suppliers(fake_.machine(), a_), std::vector{c_.id});
  EXPECT_EQ(holdings(fake_.machine(), c_.id).size(), 1U);
  rw(c_, IPCGRADE_RWLOCK_UNLOCK).go();
  const EventId third = fake_.last_event();
  EXPECT_EQ(read.go(), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), third));
  EXPECT_FALSE(fake_.after(fake_.last_event(), first));
}

TEST_F(PthreadLockTest, RwlocksCommuteAsReaders) {
  FakeCall read = rw(a_, IPCGRADE_RWLOCK_RDLOCK), read_too = rw(b_, IPCGRADE_RWLOCK_RDLOCK);
  FakeCall write = rw(c_, IPCGRADE_RWLOCK_WRLOCK);
  EXPECT_TRUE(commute(read, read_too));
  EXPECT_FALSE(commute(read, write));
  read.go();
  read_too.go();
  FakeCall leave = rw(a_, IPCGRADE_RWLOCK_UNLOCK), leave_too = rw(b_, IPCGRADE_RWLOCK_UNLOCK);
  EXPECT_TRUE(commute(leave, leave_too));
  EXPECT_FALSE(commute(leave, write));
  const auto until = fake_.put_values<timespec>({{1'700'000'001, 0}});
  FakeCall timed = rw(c_, IPCGRADE_RWLOCK_WRLOCK, until);
  EXPECT_EQ(timed.operation().deadline(), std::chrono::seconds(1));
  EXPECT_EQ(timed.time_out(), -ETIMEDOUT);
}

TEST_F(PthreadLockTest, EverybodyLeavesABarrierAfterAllArrivals) {
  init_barrier(3);
  FakeCall first = barrier(a_), second = barrier(b_), third = barrier(c_);
  EXPECT_TRUE(commute(first, second));
  EXPECT_TRUE(commute(second, third));
  EXPECT_FALSE(third.enabled());
  third.begin_wait();
  const EventId one = fake_.last_event();
  EXPECT_EQ(third.waits_for(), "waits at the barrier at offset 0 of the segment for 2 more");
  EXPECT_EQ(third.operation().suppliers(fake_.machine(), c_), (std::vector{a_.id, b_.id}));
  EXPECT_FALSE(second.enabled());
  second.begin_wait();
  const EventId two = fake_.last_event();
  EXPECT_EQ(call(kBarrierMechanism, a_, IPCGRADE_BARRIER_DESTROY).go(), -EBUSY);
  EXPECT_TRUE(first.enabled());
  EXPECT_FALSE(second.enabled());
  EXPECT_EQ(first.go(), IPCGRADE_BARRIER_SERIAL);
  const EventId three = fake_.last_event();
  EXPECT_TRUE(fake_.after(three, one));
  EXPECT_TRUE(fake_.after(three, two));
  // The next round may begin before everybody has left this one.
  FakeCall again = barrier(a_);
  again.begin_wait();
  EXPECT_TRUE(second.enabled());
  EXPECT_EQ(second.go(), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), three));
  EXPECT_TRUE(fake_.after(fake_.last_event(), one));
  EXPECT_EQ(third.go(), 0);
  EXPECT_FALSE(again.enabled());
  EXPECT_EQ(call(kBarrierMechanism, a_, IPCGRADE_BARRIER_DESTROY).go(), -EBUSY);
}

TEST_F(PthreadLockTest, MoreThanABarrierTakes) {
  init_barrier(2);
  FakeCall first = barrier(a_), second = barrier(b_), third = barrier(c_);
  EXPECT_TRUE(commute(first, second));
  EXPECT_FALSE(commute(first, third));
  EXPECT_FALSE(commute(second, third));
}

TEST_F(PthreadLockTest, ABarrierOfOneProcessLetsNobodyGoInAnother) {
  init_barrier(2);
  fake_.machine().poke_value<std::uint32_t>(a_, kShared + 12, 0);
  FakeCall first = barrier(a_), second = barrier(b_);
  first.begin_wait();
  EXPECT_EQ(second.go(), IPCGRADE_BARRIER_SERIAL);
  EXPECT_FALSE(first.enabled());
  EXPECT_NE(first.waits_for().find("pshared is 0"), std::string::npos) << first.waits_for();
}

TEST_F(PthreadLockTest, AfterAHandlerTheArrivalCountsOnce) {
  init_barrier(2);
  FakeCall first = barrier(a_);
  first.begin_wait();
  FakeCall again = barrier(a_);
  EXPECT_FALSE(again.enabled());
  again.begin_wait();
  EXPECT_FALSE(again.enabled());
  EXPECT_EQ(barrier(b_).go(), 0);
  EXPECT_EQ(again.go(), IPCGRADE_BARRIER_SERIAL);
}

TEST_F(PthreadLockTest, SpinLocksWaitWithoutSpinning) {
  fake_.machine().poke_value<std::int32_t>(a_, kShared, 1);
  EXPECT_EQ(spin(a_, IPCGRADE_SPIN_LOCK).go(), 0);
  FakeCall next = spin(b_, IPCGRADE_SPIN_LOCK);
  EXPECT_FALSE(next.enabled());
  EXPECT_EQ(next.waits_for(), "waits for the spin lock at offset 0 of the segment, held by a");
  EXPECT_EQ(spin(b_, IPCGRADE_SPIN_TRYLOCK).go(), -EBUSY);
  EXPECT_EQ(spin(a_, IPCGRADE_SPIN_UNLOCK).go(), 0);
  const EventId unlocked = fake_.last_event();
  EXPECT_EQ(next.go(), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), unlocked));
}

}  // namespace
}  // namespace ipcgrade::testing
