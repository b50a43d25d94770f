#include "ipc/sysv_semaphore.h"

#include <gtest/gtest.h>
#include <sys/sem.h>
#include <sys/syscall.h>

#include "support/fake_machine.h"

namespace ipcgrade::testing {
namespace {

constexpr std::uint64_t kKey = 5678;

class SysvSemaphoreTest : public ::testing::Test {
 protected:
  std::int64_t get(Task& task, std::uint64_t key, std::uint64_t count, std::uint64_t flags) {
    return fake_.call(task, kSysvSemaphoreMechanism, SYS_semget, {key, count, flags}).go();
  }
  FakeCall semop(Task& task, std::int64_t id, std::initializer_list<sembuf> steps) {
    return fake_.call(task, kSysvSemaphoreMechanism, SYS_semop,
                      {static_cast<std::uint64_t>(id), fake_.put_values(steps), steps.size()});
  }
  FakeCall change(Task& task, std::int64_t id, int by, int flags = 0) {
    return semop(task, id, {{0, static_cast<short>(by), static_cast<short>(flags)}});
  }
  FakeCall control(Task& task, std::int64_t id, int command, std::uint64_t argument = 0,
                   int number = 0) {
    return fake_.call(task, kSysvSemaphoreMechanism, SYS_semctl,
                      {static_cast<std::uint64_t>(id), static_cast<std::uint64_t>(number),
                       static_cast<std::uint64_t>(command), argument});
  }
  std::int64_t value(std::int64_t id, int number = 0) {
    return control(a_, id, GETVAL, 0, number).go();
  }
  std::int64_t make(int count = 1) {
    return get(a_, kKey, static_cast<std::uint64_t>(count), IPC_CREAT | 0600);
  }
  [[nodiscard]] bool commute(FakeCall& one, FakeCall& other) {
    return !conflict(one.touches(), other.touches());
  }

  FakeMachine fake_;
  Task& a_ = fake_.start("a");
  Task& b_ = fake_.start("b");
  Task& c_ = fake_.start("c");
};

TEST_F(SysvSemaphoreTest, GetsByKey) {
  EXPECT_EQ(get(a_, kKey, 1, 0), -ENOENT);
  EXPECT_EQ(get(a_, kKey, 0, IPC_CREAT | 0600), -EINVAL);
  EXPECT_EQ(get(a_, kKey, 251, IPC_CREAT | 0600), -EINVAL);
  EXPECT_EQ(get(a_, kKey, 2, IPC_CREAT | 0600), 0);
  const EventId made = fake_.last_event();
  EXPECT_EQ(get(b_, kKey, 0, 0), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), made));
  EXPECT_EQ(get(b_, kKey, 3, 0), -EINVAL);
  EXPECT_EQ(get(b_, kKey, 2, IPC_CREAT | IPC_EXCL | 0600), -EEXIST);
  EXPECT_TRUE(fake_.after(fake_.last_event(), made));
  EXPECT_EQ(get(b_, IPC_PRIVATE, 1, 0), 1);
  EXPECT_EQ(get(b_, IPC_PRIVATE, 1, 0), 2);
}

TEST_F(SysvSemaphoreTest, ModeBitsAreTheOwners) {
  EXPECT_EQ(get(a_, kKey, 1, IPC_CREAT | 0400), 0);
  EXPECT_EQ(get(a_, kKey, 1, 0600), -EACCES);
  EXPECT_EQ(get(a_, kKey, 1, 0400), 0);
  EXPECT_EQ(change(a_, 0, 1).go(), -EACCES);
  EXPECT_EQ(change(a_, 0, 0).go(), 0);
  EXPECT_EQ(control(a_, 0, SETVAL, 1).go(), -EACCES);
}

TEST_F(SysvSemaphoreTest, ARaiseLetsOneThrough) {
  const auto id = make();
  FakeCall down = change(b_, id, -1);
  EXPECT_FALSE(down.enabled());
  EXPECT_EQ(down.text(), "semop(5678, -1)");
  EXPECT_EQ(down.waits_for(), "waits for the semaphore set with key 5678 to rise above 0");
  EXPECT_EQ(change(a_, id, 1).go(), 0);
  const EventId up = fake_.last_event();
  EXPECT_TRUE(down.enabled());
  EXPECT_EQ(down.go(), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), up));
  EXPECT_EQ(value(id), 0);
}

TEST_F(SysvSemaphoreTest, ALowerComesAfterNoMoreRaisesThanItNeeds) {
  const auto id = make();
  change(a_, id, 1).go();
  const EventId first = fake_.last_event();
  change(b_, id, 1).go();
  const EventId second = fake_.last_event();
  change(c_, id, -1).go();
  EXPECT_TRUE(fake_.after(fake_.last_event(), first));
  EXPECT_FALSE(fake_.after(fake_.last_event(), second));
  change(c_, id, -1).go();
  EXPECT_TRUE(fake_.after(fake_.last_event(), second));
}

TEST_F(SysvSemaphoreTest, ALowerOfTheFirstValueComesAfterWhoSetIt) {
  const auto id = make();
  control(a_, id, SETVAL, 2).go();
  const EventId set = fake_.last_event();
  change(b_, id, -2).go();
  EXPECT_TRUE(fake_.after(fake_.last_event(), set));
}

TEST_F(SysvSemaphoreTest, WaitsForZero) {
  const auto id = make();
  EXPECT_TRUE(change(c_, id, 0).enabled());
  change(a_, id, 2).go();
  FakeCall zero = change(c_, id, 0);
  EXPECT_FALSE(zero.enabled());
  EXPECT_EQ(zero.waits_for(), "waits for the semaphore set with key 5678 to become 0: it is 2");
  EXPECT_EQ(control(a_, id, GETZCNT).go(), 1);
  EXPECT_EQ(control(a_, id, GETNCNT).go(), 0);
  change(a_, id, -1).go();
  const EventId first = fake_.last_event();
  change(b_, id, -1).go();
  const EventId second = fake_.last_event();
  EXPECT_TRUE(zero.enabled());
  EXPECT_EQ(zero.go(), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), first));
  EXPECT_TRUE(fake_.after(fake_.last_event(), second));
}

TEST_F(SysvSemaphoreTest, SeveralAtOnceOrNone) {
  const auto id = make(2);
  control(a_, id, SETVAL, 1, 0).go();
  FakeCall both = semop(b_, id, {{0, -1, 0}, {1, -1, 0}});
  EXPECT_FALSE(both.enabled());
  EXPECT_EQ(both.text(), "semop(5678, [0] -1, [1] -1)");
  EXPECT_EQ(both.waits_for(),
            "waits for semaphore 1 of the semaphore set with key 5678 to rise "
            "above 0");
  EXPECT_EQ(value(id, 0), 1);
  control(a_, id, SETVAL, 1, 1).go();
  EXPECT_EQ(both.go(), 0);
  EXPECT_EQ(value(id, 0), 0);
  EXPECT_EQ(value(id, 1), 0);
  // The textbook's lock: wait for zero, then raise, in one call.
  EXPECT_EQ(semop(b_, id, {{0, 0, 0}, {0, 1, 0}}).go(), 0);
  EXPECT_FALSE(semop(c_, id, {{0, 0, 0}, {0, 1, 0}}).enabled());
}

TEST_F(SysvSemaphoreTest, FailuresOfOperations) {
  const auto id = make();
  EXPECT_EQ(change(a_, id, -1, IPC_NOWAIT).go(), -EAGAIN);
  EXPECT_EQ(semop(a_, id, {{1, 1, 0}}).go(), -EFBIG);
  EXPECT_EQ(change(a_, 7, 1).go(), -EINVAL);
  EXPECT_EQ(change(a_, -1, 1).go(), -EINVAL);
  EXPECT_EQ(fake_.call(a_, kSysvSemaphoreMechanism, SYS_semop, {0, 0x10000, 0}).go(), -EINVAL);
  EXPECT_EQ(fake_.call(a_, kSysvSemaphoreMechanism, SYS_semop, {0, 0x10000, 101}).go(), -E2BIG);
  EXPECT_EQ(fake_.call(a_, kSysvSemaphoreMechanism, SYS_semop, {0, 8, 1}).go(), -EFAULT);
  EXPECT_EQ(control(a_, id, SETVAL, 32768).go(), -ERANGE);
  control(a_, id, SETVAL, 32767).go();
  EXPECT_EQ(change(a_, id, 1).go(), -ERANGE);
  EXPECT_EQ(value(id), 32767);
}

TEST_F(SysvSemaphoreTest, RemovalWakesThoseThatWait) {
  const auto id = make();
  FakeCall waits = change(b_, id, -1);
  EXPECT_FALSE(waits.enabled());
  FakeCall came_before = change(c_, id, 1);
  EXPECT_EQ(control(a_, id, IPC_RMID).go(), 0);
  const EventId removed = fake_.last_event();
  EXPECT_TRUE(waits.enabled());
  EXPECT_EQ(waits.go(), -EIDRM);
  EXPECT_TRUE(fake_.after(fake_.last_event(), removed));
  EXPECT_EQ(came_before.go(), -EINVAL);
  EXPECT_EQ(get(b_, kKey, 1, 0), -ENOENT);
  EXPECT_TRUE(fake_.after(fake_.last_event(), removed));
  EXPECT_EQ(make(), 1);  // ids are not used twice
  EXPECT_TRUE(fake_.after(fake_.last_event(), removed));
}

TEST_F(SysvSemaphoreTest, UndoesAtTheEnd) {
  const auto id = make();
  control(a_, id, SETVAL, 1).go();
  change(b_, id, -1, SEM_UNDO).go();
  FakeCall down = change(c_, id, -1);
  EXPECT_FALSE(down.enabled());
  const auto touches = semaphore_end_touches(fake_.machine(), fake_.machine().process_of(b_));
  EXPECT_TRUE(conflict(touches, down.touches()));
  const EventId end = fake_.machine().begin_event(EventKind::kExit, b_.id);
  semaphores_process_ended(fake_.machine(), fake_.machine().process_of(b_), b_.id);
  fake_.machine().end_event("exit", 0);
  EXPECT_TRUE(down.enabled());
  EXPECT_EQ(down.go(), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), end));
}

TEST_F(SysvSemaphoreTest, UndoDoesNotGoBelowZeroAndSetvalClearsIt) {
  const auto id = make();
  change(b_, id, 2, SEM_UNDO).go();
  change(a_, id, -1).go();
  fake_.machine().begin_event(EventKind::kExit, b_.id);
  semaphores_process_ended(fake_.machine(), fake_.machine().process_of(b_), b_.id);
  fake_.machine().end_event("exit", 0);
  EXPECT_EQ(value(id), 0);

  change(c_, id, 1, SEM_UNDO).go();
  control(a_, id, SETVAL, 5).go();
  EXPECT_TRUE(semaphore_end_touches(fake_.machine(), fake_.machine().process_of(c_)).empty());
  fake_.machine().begin_event(EventKind::kExit, c_.id);
  semaphores_process_ended(fake_.machine(), fake_.machine().process_of(c_), c_.id);
  fake_.machine().end_event("exit", 0);
  EXPECT_EQ(value(id), 5);
}

TEST_F(SysvSemaphoreTest, TimesOut) {
  const auto id = make();
  const auto steps = fake_.put_values<sembuf>({{0, -1, 0}});
  const auto timeout = fake_.put_values<timespec>({{2, 5}});
  FakeCall down = fake_.call(b_, kSysvSemaphoreMechanism, SYS_semtimedop,
                             {static_cast<std::uint64_t>(id), steps, 1, timeout});
  EXPECT_EQ(down.operation().deadline(), std::chrono::seconds(2) + VirtualTime(5));
  EXPECT_EQ(down.time_out(), -EAGAIN);
  const auto wrong = fake_.put_values<timespec>({{0, 1'000'000'000}});
  EXPECT_EQ(fake_.call(b_, kSysvSemaphoreMechanism, SYS_semtimedop, {0, steps, 1, wrong}).go(),
            -EINVAL);
  EXPECT_EQ(change(b_, id, -1).operation().interruption(), Interruption::kFails);
}

TEST_F(SysvSemaphoreTest, WhatCommutes) {
  const auto id = make(2);
  FakeCall up = change(a_, id, 1), up_too = change(b_, id, 1);
  FakeCall down = change(a_, id, -1), down_too = change(b_, id, -1);
  FakeCall zero = change(a_, id, 0), zero_too = change(b_, id, 0);
  FakeCall other = semop(c_, id, {{1, -1, 0}});
  FakeCall look = control(c_, id, GETVAL), look_too = control(b_, id, GETVAL);
  FakeCall set = control(c_, id, SETVAL, 3);
  EXPECT_TRUE(commute(up, up_too));
  EXPECT_FALSE(commute(down, down_too));
  EXPECT_FALSE(commute(up, down));
  EXPECT_TRUE(commute(zero, zero_too));
  EXPECT_FALSE(commute(zero, up));
  EXPECT_FALSE(commute(zero, down));
  EXPECT_TRUE(commute(other, down));
  EXPECT_TRUE(commute(look, look_too));
  EXPECT_FALSE(commute(look, up));
  EXPECT_FALSE(commute(set, up));
  EXPECT_TRUE(commute(set, other));
  FakeCall remove = control(c_, id, IPC_RMID);
  EXPECT_FALSE(commute(remove, up));
  EXPECT_FALSE(commute(remove, other));
  FakeCall find = fake_.call(a_, kSysvSemaphoreMechanism, SYS_semget, {kKey, 1, 0});
  FakeCall find_too = fake_.call(b_, kSysvSemaphoreMechanism, SYS_semget, {kKey, 1, 0});
  FakeCall find_other = fake_.call(b_, kSysvSemaphoreMechanism, SYS_semget, {kKey + 1, 1, 0});
  FakeCall make_it = fake_.call(b_, kSysvSemaphoreMechanism, SYS_semget, {kKey, 1, IPC_CREAT});
  EXPECT_FALSE(commute(remove, find));
  EXPECT_TRUE(commute(find, find_too));
  EXPECT_TRUE(commute(remove, find_other));
  EXPECT_FALSE(commute(find, make_it));
  FakeCall guess = change(c_, 1, 1);
  EXPECT_FALSE(commute(guess, make_it));
}

TEST_F(SysvSemaphoreTest, ACallThatGuessesAnId) {
  FakeCall down = change(b_, 0, -1);
  const auto id = make();
  EXPECT_EQ(down.step(), std::nullopt);
  EXPECT_FALSE(down.enabled());
  change(a_, id, 1).go();
  EXPECT_EQ(down.go(), 0);
}

TEST_F(SysvSemaphoreTest, LooksAtTheSet) {
  const auto id = make(3);
  const auto values = fake_.put_values<unsigned short>({4, 5, 6});
  EXPECT_EQ(control(a_, id, SETALL, values).go(), 0);
  const EventId set = fake_.last_event();
  const auto into = fake_.room(6);
  EXPECT_EQ(control(b_, id, GETALL, into).go(), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), set));
  EXPECT_EQ(fake_.value_at<unsigned short>(into + 2), 5);
  EXPECT_EQ(control(b_, id, GETPID, 0, 1).go(), fake_.machine().process_of(a_).number);
  EXPECT_EQ(control(b_, id, GETVAL, 0, 3).go(), -EINVAL);
  EXPECT_EQ(control(b_, id, 99).go(), -EINVAL);

  const auto at = fake_.room(sizeof(semid_ds));
  EXPECT_EQ(control(b_, id, IPC_STAT, at).go(), 0);
  const auto status = fake_.value_at<semid_ds>(at);
  EXPECT_EQ(status.sem_nsems, 3U);
  EXPECT_EQ(status.sem_perm.__key, static_cast<key_t>(kKey));
  EXPECT_EQ(status.sem_perm.mode, 0600U);
  EXPECT_EQ(status.sem_otime, 0);
  EXPECT_EQ(status.sem_ctime, 1'700'000'000);

  const auto sets = semaphore_sets_left(fake_.machine());
  ASSERT_EQ(sets.size(), 1U);
  EXPECT_EQ(sets[0]->semaphores.size(), 3U);
}

TEST_F(SysvSemaphoreTest, HelpComesFromThoseThatUseIt) {
  const auto id = make();
  Task& child = fake_.fork(a_);
  FakeCall down = change(b_, id, -1);
  EXPECT_EQ(down.operation().suppliers(fake_.machine(), b_),
            (std::vector<TaskId>{a_.id, child.id}));
  change(c_, id, 1).go();
  change(c_, id, -1).go();
  EXPECT_EQ(down.operation().suppliers(fake_.machine(), b_).front(), c_.id);
}

TEST_F(SysvSemaphoreTest, WhatItsCallsCanFailWith) {
  const auto id = make();
  FakeCall get_it = fake_.call(a_, kSysvSemaphoreMechanism, SYS_semget, {kKey, 1, 0});
  EXPECT_EQ(get_it.operation().failures(fake_.machine(), a_).front().error, EACCES);
  FakeCall undo = change(a_, id, 1, SEM_UNDO);
  EXPECT_EQ(undo.operation().failures(fake_.machine(), a_),
            (std::vector{Failure{EACCES}, Failure{ENOMEM}}));
}

}  // namespace
}  // namespace ipcgrade::testing
