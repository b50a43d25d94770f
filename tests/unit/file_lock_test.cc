#include "ipc/file_lock.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/syscall.h>

#include "ipc/file.h"
#include "ipc/library_object.h"
#include "support/fake_machine.h"

namespace ipcgrade::testing {
namespace {

class FileLockTest : public ::testing::Test {
 protected:
  FileLockTest() {
    for (Task* task : {&a_, &b_, &c_}) open(*task, 3);
  }
  std::shared_ptr<FileDescription> open(Task& task, int number, int flags = O_RDWR) {
    auto made = make_file_description(fake_.machine(), flags, "/work/lock", node_);
    fake_.machine().descriptors(task).put(number, made, false);
    return made;
  }
  void close(Task& task, int number) {
    fake_.machine().begin_event(EventKind::kCall, task.id);
    fake_.machine().descriptors(task).close(fake_.machine(), task.id, number);
    fake_.machine().end_event("close", 0);
  }
  FakeCall lock(Task& task, int what, int number = 3) {
    return fake_.call(task, kFileLockMechanism, SYS_flock,
                      {static_cast<std::uint64_t>(number), static_cast<std::uint64_t>(what)});
  }
  FakeCall record(Task& task, int command, int type, std::int64_t start = 0,
                  std::int64_t length = 0, int number = 3, int whence = SEEK_SET) {
    struct ::flock request {};
    request.l_type = static_cast<short>(type);
    request.l_whence = static_cast<short>(whence);
    request.l_start = start;
    request.l_len = length;
    request_ = fake_.put_values({request});
    return fake_.call(
        task, kFileLockMechanism, SYS_fcntl,
        {static_cast<std::uint64_t>(number), static_cast<std::uint64_t>(command), request_});
  }
  [[nodiscard]] bool commute(FakeCall& one, FakeCall& other) {
    return !conflict(one.touches(), other.touches());
  }

  FakeMachine fake_;
  std::shared_ptr<FileNode> node_ = std::make_shared<FileNode>();
  std::uint64_t request_ = 0;
  Task& a_ = fake_.start("a");
  Task& b_ = fake_.start("b");
  Task& c_ = fake_.start("c");
};

TEST_F(FileLockTest, AnUnlockComesBeforeTheNextLock) {
  EXPECT_EQ(lock(a_, LOCK_EX).go(), 0);
  EXPECT_EQ(holdings(fake_.machine(), a_.id).size(), 1U);
  FakeCall next = lock(b_, LOCK_EX);
  EXPECT_FALSE(next.enabled());
  EXPECT_EQ(next.operation().suppliers(fake_.machine(), b_), std::vector{a_.id});
  EXPECT_NE(next.waits_for().find("held by a"), std::string::npos);
  EXPECT_EQ(lock(b_, LOCK_SH | LOCK_NB).go(), -EWOULDBLOCK);
  EXPECT_EQ(lock(a_, LOCK_UN).go(), 0);
  const EventId unlocked = fake_.last_event();
  EXPECT_TRUE(holdings(fake_.machine(), a_.id).empty());
  EXPECT_EQ(next.go(), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), unlocked));
  EXPECT_EQ(lock(b_, LOCK_EX).go(), 0);  // its own stands not against it
  EXPECT_EQ(lock(b_, 99).go(), -EINVAL);
  EXPECT_EQ(lock(b_, LOCK_EX, 9).go(), -EBADF);
}

TEST_F(FileLockTest, SharedOnesStandBesideEachOther) {
  EXPECT_EQ(lock(a_, LOCK_SH).go(), 0);
  EXPECT_EQ(lock(b_, LOCK_SH).go(), 0);
  FakeCall alone = lock(c_, LOCK_EX);
  EXPECT_FALSE(alone.enabled());
  lock(a_, LOCK_UN).go();
  const EventId first = fake_.last_event();
  FakeCall beside = lock(a_, LOCK_SH);
  EXPECT_EQ(beside.go(), 0);
  EXPECT_FALSE(fake_.after(fake_.last_event(), first));
  lock(a_, LOCK_UN).go();
  lock(b_, LOCK_UN).go();
  EXPECT_EQ(alone.go(), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), fake_.last_event() - 1));
}

TEST_F(FileLockTest, AConversionGivesTheOldLockUp) {
  lock(a_, LOCK_SH).go();
  lock(b_, LOCK_SH).go();
  FakeCall first = lock(a_, LOCK_EX), second = lock(b_, LOCK_EX);
  EXPECT_FALSE(first.enabled());
  EXPECT_TRUE(first.operation().queues());
  first.begin_wait();
  EXPECT_TRUE(second.enabled());
  EXPECT_EQ(second.go(), 0);
  EXPECT_EQ(lock(c_, LOCK_SH | LOCK_NB).go(), -EWOULDBLOCK);
}

TEST_F(FileLockTest, AFlockIsTheDescriptionsAndGoesWithIt) {
  const auto description = fake_.machine().descriptors(a_).find(3);
  Task& child = fake_.fork(a_);
  lock(a_, LOCK_EX).go();
  EXPECT_EQ(lock(child, LOCK_EX).go(), 0);
  open(a_, 4);
  EXPECT_EQ(lock(a_, LOCK_EX | LOCK_NB, 4).go(), -EWOULDBLOCK);
  close(a_, 3);
  EXPECT_FALSE(lock(b_, LOCK_EX).enabled());
  fake_.machine().descriptors(child).put(5, description, false);
}

TEST_F(FileLockTest, ClosingTheLastDescriptorUnlocks) {
  lock(a_, LOCK_EX).go();
  FakeCall next = lock(b_, LOCK_EX);
  EXPECT_TRUE(conflict(fake_.machine().descriptors(a_).find(3)->closing(), next.touches()));
  close(a_, 3);
  const EventId closed = fake_.last_event();
  EXPECT_TRUE(next.enabled());
  EXPECT_EQ(next.go(), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), closed));
}

TEST_F(FileLockTest, RecordsAreRanges) {
  EXPECT_EQ(record(a_, F_SETLK, F_WRLCK, 10, 10).go(), 0);
  EXPECT_EQ(record(b_, F_SETLK, F_WRLCK, 0, 10).go(), 0);
  EXPECT_EQ(record(b_, F_SETLK, F_WRLCK, 19, 1).go(), -EAGAIN);
  EXPECT_EQ(record(b_, F_SETLK, F_WRLCK, 30, -10).go(), 0);  // bytes 20 to 29
  FakeCall waits = record(c_, F_SETLKW, F_RDLCK, 12, 1);
  EXPECT_FALSE(waits.enabled());
  EXPECT_NE(waits.text().find("F_SETLKW, F_RDLCK, bytes 12 to 12"), std::string::npos);
  EXPECT_EQ(record(a_, F_SETLK, F_UNLCK, 12, 3).go(), 0);
  const EventId unlocked = fake_.last_event();
  EXPECT_EQ(waits.go(), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), unlocked));
  EXPECT_EQ(record(b_, F_SETLK, F_RDLCK, 11, 1).go(), -EAGAIN);
  EXPECT_EQ(record(b_, F_SETLK, F_RDLCK, 15, 1).go(), -EAGAIN);
  EXPECT_EQ(record(b_, F_SETLK, F_RDLCK, -1, 1).go(), -EINVAL);
  EXPECT_EQ(record(b_, F_SETLK, 99).go(), -EINVAL);
  // flock's own are others.
  EXPECT_EQ(lock(b_, LOCK_EX).go(), 0);
}

TEST_F(FileLockTest, WhoHoldsARecord) {
  record(a_, F_SETLK, F_WRLCK, 10, 10).go();
  EXPECT_EQ(record(b_, F_GETLK, F_RDLCK).go(), 0);
  auto told = fake_.value_at<struct ::flock>(request_);
  EXPECT_EQ(told.l_type, F_WRLCK);
  EXPECT_EQ(told.l_start, 10);
  EXPECT_EQ(told.l_len, 10);
  EXPECT_EQ(told.l_pid, fake_.machine().process_of(a_).number);
  EXPECT_EQ(record(a_, F_GETLK, F_RDLCK).go(), 0);
  EXPECT_EQ(fake_.value_at<struct ::flock>(request_).l_type, F_UNLCK);
}

TEST_F(FileLockTest, RecordsOfAProcessGoWithAnyDescriptorOfTheFile) {
  record(a_, F_SETLK, F_WRLCK).go();
  Task& child = fake_.fork(a_);
  EXPECT_EQ(record(child, F_SETLK, F_WRLCK).go(), -EAGAIN);  // not inherited
  open(a_, 4);
  close(a_, 4);
  EXPECT_EQ(record(b_, F_SETLK, F_WRLCK).go(), 0);
}

TEST_F(FileLockTest, RecordsOfADescription) {
  EXPECT_EQ(record(a_, F_OFD_SETLK, F_WRLCK).go(), 0);
  open(a_, 4);
  EXPECT_EQ(record(a_, F_OFD_SETLK, F_WRLCK, 0, 0, 4).go(), -EAGAIN);
  EXPECT_EQ(record(a_, F_SETLK, F_WRLCK).go(), -EAGAIN);
  close(a_, 4);
  EXPECT_FALSE(record(b_, F_OFD_SETLKW, F_WRLCK).enabled());
  record(b_, F_GETLK, F_WRLCK).go();
  EXPECT_EQ(fake_.value_at<struct ::flock>(request_).l_pid, -1);
  close(a_, 3);
  EXPECT_EQ(record(b_, F_SETLK, F_WRLCK).go(), 0);
}

TEST_F(FileLockTest, ThoseThatWouldWaitForEachOtherAreTold) {
  record(a_, F_SETLK, F_WRLCK, 0, 1).go();
  record(b_, F_SETLK, F_WRLCK, 1, 1).go();
  record(c_, F_SETLK, F_WRLCK, 2, 1).go();
  FakeCall first = record(a_, F_SETLKW, F_WRLCK, 1, 1);
  FakeCall second = record(b_, F_SETLKW, F_WRLCK, 2, 1);
  EXPECT_FALSE(first.enabled());
  EXPECT_FALSE(second.enabled());
  FakeCall third = record(c_, F_SETLKW, F_WRLCK, 0, 1);
  EXPECT_TRUE(third.enabled());
  EXPECT_EQ(third.go(), -EDEADLK);
}

TEST_F(FileLockTest, ModesAndPositions) {
  open(a_, 5, O_RDONLY);
  open(a_, 6, O_WRONLY);
  EXPECT_EQ(record(a_, F_SETLK, F_WRLCK, 0, 0, 5).go(), -EBADF);
  EXPECT_EQ(record(a_, F_SETLK, F_RDLCK, 0, 0, 6).go(), -EBADF);
  record(a_, F_SETLK, F_WRLCK, 0, 0, 3, SEEK_CUR).step();
  EXPECT_EQ(fake_.last_effect.kind, Effect::Kind::kUnmodelled);
  EXPECT_FALSE(record(a_, F_GETFD, 0).modelled());
}

TEST_F(FileLockTest, WhatCommutes) {
  FakeCall read = record(a_, F_SETLK, F_RDLCK), read_too = record(b_, F_SETLK, F_RDLCK);
  FakeCall write = record(c_, F_SETLK, F_WRLCK, 5, 1), apart = record(b_, F_SETLK, F_WRLCK, 6, 1);
  FakeCall look = record(a_, F_GETLK, F_WRLCK, 5, 1), look_too = record(b_, F_GETLK, F_WRLCK, 5, 1);
  EXPECT_TRUE(commute(read, read_too));
  EXPECT_FALSE(commute(read, write));
  EXPECT_TRUE(commute(write, apart));
  EXPECT_FALSE(commute(look, write));
  EXPECT_TRUE(commute(look, look_too));
  FakeCall shared = lock(a_, LOCK_SH), shared_too = lock(b_, LOCK_SH), alone = lock(c_, LOCK_EX);
  EXPECT_TRUE(commute(shared, shared_too));
  EXPECT_FALSE(commute(shared, alone));
  EXPECT_TRUE(commute(shared, write));
}

}  // namespace
}  // namespace ipcgrade::testing
