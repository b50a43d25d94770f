// Mutexes and condition variables.
#include <gtest/gtest.h>
#include <pthread.h>

#include "ipc/condition.h"
#include "ipc/library_object.h"
#include "ipc/mutex.h"
#include "runtime/hypercall.h"
#include "support/fake_machine.h"

namespace ipcgrade::testing {
namespace {

constexpr std::uint64_t kShared = 0x7f0000000000;
constexpr std::uint64_t kMutex = kShared;
constexpr std::uint64_t kCondition = kShared + 64;
constexpr int kForProcesses = 128;  // PTHREAD_MUTEX_PSHARED_BIT

class PthreadMutexTest : public ::testing::Test {
 protected:
  PthreadMutexTest() {
    SharedMemory& memory = fake_.share(a_, kShared, 4096);
    memory.rename("the segment with key 5678");
    fake_.map(b_, kShared, memory);
    fake_.map(c_, kShared, memory);
    kind(kForProcesses);
    made_for(1);
  }
  /// A word of the condition variable: 1 for several processes, 2 with the monotonic clock.
  void made_for(std::uint32_t bits) {
    constexpr std::uint64_t kWrefs = 36;
    fake_.machine().poke_value<std::uint32_t>(a_, kCondition + kWrefs, bits);
  }
  FakeCall mutex(Task& task, int what, std::uint64_t until = 0, std::uint64_t clock = 0) {
    return fake_.call(task, kMutexMechanism, kHypercall,
                      {static_cast<std::uint64_t>(what), kMutex, until, clock});
  }
  FakeCall lock(Task& task) { return mutex(task, IPCGRADE_MUTEX_LOCK); }
  FakeCall unlock(Task& task) { return mutex(task, IPCGRADE_MUTEX_UNLOCK); }
  FakeCall try_lock(Task& task) { return mutex(task, IPCGRADE_MUTEX_TRYLOCK); }
  FakeCall wait(Task& task, std::uint64_t until = 0) {
    return fake_.call(task, kConditionMechanism, kHypercall,
                      {IPCGRADE_COND_WAIT, kCondition, kMutex, until, ~0ULL});
  }
  FakeCall signal(Task& task, int what = IPCGRADE_COND_SIGNAL) {
    return fake_.call(task, kConditionMechanism, kHypercall,
                      {static_cast<std::uint64_t>(what), kCondition});
  }
  FakeCall waiting(Task& task, std::uint64_t until = 0) {
    EXPECT_EQ(lock(task).go(), 0);
    FakeCall call = wait(task, until);
    EXPECT_FALSE(call.enabled());
    EXPECT_TRUE(call.operation().queues());
    call.begin_wait();
    return call;
  }
  /// As glibc's pthread_mutex_init leaves it.
  void kind(int kind) {
    pthread_mutex_t made{};
    made.__data.__kind = kind;
    fake_.machine().poke_value(a_, kMutex, made);
  }
  pthread_mutex_t words() { return *fake_.machine().peek_value<pthread_mutex_t>(a_, kMutex); }
  EventId end(Task& task) {
    const EventId event = fake_.machine().begin_event(EventKind::kExit, task.id);
    mutexes_of_ended_task(fake_.machine(), task);
    conditions_of_ended_task(fake_.machine(), task);
    task.state = TaskState::kEnded;
    fake_.machine().end_event("exit", 0);
    return event;
  }

  FakeMachine fake_;
  Task& a_ = fake_.start("a");
  Task& b_ = fake_.start("b");
  Task& c_ = fake_.start("c");
};

TEST_F(PthreadMutexTest, UnlockingLetsTheNextLock) {
  EXPECT_EQ(lock(a_).go(), 0);
  EXPECT_EQ(words().__data.__lock, 1);
  EXPECT_EQ(words().__data.__owner, a_.number);
  EXPECT_EQ(words().__data.__nusers, 1U);
  EXPECT_EQ(holdings(fake_.machine(), a_.id),
            (std::vector<std::string>{"the mutex at offset 0 of the segment with key 5678"}));
  FakeCall next = lock(b_);
  EXPECT_FALSE(next.enabled());
  EXPECT_EQ(next.text(), "pthread_mutex_lock [mutex at offset 0 of the segment with key 5678]");
  EXPECT_EQ(next.waits_for(),
            "waits for the mutex at offset 0 of the segment with key 5678, held by a");
  EXPECT_EQ(next.operation().suppliers(fake_.machine(), b_), std::vector{a_.id});
  EXPECT_EQ(try_lock(b_).go(), -EBUSY);
  EXPECT_EQ(unlock(a_).go(), 0);
  const EventId unlocked = fake_.last_event();
  EXPECT_TRUE(holdings(fake_.machine(), a_.id).empty());
  EXPECT_EQ(next.go(), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), unlocked));
}

TEST_F(PthreadMutexTest, ANormalOneWaitsForItself) {
  lock(a_).go();
  FakeCall again = lock(a_);
  EXPECT_FALSE(again.enabled());
  EXPECT_EQ(again.waits_for(),
            "waits for the mutex at offset 0 of the segment with key 5678, held by itself");
}

TEST_F(PthreadMutexTest, AnOwnerThatEndedIsTold) {
  lock(a_).go();
  end(a_);
  FakeCall next = lock(b_);
  EXPECT_FALSE(next.enabled());
  EXPECT_EQ(next.waits_for(),
            "waits for the mutex at offset 0 of the segment with key 5678, held by a, which has "
            "ended");
}

TEST_F(PthreadMutexTest, Recursive) {
  kind(PTHREAD_MUTEX_RECURSIVE);
  EXPECT_EQ(lock(a_).go(), 0);
  EXPECT_EQ(lock(a_).go(), 0);
  EXPECT_EQ(try_lock(a_).go(), 0);
  EXPECT_EQ(words().__data.__count, 3U);
  EXPECT_EQ(unlock(b_).go(), -EPERM);
  EXPECT_EQ(unlock(a_).go(), 0);
  EXPECT_EQ(unlock(a_).go(), 0);
  EXPECT_FALSE(lock(b_).enabled());
  EXPECT_EQ(unlock(a_).go(), 0);
  EXPECT_TRUE(lock(b_).enabled());
  EXPECT_EQ(unlock(a_).go(), -EPERM);
}

TEST_F(PthreadMutexTest, ErrorChecking) {
  kind(PTHREAD_MUTEX_ERRORCHECK);
  EXPECT_EQ(unlock(a_).go(), -EPERM);
  EXPECT_EQ(lock(a_).go(), 0);
  EXPECT_EQ(lock(a_).go(), -EDEADLK);
  EXPECT_EQ(try_lock(a_).go(), -EBUSY);
  EXPECT_EQ(unlock(b_).go(), -EPERM);
  EXPECT_EQ(wait(b_).go(), -EPERM);
  EXPECT_EQ(unlock(a_).go(), 0);
}

TEST_F(PthreadMutexTest, RobustOnesAreMadeConsistent) {
  kind(16 | 128);
  EXPECT_EQ(lock(a_).go(), 0);
  EXPECT_EQ(words().__data.__lock, a_.number);
  FakeCall next = lock(b_);
  EXPECT_FALSE(next.enabled());
  const EventId died = end(a_);
  EXPECT_TRUE(next.enabled());
  EXPECT_EQ(next.go(), -EOWNERDEAD);
  EXPECT_TRUE(fake_.after(fake_.last_event(), died));
  EXPECT_FALSE(lock(c_).enabled());
  EXPECT_EQ(mutex(b_, IPCGRADE_MUTEX_CONSISTENT).go(), 0);
  EXPECT_EQ(mutex(b_, IPCGRADE_MUTEX_CONSISTENT).go(), -EINVAL);
  EXPECT_EQ(unlock(b_).go(), 0);
  EXPECT_EQ(lock(c_).go(), 0);
}

TEST_F(PthreadMutexTest, OrAreLost) {
  kind(16);
  lock(a_).go();
  end(a_);
  EXPECT_EQ(try_lock(b_).go(), -EOWNERDEAD);
  EXPECT_EQ(unlock(c_).go(), -EPERM);
  EXPECT_EQ(unlock(b_).go(), 0);
  EXPECT_EQ(lock(c_).go(), -ENOTRECOVERABLE);
  EXPECT_EQ(try_lock(b_).go(), -ENOTRECOVERABLE);
}

TEST_F(PthreadMutexTest, ALockTimesOut) {
  const auto until = fake_.put_values<timespec>({{1'700'000'002, 0}});
  const auto wrong = fake_.put_values<timespec>({{1, -1}});
  EXPECT_EQ(mutex(a_, IPCGRADE_MUTEX_LOCK, wrong).go(), 0);  // it need not wait
  EXPECT_EQ(mutex(b_, IPCGRADE_MUTEX_LOCK, wrong).go(), -EINVAL);
  FakeCall next = mutex(b_, IPCGRADE_MUTEX_LOCK, until, CLOCK_REALTIME);
  EXPECT_FALSE(next.enabled());
  EXPECT_EQ(next.operation().deadline(), std::chrono::seconds(2));
  EXPECT_EQ(next.time_out(), -ETIMEDOUT);
}

TEST_F(PthreadMutexTest, AWaitGivesTheMutexBackAndTakesIt) {
  FakeCall waits = waiting(a_);
  const EventId began = fake_.last_event();
  EXPECT_EQ(lock(b_).go(), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), began));
  EXPECT_EQ(waits.waits_for(),
            "waits for a signal at the condition variable at offset 64 of the segment with key "
            "5678");
  EXPECT_EQ(signal(b_).go(), 0);
  const EventId signalled = fake_.last_event();
  EXPECT_FALSE(waits.enabled());
  EXPECT_EQ(waits.waits_for(),
            "was woken and waits for the mutex at offset 0 of the segment with key 5678, held by "
            "b");
  EXPECT_EQ(waits.operation().suppliers(fake_.machine(), a_), std::vector{b_.id});
  EXPECT_EQ(unlock(b_).go(), 0);
  const EventId unlocked = fake_.last_event();
  EXPECT_EQ(waits.go(), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), signalled));
  EXPECT_TRUE(fake_.after(fake_.last_event(), unlocked));
  EXPECT_EQ(words().__data.__owner, a_.number);
}

TEST_F(PthreadMutexTest, ASignalIsForAnyOfThoseThatWait) {
  FakeCall first = waiting(a_), second = waiting(b_);
  signal(c_).go();
  EXPECT_TRUE(first.enabled());
  EXPECT_TRUE(second.enabled());
  EXPECT_EQ(second.go(), 0);
  EXPECT_EQ(unlock(b_).go(), 0);
  EXPECT_FALSE(first.enabled());
  signal(c_, IPCGRADE_COND_BROADCAST).go();
  EXPECT_EQ(first.go(), 0);
}

TEST_F(PthreadMutexTest, ABroadcastIsForAll) {
  FakeCall first = waiting(a_), second = waiting(b_);
  signal(c_, IPCGRADE_COND_BROADCAST).go();
  EXPECT_EQ(first.go(), 0);
  EXPECT_FALSE(second.enabled());
  unlock(a_).go();
  EXPECT_EQ(second.go(), 0);
}

TEST_F(PthreadMutexTest, ASignalBeforeTheWaitIsLost) {
  signal(b_).go();
  FakeCall waits = waiting(a_);
  EXPECT_FALSE(waits.enabled());
  EXPECT_TRUE(waits.operation().missed(fake_.machine(), a_));
}

TEST_F(PthreadMutexTest, ATimedWaitTakesTheMutexAgain) {
  const auto until = fake_.put_values<timespec>({{1'700'000'002, 0}});
  FakeCall waits = waiting(a_, until);
  EXPECT_EQ(waits.operation().deadline(), std::chrono::seconds(2));
  EXPECT_EQ(lock(b_).go(), 0);
  EXPECT_EQ(waits.time_out(), Operation::kGoesOn);
  EXPECT_EQ(waits.operation().deadline(), std::nullopt);
  EXPECT_FALSE(waits.enabled());
  unlock(b_).go();
  EXPECT_EQ(waits.go(), -ETIMEDOUT);
  unlock(a_).go();
  FakeCall free = waiting(a_, until);
  EXPECT_EQ(free.time_out(), -ETIMEDOUT);
  EXPECT_EQ(words().__data.__owner, a_.number);
  unlock(a_).go();
  // A signal that can only be its own is not lost.
  FakeCall woken = waiting(a_, until);
  signal(b_).go();
  EXPECT_EQ(woken.time_out(), 0);
}

TEST_F(PthreadMutexTest, AfterAHandlerTheWaitGoesOn) {
  FakeCall waits = waiting(a_);
  FakeCall again = wait(a_);  // the same call, entered once more
  EXPECT_FALSE(again.enabled());
  again.begin_wait();
  signal(b_).go();
  EXPECT_EQ(again.go(), 0);
}

TEST_F(PthreadMutexTest, WhoEndsWaitsNoMore) {
  FakeCall gone = waiting(a_);
  end(a_);
  FakeCall waits = waiting(b_);
  signal(c_).go();
  EXPECT_EQ(waits.go(), 0);
}

TEST_F(PthreadMutexTest, TheConditionsOwnClock) {
  made_for(1 | 2);
  const auto until = fake_.put_values<timespec>({{1'002, 0}});
  EXPECT_EQ(waiting(a_, until).operation().deadline(), std::chrono::seconds(2));
}

TEST_F(PthreadMutexTest, AWaitThatHasNotBegunIsNeverTooLate) {
  const auto until = fake_.put_values<timespec>({{1'700'000'002, 0}});
  lock(a_).go();
  FakeCall waits = wait(a_, until);
  EXPECT_EQ(waits.operation().deadline(), std::nullopt);
  waits.begin_wait();
  EXPECT_EQ(waits.operation().deadline(), std::chrono::seconds(2));
}

TEST_F(PthreadMutexTest, WhoSleepsAtAPrivateMutexIsWokenByItsOwnProcessAlone) {
  kind(0);
  lock(a_).go();
  FakeCall sleeps = lock(b_);
  EXPECT_TRUE(sleeps.operation().queues());
  sleeps.begin_wait();
  unlock(a_).go();
  EXPECT_FALSE(sleeps.enabled());
  EXPECT_EQ(
      sleeps.waits_for(),
      "sleeps at the mutex at offset 0 of the segment with key 5678, where only its own "
      "process could wake it: its pshared is 0, since it was made for one process, or not yet "
      "made at all");
  EXPECT_TRUE(lock(c_).enabled());  // who has not begun to wait finds it free
  unlock(b_).go();                  // as another thread of its process would
  EXPECT_EQ(sleeps.go(), 0);
}

TEST_F(PthreadMutexTest, ASignalAtAPrivateConditionIsForItsOwnProcessAlone) {
  made_for(0);
  FakeCall sleeps = waiting(a_);
  signal(b_, IPCGRADE_COND_BROADCAST).go();
  EXPECT_FALSE(sleeps.enabled());
  signal(a_).go();
  EXPECT_EQ(sleeps.go(), 0);
}

TEST_F(PthreadMutexTest, WhatCommutes) {
  FakeCall locks = lock(a_), locks_too = lock(b_);
  FakeCall signals = signal(a_), signals_too = signal(b_), waits = wait(c_);
  EXPECT_TRUE(conflict(locks.touches(), locks_too.touches()));
  EXPECT_FALSE(conflict(signals.touches(), signals_too.touches()));
  EXPECT_TRUE(conflict(signals.touches(), waits.touches()));
  EXPECT_TRUE(conflict(locks.touches(), waits.touches()));
  EXPECT_FALSE(conflict(signals.touches(), locks.touches()));
}

}  // namespace
}  // namespace ipcgrade::testing
