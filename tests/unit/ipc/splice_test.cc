#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <string>

#include "support/fake_kernel.h"

namespace ipcgrade::testing {
namespace {

class SpliceTest : public ::testing::Test {
 protected:
  SpliceTest() {
    parent_ = &fake_.start("parent");
    std::tie(from_, in_) = fake_.pipe(*parent_);
    std::tie(out_, to_) = fake_.pipe(*parent_);
  }
  FakeCall splice(int from, int to, std::uint64_t count, unsigned flags = 0) {
    return fake_.call(
        *parent_, SYS_splice,
        {static_cast<std::uint64_t>(from), 0, static_cast<std::uint64_t>(to), 0, count, flags});
  }

  DescriptorMachine fake_;
  Task* parent_;
  int in_ = -1, from_ = -1, to_ = -1, out_ = -1;  ///< in_ → from_, to_ → out_
};

TEST_F(SpliceTest, MovesWhatThereIsAndComesAfterItsWriter) {
  FakeCall move = splice(from_, to_, 100);
  EXPECT_FALSE(move.enabled());
  EXPECT_EQ(fake_.write(*parent_, in_, "hello"), 5);
  const EventId written = fake_.last_event();
  EXPECT_TRUE(move.enabled());
  EXPECT_EQ(move.go(), 5);
  const EventId moved = fake_.last_event();
  EXPECT_TRUE(fake_.after(moved, written));
  EXPECT_EQ(fake_.read(*parent_, out_, 100), "hello");
  EXPECT_TRUE(fake_.after(fake_.last_event(), moved));
}

TEST_F(SpliceTest, IsOverAtTheEnd) {
  fake_.close(*parent_, in_);
  EXPECT_EQ(splice(from_, to_, 100).go(), 0);
}

TEST_F(SpliceTest, WaitsForRoomAndLosesNothing) {
  const std::string full(65'536, 'x');
  EXPECT_EQ(fake_.write(*parent_, to_, full), 65'536);
  EXPECT_EQ(fake_.write(*parent_, in_, "y"), 1);
  EXPECT_EQ(splice(from_, to_, 1, SPLICE_F_NONBLOCK).go(), -EAGAIN);
  FakeCall move = splice(from_, to_, 1);
  EXPECT_FALSE(move.enabled());
  EXPECT_EQ(fake_.read(*parent_, out_, 65'536), full);
  EXPECT_TRUE(move.enabled());
  EXPECT_EQ(move.go(), 1);
  EXPECT_EQ(fake_.read(*parent_, out_, 1), "y");
}

TEST_F(SpliceTest, WithoutReadersNothingIsTaken) {
  EXPECT_EQ(fake_.write(*parent_, in_, "y"), 1);
  fake_.close(*parent_, out_);
  EXPECT_EQ(splice(from_, to_, 1).go(), -EPIPE);
  EXPECT_EQ(fake_.read(*parent_, from_, 1), "y");
}

TEST_F(SpliceTest, WhatItCanNotDo) {
  EXPECT_EQ(splice(from_, in_, 1).go(), -EINVAL) << "both ends of one pipe";
  EXPECT_EQ(splice(in_, to_, 1).go(), -EBADF);
  EXPECT_EQ(
      fake_
          .call(*parent_, SYS_splice,
                {static_cast<std::uint64_t>(from_), 4096, static_cast<std::uint64_t>(to_), 0, 1, 0})
          .go(),
      -ESPIPE);
  EXPECT_EQ(fake_
                .call(*parent_, SYS_sendfile,
                      {static_cast<std::uint64_t>(to_), static_cast<std::uint64_t>(from_), 0, 1})
                .go(),
            -EINVAL)
      << "a pipe can't be mapped";
}

}  // namespace
}  // namespace ipcgrade::testing
