#include "ipc/sysv_shared_memory.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>

#include "support/fake_machine.h"

namespace ipcgrade::testing {
namespace {

constexpr std::uint64_t kKey = 5678;
constexpr std::uint64_t kHere = 0x7f0000000000;

class SysvSharedMemoryTest : public ::testing::Test {
 protected:
  SysvSharedMemoryTest() {
    fake_.kernel = [this](Task&, const Call& call) -> std::int64_t {
      passed_ = call;
      return call.number == SYS_mmap ? static_cast<std::int64_t>(kHere) : 0;
    };
  }
  FakeCall get(Task& task, std::uint64_t key, std::uint64_t size, std::uint64_t flags) {
    return fake_.call(task, kSysvSharedMemoryMechanism, SYS_shmget, {key, size, flags});
  }
  FakeCall attach(Task& task, std::int64_t id, std::uint64_t address = 0, int flags = 0) {
    return fake_.call(task, kSysvSharedMemoryMechanism, SYS_shmat,
                      {static_cast<std::uint64_t>(id), address, static_cast<std::uint64_t>(flags)});
  }
  FakeCall detach(Task& task, std::uint64_t address = kHere) {
    return fake_.call(task, kSysvSharedMemoryMechanism, SYS_shmdt, {address});
  }
  FakeCall control(Task& task, std::int64_t id, int command, std::uint64_t buffer = 0) {
    return fake_.call(
        task, kSysvSharedMemoryMechanism, SYS_shmctl,
        {static_cast<std::uint64_t>(id), static_cast<std::uint64_t>(command), buffer});
  }
  shmid_ds stat(Task& task, std::int64_t id) {
    const auto at = fake_.room(sizeof(shmid_ds));
    EXPECT_EQ(control(task, id, IPC_STAT, at).go(), 0);
    return fake_.value_at<shmid_ds>(at);
  }
  Process& process(Task& task) { return fake_.machine().process_of(task); }
  EventId end(Task& task) {
    const EventId event = fake_.machine().begin_event(EventKind::kExit, task.id);
    shared_memory_process_ended(fake_.machine(), process(task), task.id);
    fake_.machine().end_event("exit", 0);
    return event;
  }
  [[nodiscard]] bool commute(FakeCall& one, FakeCall& other) {
    return !conflict(one.touches(), other.touches());
  }

  FakeMachine fake_;
  Call passed_;
  Task& a_ = fake_.start("server");
  Task& b_ = fake_.start("client");
};

TEST_F(SysvSharedMemoryTest, GetsByKey) {
  EXPECT_EQ(get(b_, kKey, 27, 0).go(), -ENOENT);
  EXPECT_EQ(get(a_, kKey, 0, IPC_CREAT | 0600).go(), -EINVAL);
  FakeCall makes = get(a_, kKey, 27, IPC_CREAT | 0600);
  EXPECT_EQ(makes.text(), "shmget(5678, 27, 0600 | IPC_CREAT)");
  EXPECT_EQ(makes.go(), 0);
  const EventId made = fake_.last_event();
  EXPECT_EQ(get(b_, kKey, 27, 0).go(), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), made));
  EXPECT_EQ(get(b_, kKey, 28, 0).go(), -EINVAL);
  EXPECT_EQ(get(b_, kKey, 0, 0).go(), 0);
  EXPECT_EQ(get(b_, kKey, 27, IPC_CREAT | IPC_EXCL | 0600).go(), -EEXIST);
  EXPECT_EQ(get(b_, IPC_PRIVATE, 1, 0600).go(), 1);
}

TEST_F(SysvSharedMemoryTest, AttachesAPartOfTheArena) {
  get(a_, IPC_PRIVATE, 100, 0600).go();
  const auto id = get(a_, kKey, 5000, IPC_CREAT | 0600).go();
  FakeCall call = attach(a_, id);
  EXPECT_EQ(call.text(), "shmat(5678)");
  EXPECT_EQ(call.go(), static_cast<std::int64_t>(kHere));
  EXPECT_EQ(passed_.number, SYS_mmap);
  EXPECT_EQ(passed_.arguments[1], 8192U);
  EXPECT_EQ(passed_.arguments[2], static_cast<std::uint64_t>(PROT_NONE));
  EXPECT_EQ(passed_.arguments[5], 4096U);
  const Mapping* mapping = fake_.machine().mapping_at(a_, kHere + 8191);
  ASSERT_NE(mapping, nullptr);
  EXPECT_TRUE(mapping->attached);
  EXPECT_EQ(mapping->protection, PROT_READ | PROT_WRITE);
  EXPECT_EQ(fake_.machine().object(mapping->object).name(), "the segment with key 5678");
  const auto status = stat(b_, id);
  EXPECT_EQ(status.shm_nattch, 1U);
  EXPECT_EQ(status.shm_segsz, 5000U);
  EXPECT_EQ(status.shm_lpid, process(a_).number);
}

TEST_F(SysvSharedMemoryTest, AttachesAtAnAddressAndReadOnly) {
  const auto id = get(a_, kKey, 27, IPC_CREAT | 0600).go();
  EXPECT_EQ(attach(a_, id, 0x5001).go(), -EINVAL);
  EXPECT_EQ(attach(a_, id, 0, SHM_REMAP).go(), -EINVAL);
  EXPECT_EQ(attach(a_, 9).go(), -EINVAL);
  attach(a_, id, 0x5001, SHM_RND | SHM_RDONLY).go();
  EXPECT_EQ(passed_.arguments[0], 0x5000U);
  EXPECT_EQ(passed_.arguments[3], static_cast<std::uint64_t>(MAP_SHARED | MAP_FIXED_NOREPLACE));
  EXPECT_EQ(fake_.machine().mapping_at(a_, kHere)->protection, PROT_READ);
  fake_.kernel = [](Task&, const Call&) { return -EEXIST; };
  EXPECT_EQ(attach(a_, id, 0x5000).go(), -EINVAL);
  EXPECT_EQ(stat(a_, id).shm_nattch, 1U);
}

TEST_F(SysvSharedMemoryTest, StatOrdersWhatItSees) {
  const auto id = get(a_, kKey, 27, IPC_CREAT | 0600).go();
  attach(b_, id).go();
  const EventId attached = fake_.last_event();
  detach(b_).go();
  const EventId detached = fake_.last_event();
  stat(a_, id);
  EXPECT_TRUE(fake_.after(fake_.last_event(), detached));
  attach(b_, id).go();
  const EventId again = fake_.last_event();
  end(b_);
  EXPECT_EQ(stat(a_, id).shm_nattch, 0U);
  EXPECT_TRUE(fake_.after(fake_.last_event(), again + 1));
  EXPECT_LT(attached, detached);
}

TEST_F(SysvSharedMemoryTest, AMarkedSegmentGoesWithItsLastAttachment) {
  const auto id = get(a_, kKey, 27, IPC_CREAT | 0600).go();
  attach(a_, id).go();
  Task& child = fake_.fork(a_);
  fake_.machine().begin_event(EventKind::kCall, a_.id);
  shared_memory_forked(fake_.machine(), process(a_), process(child));
  fake_.machine().end_event("fork", 0);
  EXPECT_EQ(stat(b_, id).shm_nattch, 2U);
  EXPECT_EQ(control(a_, id, IPC_RMID).go(), 0);
  const EventId removed = fake_.last_event();
  EXPECT_EQ(get(b_, kKey, 27, 0).go(), -ENOENT);
  EXPECT_TRUE(fake_.after(fake_.last_event(), removed));
  const auto status = stat(b_, id);
  EXPECT_NE(status.shm_perm.mode & SHM_DEST, 0U);
  // By its id it can still be attached: shmctl(2).
  attach(b_, id).go();
  EXPECT_EQ(detach(a_).go(), 0);
  EXPECT_EQ(segments_left(fake_.machine()).size(), 1U);
  end(child);
  detach(b_).go();
  EXPECT_TRUE(segments_left(fake_.machine()).empty());
  EXPECT_EQ(attach(b_, id).go(), -EINVAL);
  EXPECT_EQ(control(b_, id, IPC_RMID).go(), -EINVAL);
  EXPECT_EQ(detach(b_).go(), -EINVAL);
  // The key is free as soon as it is marked.
  EXPECT_EQ(get(b_, kKey, 99, IPC_CREAT | 0600).go(), 1);
}

TEST_F(SysvSharedMemoryTest, WithoutAttachmentsItGoesAtOnce) {
  const auto id = get(a_, kKey, 27, IPC_CREAT | 0600).go();
  control(a_, id, IPC_RMID).go();
  EXPECT_TRUE(segments_left(fake_.machine()).empty());
  EXPECT_EQ(attach(b_, id).go(), -EINVAL);
}

TEST_F(SysvSharedMemoryTest, GivenSegmentsAndConditions) {
  EXPECT_FALSE(segment_exists(fake_.machine(), kKey, 1, false));
  give_segment(fake_.machine(), kKey, 16);
  EXPECT_TRUE(segment_exists(fake_.machine(), kKey, 16, false));
  EXPECT_FALSE(segment_exists(fake_.machine(), kKey, 17, false));
  EXPECT_FALSE(segment_exists(fake_.machine(), kKey, 16, true));
  const auto id = get(a_, kKey, 16, 0600).go();
  EXPECT_EQ(id, 0);
  attach(a_, id).go();
  EXPECT_TRUE(segment_exists(fake_.machine(), kKey, 16, true));
  control(a_, id, IPC_RMID).go();
  EXPECT_FALSE(segment_exists(fake_.machine(), kKey, 16, false));
}

TEST_F(SysvSharedMemoryTest, WhatCommutes) {
  const auto id = get(a_, kKey, 27, IPC_CREAT | 0600).go();
  attach(a_, id).go();
  attach(b_, id).go();
  FakeCall on = attach(a_, id), on_too = attach(b_, id);
  FakeCall off = detach(a_), off_too = detach(b_);
  FakeCall look = control(a_, id, IPC_STAT), mark = control(b_, id, IPC_RMID);
  EXPECT_TRUE(commute(on, on_too));
  EXPECT_TRUE(commute(off, off_too));
  EXPECT_FALSE(commute(on, off_too));
  EXPECT_FALSE(commute(look, on_too));
  EXPECT_FALSE(commute(look, off_too));
  EXPECT_FALSE(commute(mark, on));
  EXPECT_TRUE(commute(mark, off));
  EXPECT_FALSE(commute(mark, look));
  const auto ending = shared_memory_end_touches(fake_.machine(), process(b_));
  EXPECT_TRUE(conflict(ending, look.touches()));
  EXPECT_FALSE(conflict(ending, off.touches()));
  FakeCall find = get(a_, kKey, 27, 0), find_too = get(b_, kKey, 27, 0);
  EXPECT_TRUE(commute(find, find_too));
  EXPECT_FALSE(commute(find, mark));
  FakeCall guess = attach(a_, 1), make = get(b_, IPC_PRIVATE, 27, 0600);
  EXPECT_FALSE(commute(guess, make));
}

TEST_F(SysvSharedMemoryTest, Information) {
  get(a_, kKey, 27, IPC_CREAT | 0600).go();
  get(a_, kKey + 1, 27, IPC_CREAT | 0600).go();
  const auto at = fake_.room(256);
  EXPECT_EQ(control(a_, 0, SHM_INFO, at).go(), 1);
  EXPECT_EQ(fake_.value_at<shm_info>(at).used_ids, 2);
  EXPECT_EQ(control(a_, 1, SHM_STAT, at).go(), 1);
  EXPECT_EQ(control(a_, 1, 99, at).go(), -EINVAL);
  EXPECT_EQ(control(a_, 1, IPC_STAT, 8).go(), -EFAULT);
}

}  // namespace
}  // namespace ipcgrade::testing
