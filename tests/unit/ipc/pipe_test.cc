#include "ipc/pipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "support/fake_kernel.h"

namespace ipcgrade::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class PipeTest : public ::testing::Test {
 protected:
  PipeTest() {
    parent_ = &fake_.start("parent");
    std::tie(in_, out_) = fake_.pipe(*parent_);
  }
  void fork() { child_ = &fake_.fork(*parent_); }

  DescriptorMachine fake_;
  Task* parent_;
  Task* child_ = nullptr;
  int in_ = -1, out_ = -1;
};

TEST_F(PipeTest, GivesWhatWasWrittenInOrder) {
  EXPECT_EQ(in_, 0);
  EXPECT_EQ(out_, 1);
  EXPECT_EQ(fake_.write(*parent_, out_, "hello"), 5);
  EXPECT_EQ(fake_.write(*parent_, out_, " world"), 6);
  EXPECT_EQ(fake_.read(*parent_, in_, 3), "hel");
  EXPECT_EQ(fake_.read(*parent_, in_, 100), "lo world");
}

TEST_F(PipeTest, FlagsAreToldWhateverTheyAre) {
  const auto text = [&](int flags) {
    return fake_.call(*parent_, SYS_pipe2, {fake_.room(8), static_cast<std::uint64_t>(flags)})
        .text();
  };
  EXPECT_EQ(text(0), "pipe()");
  EXPECT_EQ(text(O_CLOEXEC | O_NONBLOCK), "pipe2(O_NONBLOCK|O_CLOEXEC)");
  EXPECT_EQ(text(O_WRONLY), "pipe2(O_WRONLY)") << "which the kernel refuses";
}

TEST_F(PipeTest, ReadComesAfterExactlyTheWritesWhoseBytesItGot) {
  fork();
  Task& other = fake_.fork(*parent_);
  fake_.write(*parent_, out_, "aa");
  const EventId first = fake_.last_event();
  fake_.write(other, out_, "bb");
  const EventId second = fake_.last_event();
  fake_.write(*parent_, out_, "cc");
  const EventId third = fake_.last_event();

  EXPECT_EQ(fake_.read(*child_, in_, 3), "aab");
  EXPECT_TRUE(fake_.after(fake_.last_event(), first));
  EXPECT_TRUE(fake_.after(fake_.last_event(), second));
  EXPECT_FALSE(fake_.after(fake_.last_event(), third));
  EXPECT_EQ(fake_.read(*child_, in_, 1), "b");
  EXPECT_FALSE(fake_.after(fake_.last_event(), first));
  EXPECT_TRUE(fake_.after(fake_.last_event(), second));
  EXPECT_FALSE(fake_.after(fake_.last_event(), third));
}

TEST_F(PipeTest, ReadWaitsWhileEmptyAndHeldForWriting) {
  fork();
  FakeCall read = fake_.reading(*child_, in_, 10);
  EXPECT_FALSE(read.enabled());
  fake_.write(*parent_, out_, "x");
  EXPECT_TRUE(read.enabled());
  EXPECT_EQ(read.go(), 1);
}

TEST_F(PipeTest, EndComesAfterAllThatClosedTheWriteEnd) {
  fork();
  FakeCall read = fake_.reading(*child_, in_, 10);
  fake_.close(*parent_, out_);
  const EventId first = fake_.last_event();
  EXPECT_FALSE(read.enabled());
  fake_.close(*child_, out_);
  EXPECT_TRUE(read.enabled());
  EXPECT_EQ(read.go(), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), first));
}

TEST_F(PipeTest, EndOfAProcessClosesItsEnds) {
  fork();
  fake_.close(*parent_, out_);
  FakeCall read = fake_.reading(*parent_, in_, 10);
  EXPECT_FALSE(read.enabled());
  fake_.end(*child_);
  const EventId exit = fake_.last_event();
  EXPECT_TRUE(read.enabled());
  EXPECT_EQ(read.go(), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), exit));
}

TEST_F(PipeTest, WhatWasWrittenIsReadBeforeTheEnd) {
  fake_.write(*parent_, out_, "last");
  fake_.close(*parent_, out_);
  EXPECT_EQ(fake_.read(*parent_, in_, 2), "la");
  EXPECT_EQ(fake_.read(*parent_, in_, 2), "st");
  EXPECT_EQ(fake_.read(*parent_, in_, 2), "");
}

TEST_F(PipeTest, WritingWithoutReadersIsEpipeAndASignal) {
  fork();
  fake_.close(*parent_, in_);
  fake_.close(*child_, in_);
  const EventId closed = fake_.last_event();
  EXPECT_EQ(fake_.write(*parent_, out_, "x"), -EPIPE);
  EXPECT_TRUE(fake_.after(fake_.last_event(), closed));
  EXPECT_EQ(fake_.machine().next_signal(*parent_), SIGPIPE);
  EXPECT_EQ(fake_.machine().next_signal(*child_), std::nullopt);
  // A write of nothing succeeds all the same.
  EXPECT_EQ(fake_.write(*parent_, out_, ""), 0);
}

TEST_F(PipeTest, SixteenPagesFillIt) {
  EXPECT_EQ(fake_.write(*parent_, out_, std::string(65536, 'a')), 65536);
  FakeCall one = fake_.writing(*parent_, out_, "b");
  EXPECT_FALSE(one.enabled());
  // One byte less is not a page less.
  fake_.read(*parent_, in_, 1);
  EXPECT_FALSE(one.enabled());
  fake_.read(*parent_, in_, 4095);
  const EventId made_room = fake_.last_event();
  EXPECT_TRUE(one.enabled());
  EXPECT_EQ(one.go(), 1);
  EXPECT_TRUE(fake_.after(fake_.last_event(), made_room));
}

TEST_F(PipeTest, WritesThatDoNotFitTogetherTakeAPageEach) {
  const std::string most(3000, 'x');
  for (int i = 0; i < 16; ++i) EXPECT_EQ(fake_.write(*parent_, out_, most), 3000);
  EXPECT_FALSE(fake_.writing(*parent_, out_, most).enabled());
  // A short one goes into what is left of the last page.
  EXPECT_EQ(fake_.write(*parent_, out_, std::string(1096, 'y')), 1096);
  EXPECT_FALSE(fake_.writing(*parent_, out_, "z").enabled());
}

TEST_F(PipeTest, LargeWriteGoesOnAsRoomComes) {
  fork();
  FakeCall write = fake_.writing(*parent_, out_, std::string(70000, 'w'));
  EXPECT_TRUE(write.enabled());
  EXPECT_EQ(write.step(), std::nullopt);
  EXPECT_FALSE(write.enabled());
  EXPECT_EQ(fake_.read(*child_, in_, 65536).size(), 65536U);
  EXPECT_TRUE(write.enabled());
  EXPECT_EQ(write.step(), 70000);
  EXPECT_EQ(fake_.read(*child_, in_, 65536).size(), 70000U - 65536U);
}

TEST_F(PipeTest, InterruptedLargeWriteReturnsItsPart) {
  FakeCall write = fake_.writing(*parent_, out_, std::string(70000, 'w'));
  write.step();
  EXPECT_EQ(write.operation().interruption(), Interruption::kRestarts);
  EXPECT_EQ(write.interrupt(), 65536);
}

TEST_F(PipeTest, LargeWriteWhoseReaderGoesReturnsItsPartAndSignals) {
  fork();
  fake_.close(*parent_, in_);
  FakeCall write = fake_.writing(*parent_, out_, std::string(70000, 'w'));
  write.step();
  fake_.close(*child_, in_);
  EXPECT_TRUE(write.enabled());
  EXPECT_EQ(write.go(), 65536);
  EXPECT_EQ(fake_.machine().next_signal(*parent_), SIGPIPE);
}

TEST_F(PipeTest, NonblockingEndsNeverWait) {
  const auto [in, out] = fake_.pipe(*parent_, O_NONBLOCK);
  EXPECT_EQ(fake_.read(*parent_, in, 1), "-11");
  EXPECT_EQ(fake_.write(*parent_, out, std::string(70000, 'x')), 65536);
  EXPECT_EQ(fake_.write(*parent_, out, "x"), -EAGAIN);
  EXPECT_EQ(fake_.write(*parent_, out, std::string(70000, 'x')), -EAGAIN);
  fake_.read(*parent_, in, 4096);
  // All or nothing up to PIPE_BUF; beyond, what there is room for.
  EXPECT_EQ(fake_.write(*parent_, out, std::string(5000, 'x')), 4096);
}

TEST_F(PipeTest, SmallWriteIsNotSplit) {
  fake_.write(*parent_, out_, std::string(65536 - 4096, 'a'));
  fake_.write(*parent_, out_, "b");
  FakeCall write = fake_.writing(*parent_, out_, std::string(4096, 'c'));
  EXPECT_FALSE(write.enabled());
}

TEST_F(PipeTest, WrongEnd) {
  EXPECT_EQ(fake_.read(*parent_, out_, 1), std::to_string(-EBADF));
  EXPECT_EQ(fake_.write(*parent_, in_, "x"), -EBADF);
  // The kernel says so itself.
  EXPECT_FALSE(fake_.reading(*parent_, 77, 1).modelled());
}

TEST_F(PipeTest, CapacityCanBeChanged) {
  const auto fcntl = [&](int command, std::uint64_t argument) {
    return fake_
        .call(*parent_, SYS_fcntl,
              {static_cast<std::uint64_t>(out_), static_cast<std::uint64_t>(command), argument})
        .go();
  };
  EXPECT_EQ(fcntl(F_GETPIPE_SZ, 0), 65536);
  EXPECT_EQ(fcntl(F_SETPIPE_SZ, 5000), 8192);
  EXPECT_EQ(fake_.write(*parent_, out_, std::string(8192, 'x')), 8192);
  EXPECT_FALSE(fake_.writing(*parent_, out_, "x").enabled());
  EXPECT_EQ(fcntl(F_SETPIPE_SZ, 4096), -EBUSY);
  EXPECT_EQ(fcntl(F_SETPIPE_SZ, 2 << 20), -EPERM);
  EXPECT_EQ(fcntl(F_SETPIPE_SZ, 1 << 20), 1 << 20);
  EXPECT_TRUE(fake_.writing(*parent_, out_, "x").enabled());
}

TEST_F(PipeTest, PacketsStayApart) {
  const auto [in, out] = fake_.pipe(*parent_, O_DIRECT);
  fake_.write(*parent_, out, "one");
  fake_.write(*parent_, out, "two");
  EXPECT_EQ(fake_.read(*parent_, in, 2), "on");
  EXPECT_EQ(fake_.read(*parent_, in, 100), "two");
}

TEST_F(PipeTest, TellsWhoHoldsTheOtherEnd) {
  EXPECT_EQ(fake_.reading(*parent_, in_, 1).waits_for(),
            "reads from pipe 1, whose last write end is held by itself, as descriptor 1");
  fork();
  FakeCall read = fake_.reading(*child_, in_, 1);
  EXPECT_EQ(read.waits_for(),
            "reads from pipe 1, whose write end is held by parent, as descriptor 1, and by itself, "
            "as descriptor 1");
  EXPECT_THAT(read.operation().suppliers(fake_.machine(), *child_), ElementsAre(parent_->id));
  fake_.close(*parent_, out_);
  EXPECT_THAT(read.operation().suppliers(fake_.machine(), *child_), IsEmpty());
  fake_.close(*child_, in_);
  fake_.write(*child_, out_, std::string(65536, 'x'));
  EXPECT_EQ(fake_.writing(*child_, out_, "x").waits_for(),
            "writes to pipe 1, which is full, and whose read end is held by parent, as descriptor "
            "0");
}

TEST_F(PipeTest, Texts) {
  FakeCall write = fake_.writing(*parent_, out_, "hi\n\001\"");
  EXPECT_EQ(write.text(), R"(write(1, "hi\n\001\"", 5) [pipe 1])");
  write.go();
  FakeCall read = fake_.reading(*parent_, in_, 100);
  EXPECT_EQ(read.text(), "read(0, 100) [pipe 1]");
  read.go();
  EXPECT_EQ(read.text(), R"(read(0, "hi\n\001\"", 100) [pipe 1])");
  EXPECT_EQ(fake_.writing(*parent_, out_, std::string(40, 'a')).text(),
            "write(1, \"" + std::string(32, 'a') + "\"..., 40) [pipe 1]");
}

TEST_F(PipeTest, CommutesOnlyWhereNothingChanges) {
  fork();
  const auto [other_in, other_out] = fake_.pipe(*parent_);
  const auto read = fake_.reading(*child_, in_, 1).touches();
  const auto write = fake_.writing(*parent_, out_, "x").touches();
  const auto close_out =
      fake_.call(*parent_, SYS_close, {static_cast<std::uint64_t>(out_)}).touches();
  const auto close_in =
      fake_.call(*parent_, SYS_close, {static_cast<std::uint64_t>(in_)}).touches();
  const auto elsewhere = fake_.writing(*parent_, other_out, "x").touches();
  EXPECT_TRUE(conflict(read, write));
  EXPECT_TRUE(conflict(read, close_out));
  EXPECT_TRUE(conflict(write, close_in));
  EXPECT_FALSE(conflict(read, close_in));
  EXPECT_FALSE(conflict(write, close_out));
  EXPECT_FALSE(conflict(close_in, close_out));
  EXPECT_FALSE(conflict(close_out, close_out));
  EXPECT_FALSE(conflict(read, elsewhere));
}

TEST_F(PipeTest, SharedBuffersAreTouched) {
  SharedMemory& segment = fake_.share(*parent_, 0x7000000, 4096);
  FakeCall write = fake_.call(*parent_, SYS_write, {1, 0x7000010, 8});
  EXPECT_THAT(write.touches(), ::testing::Contains(reads(segment.id(), 0x10, 0x18)));
  EXPECT_EQ(write.go(), 8);
  FakeCall read = fake_.call(*parent_, SYS_read, {0, 0x7000020, 100});
  EXPECT_THAT(read.touches(), ::testing::Contains(writes(segment.id(), 0x20, 0x20 + 100)));
  EXPECT_EQ(read.go(), 8);
}

TEST_F(PipeTest, BadBufferIsEfault) {
  EXPECT_EQ(fake_.call(*parent_, SYS_write, {1, 0xdead0000, 8}).go(), -EFAULT);
  fake_.write(*parent_, out_, "x");
  EXPECT_EQ(fake_.call(*parent_, SYS_read, {0, 0xdead0000, 8}).go(), -EFAULT);
}

TEST_F(PipeTest, VectorsAreOneTransfer) {
  const std::uint64_t first = fake_.put("abc"), second = fake_.put("defg");
  const std::uint64_t vector = fake_.put_values<std::uint64_t>({first, 3, second, 4});
  EXPECT_EQ(fake_.call(*parent_, SYS_writev, {1, vector, 2}).go(), 7);
  const std::uint64_t into = fake_.put_values<std::uint64_t>({first, 2, second, 4});
  EXPECT_EQ(fake_.call(*parent_, SYS_readv, {0, into, 2}).go(), 6);
  EXPECT_EQ(fake_.text_at(first, 2), "ab");
  EXPECT_EQ(fake_.text_at(second, 4), "cdef");
}

TEST_F(PipeTest, Failures) {
  FakeCall make = fake_.call(*parent_, SYS_pipe2, {fake_.room(8), 0});
  EXPECT_THAT(make.operation().failures(fake_.machine(), *parent_),
              ElementsAre(Failure{EMFILE}, Failure{ENFILE}));
  fake_.write(*parent_, out_, "abcdef");
  FakeCall read = fake_.reading(*parent_, in_, 100);
  EXPECT_THAT(read.operation().failures(fake_.machine(), *parent_),
              ElementsAre(Failure{EIO}, Failure{0, true}))
      << "what was written at once comes at once";
  read.operation().shorten();
  EXPECT_EQ(read.go(), 3);
  FakeCall write = fake_.writing(*parent_, out_, "abcdef");
  write.operation().shorten();
  EXPECT_EQ(write.go(), 3);
  fake_.write(*parent_, out_, "ghijkl");
  FakeCall both = fake_.reading(*parent_, in_, 100);
  EXPECT_THAT(both.operation().failures(fake_.machine(), *parent_),
              ElementsAre(Failure{EIO}, Failure{0}))
      << "the second might not have been there yet";
  EXPECT_THAT(fake_.reading(*parent_, in_, 3).operation().failures(fake_.machine(), *parent_),
              ElementsAre(Failure{EIO}, Failure{0, true}));
  const std::string page(4096, 'x');
  EXPECT_THAT(fake_.writing(*parent_, out_, page).operation().failures(fake_.machine(), *parent_),
              ElementsAre(Failure{EIO}, Failure{0, true}));
  EXPECT_THAT(
      fake_.writing(*parent_, out_, page + "x").operation().failures(fake_.machine(), *parent_),
      ElementsAre(Failure{EIO}, Failure{0}));
  // One byte can't be short.
  EXPECT_THAT(fake_.writing(*parent_, out_, "a").operation().failures(fake_.machine(), *parent_),
              ElementsAre(Failure{EIO}));
}

TEST_F(PipeTest, PacketsAreNeverCut) {
  const auto [in, out] = fake_.pipe(*parent_, O_DIRECT);
  EXPECT_THAT(fake_.writing(*parent_, out, "abc").operation().failures(fake_.machine(), *parent_),
              ElementsAre(Failure{EIO}));
  fake_.write(*parent_, out, "abc");
  EXPECT_THAT(fake_.reading(*parent_, in, 100).operation().failures(fake_.machine(), *parent_),
              ElementsAre(Failure{EIO}))
      << "what is cut off would be lost";
}

TEST_F(PipeTest, EventsTellWhichEndsTheProcessHolds) {
  fork();
  fake_.close(*child_, out_);
  fake_.call(*parent_, SYS_dup, {1}).go();  // one end under two numbers
  fake_.write(*parent_, out_, "x");
  const Event write = fake_.trace().events.back();
  fake_.read(*child_, in_, 1);
  const Event read = fake_.trace().events.back();
  const ObjectId pipe = touches_of(fake_.trace(), read)[0].object;
  EXPECT_TRUE(write.writes);
  EXPECT_FALSE(write.reads);
  EXPECT_TRUE(read.reads);
  EXPECT_THAT(fake_.trace().held_ends[write.held_ends],
              ElementsAre(HeldEnd{pipe, false}, HeldEnd{pipe, true}));
  EXPECT_THAT(fake_.trace().held_ends[read.held_ends], ElementsAre(HeldEnd{pipe, false}));
}

TEST_F(PipeTest, FailedPipeMakesNothing) {
  fake_.results[SYS_pipe2] = -EMFILE;
  const std::size_t before = fake_.machine().object_count();
  EXPECT_EQ(fake_.call(*parent_, SYS_pipe2, {fake_.room(8), 0}).go(), -EMFILE);
  EXPECT_EQ(fake_.machine().object_count(), before);
}

}  // namespace
}  // namespace ipcgrade::testing
