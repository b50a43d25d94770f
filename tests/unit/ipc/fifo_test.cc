#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ipc/pipe.h"
#include "support/fake_kernel.h"

namespace ipcgrade::testing {
namespace {

using ::testing::ElementsAre;

class FifoTest : public ::testing::Test {
 protected:
  FifoTest() {
    reader_ = &fake_.start("reader");
    writer_ = &fake_.start("writer");
    fake_.call(*reader_, SYS_mknod, {fake_.put("fifo"), S_IFIFO | 0600, 0}).go();
    made_ = fake_.last_event();
  }

  DescriptorMachine fake_;
  Task* reader_;
  Task* writer_;
  EventId made_ = kNoEvent;
};

TEST_F(FifoTest, OpenersMeet) {
  FakeCall in = fake_.opening(*reader_, "fifo", O_RDONLY);
  FakeCall out = fake_.opening(*writer_, "/work/./fifo", O_WRONLY);
  EXPECT_TRUE(conflict(in.touches(), out.touches()));
  EXPECT_FALSE(in.enabled());
  EXPECT_FALSE(out.enabled());
  EXPECT_TRUE(in.operation().queues());
  in.begin_wait();
  const EventId began = fake_.last_event();
  EXPECT_FALSE(in.enabled());
  EXPECT_TRUE(out.enabled());
  EXPECT_EQ(out.go(), 0);
  const EventId opened = fake_.last_event();
  EXPECT_TRUE(fake_.after(opened, began));
  EXPECT_TRUE(fake_.after(opened, made_));
  EXPECT_TRUE(in.enabled());
  EXPECT_EQ(in.go(), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), opened));

  fake_.write(*writer_, 0, "through");
  EXPECT_EQ(fake_.read(*reader_, 0, 100), "through");
  fake_.close(*writer_, 0);
  EXPECT_EQ(fake_.read(*reader_, 0, 100), "");
}

TEST_F(FifoTest, PartnerThatCameAndWentCounts) {
  FakeCall in = fake_.opening(*reader_, "fifo", O_RDONLY);
  in.begin_wait();
  fake_.opening(*writer_, "fifo", O_WRONLY).go();
  fake_.write(*writer_, 0, "left behind");
  fake_.close(*writer_, 0);
  EXPECT_TRUE(in.enabled());
  EXPECT_EQ(in.go(), 0);
  EXPECT_EQ(fake_.read(*reader_, 0, 100), "left behind");
  EXPECT_EQ(fake_.read(*reader_, 0, 100), "");
}

TEST_F(FifoTest, WaitThatEndsLeaves) {
  FakeCall in = fake_.opening(*reader_, "fifo", O_RDONLY);
  in.begin_wait();
  EXPECT_EQ(in.operation().interruption(), Interruption::kRestarts);
  EXPECT_EQ(in.interrupt(), -EINTR);
  EXPECT_FALSE(fake_.opening(*writer_, "fifo", O_WRONLY).enabled());
}

TEST_F(FifoTest, NonblockingOpen) {
  EXPECT_EQ(fake_.opening(*writer_, "fifo", O_WRONLY | O_NONBLOCK).go(), -ENXIO);
  EXPECT_EQ(fake_.opening(*reader_, "fifo", O_RDONLY | O_NONBLOCK).go(), 0);
  // No writer yet: the end, but poll shows no hang-up before there was one.
  EXPECT_EQ(fake_.read(*reader_, 0, 1), "");
  const auto description = fake_.machine().descriptors(*reader_).find(0);
  EXPECT_EQ(description->ready(fake_.machine()), 0);
  EXPECT_EQ(fake_.opening(*writer_, "fifo", O_WRONLY | O_NONBLOCK).go(), 0);
  EXPECT_EQ(fake_.read(*reader_, 0, 1), std::to_string(-EAGAIN));
  fake_.close(*writer_, 0);
  EXPECT_EQ(description->ready(fake_.machine()), POLLHUP);
}

TEST_F(FifoTest, PlaceholderIsHadWithoutWaiting) {
  fake_.opening(*reader_, "fifo", O_RDWR).go();
  fake_.opening(*writer_, "fifo", O_WRONLY).go();
  EXPECT_EQ(fake_.passed.arguments[1], static_cast<std::uint64_t>(O_RDWR | O_NONBLOCK));
}

TEST_F(FifoTest, ReadWriteOpenNeverWaits) {
  FakeCall both = fake_.opening(*reader_, "fifo", O_RDWR);
  EXPECT_TRUE(both.enabled());
  both.go();
  fake_.write(*reader_, 0, "loop");
  EXPECT_EQ(fake_.read(*reader_, 0, 10), "loop");
  EXPECT_FALSE(fake_.reading(*reader_, 0, 10).enabled());
}

TEST_F(FifoTest, MadeAfterTheOpenWasDecoded) {
  FakeCall in = fake_.opening(*reader_, "later", O_RDONLY);
  EXPECT_TRUE(in.enabled());
  FakeCall make = fake_.call(*writer_, SYS_mknod, {fake_.put("later"), S_IFIFO | 0600, 0});
  EXPECT_TRUE(conflict(in.touches(), make.touches()));
  make.go();
  EXPECT_FALSE(in.enabled());
}

TEST_F(FifoTest, Told) {
  FakeCall in = fake_.opening(*reader_, "fifo", O_RDONLY);
  EXPECT_EQ(in.text(), "open(\"fifo\", O_RDONLY)");
  EXPECT_EQ(in.waits_for(), "opens the FIFO fifo for reading, which nobody has open for writing");
  EXPECT_THAT(in.operation().suppliers(fake_.machine(), *reader_), ElementsAre(writer_->id));
}

TEST_F(FifoTest, UnreadDataGoWithTheLastEnd) {
  fake_.opening(*reader_, "fifo", O_RDWR).go();
  fake_.write(*reader_, 0, "lost");
  fake_.close(*reader_, 0);
  fake_.opening(*reader_, "fifo", O_RDONLY | O_NONBLOCK).go();
  EXPECT_EQ(fake_.read(*reader_, 0, 10), "");
}

}  // namespace
}  // namespace ipcgrade::testing
