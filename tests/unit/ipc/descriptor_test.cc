#include "ipc/descriptor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/close_range.h>
#include <sys/ioctl.h>

#include "support/fake_kernel.h"

namespace ipcgrade::testing {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

class DescriptorTest : public ::testing::Test {
 protected:
  DescriptorTest() {
    task_ = &fake_.start("server");
    std::tie(in_, out_) = fake_.pipe(*task_);
  }
  std::int64_t call(long number, std::initializer_list<std::uint64_t> arguments) {
    return fake_.call(*task_, number, arguments).go();
  }
  [[nodiscard]] DescriptorTable& table() { return fake_.machine().descriptors(*task_); }

  DescriptorMachine fake_;
  Task* task_;
  int in_ = -1, out_ = -1;
};

TEST_F(DescriptorTest, DuplicatesNameTheSame) {
  EXPECT_EQ(call(SYS_dup, {1}), 2);
  EXPECT_EQ(table().find(2), table().find(1));
  EXPECT_EQ(call(SYS_dup2, {0, 9}), 9);
  EXPECT_EQ(table().find(9), table().find(0));
  EXPECT_EQ(call(SYS_dup3, {0, 8, O_CLOEXEC}), 8);
  EXPECT_TRUE(table().close_on_exec(8));
  EXPECT_EQ(call(SYS_fcntl, {0, F_DUPFD_CLOEXEC, 20}), 20);
  EXPECT_TRUE(table().close_on_exec(20));
  EXPECT_EQ(call(SYS_fcntl, {0, F_DUPFD, 20}), 21);
  EXPECT_FALSE(table().close_on_exec(21));
}

TEST_F(DescriptorTest, OnlyTheLastCloseCloses) {
  call(SYS_dup, {1});
  FakeCall read = fake_.reading(*task_, in_, 1);
  fake_.close(*task_, 1);
  EXPECT_FALSE(read.enabled());
  fake_.close(*task_, 2);
  EXPECT_TRUE(read.enabled());
}

TEST_F(DescriptorTest, Dup2ClosesWhatWasThere) {
  const auto [in, out] = fake_.pipe(*task_);
  FakeCall read = fake_.reading(*task_, in_, 1);
  FakeCall dup = fake_.call(*task_, SYS_dup2, {static_cast<std::uint64_t>(in), 1});
  EXPECT_TRUE(conflict(read.touches(), dup.touches()));
  EXPECT_EQ(dup.go(), 1);
  EXPECT_TRUE(read.enabled());
  // To itself: nothing happens, and the kernel says so.
  EXPECT_FALSE(fake_.call(*task_, SYS_dup2, {0, 0}).modelled());
}

TEST_F(DescriptorTest, ForkSharesDescriptionsAndCopiesNumbers) {
  Task& child = fake_.fork(*task_);
  EXPECT_EQ(fake_.machine().descriptors(child).find(0), table().find(0));
  fake_.close(*task_, 0);
  EXPECT_NE(fake_.machine().descriptors(child).find(0), nullptr);
  EXPECT_EQ(table().find(0), nullptr);
  // Flags are the description's: both see them.
  call(SYS_fcntl, {1, F_SETFL, O_NONBLOCK});
  EXPECT_NE(fake_.machine().descriptors(child).find(1)->flags() & O_NONBLOCK, 0);
}

TEST_F(DescriptorTest, FlagsOfDescriptionAndDescriptor) {
  EXPECT_EQ(call(SYS_fcntl, {1, F_GETFL, 0}), O_WRONLY);
  EXPECT_EQ(call(SYS_fcntl, {1, F_SETFL, O_NONBLOCK | O_RDWR}), 0);
  EXPECT_EQ(call(SYS_fcntl, {1, F_GETFL, 0}), O_WRONLY | O_NONBLOCK);
}

TEST_F(DescriptorTest, NonblockingByIoctl) {
  const std::uint64_t one = fake_.put_values<int>({1});
  EXPECT_EQ(call(SYS_ioctl, {0, FIONBIO, one}), 0);
  EXPECT_EQ(fake_.read(*task_, in_, 1), std::to_string(-EAGAIN));
  EXPECT_EQ(call(SYS_ioctl, {0, FIOCLEX, 0}), 0);
  EXPECT_TRUE(table().close_on_exec(0));
}

TEST_F(DescriptorTest, CountsWhatCanBeRead) {
  fake_.write(*task_, out_, "four");
  const EventId write = fake_.last_event();
  const std::uint64_t to = fake_.room(sizeof(int));
  EXPECT_EQ(call(SYS_ioctl, {0, FIONREAD, to}), 0);
  EXPECT_EQ(fake_.value_at<int>(to), 4);
  EXPECT_TRUE(fake_.after(fake_.last_event(), write));
  // A terminal's business: none of ours.
  EXPECT_FALSE(fake_.call(*task_, SYS_ioctl, {0, 0x5401, to}).modelled());
}

TEST_F(DescriptorTest, ClosesRanges) {
  fake_.pipe(*task_);
  EXPECT_EQ(call(SYS_close_range, {1, 2, CLOSE_RANGE_CLOEXEC}), 0);
  EXPECT_TRUE(table().close_on_exec(1));
  EXPECT_EQ(call(SYS_close_range, {1, ~0U, 0}), 0);
  EXPECT_NE(table().find(0), nullptr);
  EXPECT_EQ(table().slots().size(), 1U);
}

TEST_F(DescriptorTest, ThreadsNoticeEachOthersNumbers) {
  const auto alone = fake_.call(*task_, SYS_dup, {0}).touches();
  EXPECT_THAT(alone, IsEmpty());
  Task& thread = fake_.thread(*task_);
  const auto dup = fake_.call(*task_, SYS_dup, {0}).touches();
  const auto pipe = fake_.call(thread, SYS_pipe2, {fake_.room(8), 0}).touches();
  const auto close = fake_.call(thread, SYS_close, {0}).touches();
  const auto close_other = fake_.call(*task_, SYS_close, {1}).touches();
  const auto read = fake_.reading(*task_, 0, 1).touches();
  EXPECT_THAT(dup, Not(IsEmpty()));
  EXPECT_TRUE(conflict(dup, pipe));
  EXPECT_TRUE(conflict(close, pipe));
  EXPECT_TRUE(conflict(close, read));
  EXPECT_FALSE(conflict(close_other, close));
  EXPECT_FALSE(conflict(pipe, read));
}

TEST_F(DescriptorTest, ReadOfWhatAThreadHasClosedMeanwhile) {
  Task& thread = fake_.thread(*task_);
  FakeCall read = fake_.reading(*task_, in_, 1);
  fake_.close(thread, in_);
  EXPECT_TRUE(read.enabled());
  EXPECT_EQ(read.go(), -EBADF);
}

TEST_F(DescriptorTest, WhatIsNotModelledSaysSo) {
  FakeCall tee = fake_.call(*task_, SYS_tee, {0, 1, 100, 0});
  tee.go();
  EXPECT_EQ(fake_.last_effect.kind, Effect::Kind::kUnmodelled);
  EXPECT_EQ(fake_.last_effect.text, "tee(0, 1)");
  fake_.call(*task_, SYS_fanotify_init, {0}).go();
  EXPECT_EQ(fake_.last_effect.text, "fanotify_init()");
  fake_.call(*task_, SYS_fcntl, {0, F_SETFL, O_ASYNC}).go();
  EXPECT_EQ(fake_.last_effect.kind, Effect::Kind::kUnmodelled);
}

}  // namespace
}  // namespace ipcgrade::testing
