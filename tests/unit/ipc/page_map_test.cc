// The page map, and calls that a lab refuses.
#include "ipc/page_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/uio.h>

#include "ipc/peer_memory.h"
#include "support/fake_kernel.h"

namespace ipcgrade::testing {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Present, of a file, exclusive, soft-dirty; and no frame number.
constexpr std::uint64_t kShown = std::uint64_t{0xa18} << 52;
/// The entry of the first page of FakeMemory.
constexpr std::uint64_t kEntry = FakeMemory::kBase / 4096 * 8;

class PageMapTest : public ::testing::Test {
 protected:
  void rule(PageMapRule rule) { set_page_map(fake_.machine(), rule); }
  std::int64_t open(Task& task, std::string_view path, int flags = O_RDONLY) {
    return fake_.opening(task, path, flags).go();
  }
  std::int64_t pread(Task& task, std::int64_t number, std::uint64_t size, std::uint64_t offset) {
    buffer_ = fake_.room(size);
    return fake_
        .call(task, SYS_pread64, {static_cast<std::uint64_t>(number), buffer_, size, offset})
        .go();
  }
  std::int64_t seek(std::int64_t number, std::int64_t offset, std::uint64_t whence) {
    return fake_
        .call(*task_, SYS_lseek,
              {static_cast<std::uint64_t>(number), static_cast<std::uint64_t>(offset), whence})
        .go();
  }
  [[nodiscard]] std::vector<PageMapTry>& tries() { return fake_.trace().page_map_tries; }

  DescriptorMachine fake_;
  Task* task_ = &fake_.start("one");
  std::uint64_t buffer_ = 0;
};

TEST_F(PageMapTest, IsTheKernelsWhereNoScenarioSaysMore) {
  fake_.results[SYS_open] = 5;
  EXPECT_EQ(open(*task_, "/proc/self/pagemap"), 5);
  EXPECT_EQ(fake_.passed.number, SYS_open);
  EXPECT_THAT(tries(), IsEmpty());
}

TEST_F(PageMapTest, IsFoundUnderAllItsNames) {
  rule({});
  const std::string own = std::to_string(fake_.machine().process_of(*task_).number);
  for (const std::string& name : {std::string("self"), std::string("thread-self"), own,
                                  "self/task/" + own, own + "/task/" + own}) {
    EXPECT_GE(open(*task_, "/proc/" + name + "/pagemap"), 0) << name;
    EXPECT_EQ(fake_.passed.number, SYS_eventfd2) << name;
  }
  EXPECT_THAT(tries(), SizeIs(5));
  for (const char* name :
       {"/proc/pagemap", "/proc/77/pagemap", "/proc/self/smaps", "pagemap", "/proc/1x/pagemap"}) {
    fake_.results[SYS_open] = -ENOENT;
    EXPECT_EQ(open(*task_, name), -ENOENT) << name;
  }
  EXPECT_THAT(tries(), SizeIs(5));
}

TEST_F(PageMapTest, Absent) {
  rule({.opens = false, .reads = false});
  EXPECT_EQ(open(*task_, "/proc/self/pagemap"), -ENOENT);
  const std::uint64_t path = fake_.put("/proc/self/pagemap");
  EXPECT_EQ(fake_.call(*task_, SYS_access, {path, R_OK}).go(), -ENOENT);
  EXPECT_EQ(fake_.call(*task_, SYS_stat, {path, fake_.room(200)}).go(), -ENOENT);
  ASSERT_THAT(tries(), SizeIs(3));
  for (const PageMapTry& one : tries()) EXPECT_TRUE(one.failed && one.begin == one.end);
}

TEST_F(PageMapTest, Unreadable) {
  rule({.opens = true, .reads = false});
  const std::int64_t map = open(*task_, "/proc/self/pagemap");
  ASSERT_GE(map, 0);
  EXPECT_EQ(pread(*task_, map, 8, kEntry), -EPERM);
  EXPECT_EQ(seek(map, 16, SEEK_SET), 16);
  EXPECT_EQ(fake_.read(*task_, static_cast<int>(map), 8), std::to_string(-EPERM));
  ASSERT_THAT(tries(), SizeIs(3));
  EXPECT_FALSE(tries()[0].failed);
  EXPECT_TRUE(tries()[1].failed);
  EXPECT_EQ(tries()[1].begin, kEntry);
  EXPECT_EQ(tries()[1].end, kEntry + 8);
  EXPECT_EQ(tries()[2].begin, 16U);
  EXPECT_EQ(tries()[2].end, 24U);
}

TEST_F(PageMapTest, ShowsNoFrames) {
  rule({});
  const std::int64_t map = open(*task_, "/proc/self/pagemap");
  EXPECT_EQ(pread(*task_, map, 16, kEntry - 8), 16);
  EXPECT_EQ(fake_.value_at<std::uint64_t>(buffer_), 0U);
  EXPECT_EQ(fake_.value_at<std::uint64_t>(buffer_ + 8), kShown);
  EXPECT_EQ(tries().back().begin, kEntry - 8);
  EXPECT_EQ(tries().back().end, kEntry + 8);
  EXPECT_EQ(pread(*task_, map, 4, kEntry), -EINVAL);
  EXPECT_EQ(pread(*task_, map, 8, kEntry + 1), -EINVAL);
  EXPECT_EQ(pread(*task_, map, 8, std::uint64_t{1} << 60), 0);
}

TEST_F(PageMapTest, HasAPosition) {
  rule({});
  const std::int64_t map = open(*task_, "/proc/self/pagemap");
  EXPECT_EQ(seek(map, static_cast<std::int64_t>(kEntry), SEEK_SET),
            static_cast<std::int64_t>(kEntry));
  EXPECT_THAT(fake_.read(*task_, static_cast<int>(map), 8), SizeIs(8));
  EXPECT_EQ(seek(map, -8, SEEK_CUR), static_cast<std::int64_t>(kEntry));
  EXPECT_EQ(seek(map, 0, SEEK_END), -EINVAL);
  const std::int64_t copy = fake_.call(*task_, SYS_dup, {static_cast<std::uint64_t>(map)}).go();
  EXPECT_THAT(fake_.read(*task_, static_cast<int>(copy), 8), SizeIs(8));
  EXPECT_EQ(seek(map, 0, SEEK_CUR), static_cast<std::int64_t>(kEntry) + 8);
  EXPECT_EQ(fake_.write(*task_, static_cast<int>(map), "x"), -EBADF);
  EXPECT_EQ(fake_.close(*task_, static_cast<int>(map)), 0);
}

TEST_F(PageMapTest, ItsPositionIsSharedWithAChild) {
  rule({});
  const auto map = static_cast<int>(open(*task_, "/proc/self/pagemap"));
  EXPECT_THAT(fake_.reading(*task_, map, 8).touches(), IsEmpty());
  Task& child = fake_.fork(*task_);
  EXPECT_TRUE(
      conflict(fake_.reading(*task_, map, 8).touches(), fake_.reading(child, map, 8).touches()));
}

TEST_F(PageMapTest, OfAProcessThatHasEndedIsEmpty) {
  rule({});
  Task& child = fake_.fork(*task_);
  const std::int64_t map = open(*task_, "/proc/" + std::to_string(child.number) + "/pagemap");
  EXPECT_EQ(pread(*task_, map, 8, kEntry), 8);
  child.state = TaskState::kEnded;
  EXPECT_EQ(pread(*task_, map, 8, kEntry), 0);
}

TEST_F(PageMapTest, CantBeWritten) {
  rule({});
  EXPECT_EQ(open(*task_, "/proc/self/pagemap", O_RDWR), -EACCES);
  const std::uint64_t path = fake_.put("/proc/self/pagemap");
  EXPECT_EQ(fake_.call(*task_, SYS_access, {path, R_OK}).go(), 0);
  EXPECT_EQ(fake_.call(*task_, SYS_access, {path, W_OK}).go(), -EACCES);
}

class RefusedCallTest : public ::testing::Test {
 protected:
  const PeerRead& ask(Task& task, int of) {
    const struct iovec pieces[] = {{reinterpret_cast<void*>(0x5000), 4},
                                   {reinterpret_cast<void*>(0x7000), 8}};
    const std::uint64_t remote = fake_.put_values({pieces[0], pieces[1]});
    const Call call{SYS_process_vm_readv, {static_cast<std::uint64_t>(of), 0, 0, remote, 2, 0}};
    FakeCall refused(fake_, task, refused_call(fake_.machine(), call, "process_vm_readv()"));
    EXPECT_THAT(refused.touches(), SizeIs(of == 77 ? 0 : 1)) << "whether it is there";
    EXPECT_EQ(refused.go(), -EPERM);
    return fake_.trace().peer_reads.back();
  }

  DescriptorMachine fake_;
  Task* parent_ = &fake_.start("one");
};

TEST_F(RefusedCallTest, SaysWhatAParentAskedItsChildFor) {
  Task& child = fake_.fork(*parent_);
  const PeerRead& read = ask(*parent_, child.number);
  EXPECT_EQ(read.event, fake_.last_event());
  EXPECT_EQ(read.of, child.id);
  EXPECT_TRUE(read.of_child);
  ASSERT_THAT(read.pieces, SizeIs(2));
  EXPECT_EQ(read.pieces[1].begin, 0x7000U);
  EXPECT_EQ(read.pieces[1].end, 0x7008U);
}

TEST_F(RefusedCallTest, KnowsWhoIsNotAChild) {
  Task& child = fake_.fork(*parent_);
  EXPECT_FALSE(ask(child, parent_->number).of_child);
  EXPECT_FALSE(ask(*parent_, parent_->number).of_child);
  EXPECT_EQ(ask(*parent_, 77).of, kNoTask);
  Task& thread = fake_.thread(*parent_);
  EXPECT_TRUE(ask(thread, child.number).of_child);
}

TEST_F(RefusedCallTest, AChildThatHasEndedHasNoMemory) {
  Task& child = fake_.fork(*parent_);
  fake_.end(child);
  EXPECT_FALSE(ask(*parent_, child.number).of_child);
}

TEST_F(RefusedCallTest, OtherCallsOnlyFail) {
  const Call call{SYS_process_vm_writev, {}};
  EXPECT_EQ(
      FakeCall(fake_, *parent_, refused_call(fake_.machine(), call, "process_vm_writev()")).go(),
      -EPERM);
  EXPECT_THAT(fake_.trace().peer_reads, IsEmpty());
}

}  // namespace
}  // namespace ipcgrade::testing
