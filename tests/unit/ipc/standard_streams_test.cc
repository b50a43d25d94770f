#include "ipc/standard_streams.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_kernel.h"

namespace ipcgrade::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class StandardStreamsTest : public ::testing::Test {
 protected:
  StandardStreamsTest() {
    task_ = &fake_.start("server");
    open_standard_streams(fake_.machine(), fake_.machine().process_of(*task_), "some input\n",
                          output_, errors_);
  }

  DescriptorMachine fake_;
  Task* task_;
  std::string output_, errors_;
};

TEST_F(StandardStreamsTest, InputEndsAndNeverWaits) {
  FakeCall read = fake_.reading(*task_, 0, 5);
  EXPECT_THAT(read.touches(), IsEmpty());
  EXPECT_EQ(read.go(), 5);
  EXPECT_EQ(fake_.read(*task_, 0, 100), "input\n");
  EXPECT_TRUE(fake_.reading(*task_, 0, 1).enabled());
  EXPECT_EQ(fake_.read(*task_, 0, 100), "");
  EXPECT_EQ(fake_.read(*task_, 0, 100), "");
}

TEST_F(StandardStreamsTest, OutputIsCollected) {
  EXPECT_EQ(fake_.write(*task_, 1, "out"), 3);
  EXPECT_EQ(fake_.write(*task_, 2, "err"), 3);
  EXPECT_EQ(fake_.write(*task_, 1, "put"), 3);
  EXPECT_EQ(output_, "output");
  EXPECT_EQ(errors_, "err");
  EXPECT_EQ(fake_.write(*task_, 0, "x"), -EBADF);
}

TEST_F(StandardStreamsTest, OnlyRelativesOfOneProgramSeeEachOthersOutput) {
  Task& other = fake_.start("client");
  std::string output, errors;
  open_standard_streams(fake_.machine(), fake_.machine().process_of(other), "", output, errors);
  Task& child = fake_.fork(*task_);
  Task& grandchild = fake_.fork(other);
  const auto mine = fake_.writing(*task_, 1, "x").touches();
  const auto childs = fake_.writing(child, 1, "x").touches();
  const auto others = fake_.writing(grandchild, 1, "x").touches();
  EXPECT_TRUE(conflict(mine, childs));
  EXPECT_FALSE(conflict(mine, others));
  EXPECT_THAT(fake_.writing(child, 2, "x").touches(), IsEmpty());
  EXPECT_TRUE(
      conflict(fake_.reading(*task_, 0, 1).touches(), fake_.reading(child, 0, 1).touches()));
}

TEST_F(StandardStreamsTest, DuplicatesOfOneProcessStayPrivate) {
  fake_.call(*task_, SYS_dup, {1}).go();
  EXPECT_THAT(fake_.writing(*task_, 3, "x").touches(), IsEmpty());
  fake_.fork(*task_);
  EXPECT_THAT(fake_.writing(*task_, 3, "x").touches(), Not(IsEmpty()));
}

TEST_F(StandardStreamsTest, Failures) {
  const auto failures = [&](FakeCall call) {
    return call.operation().failures(fake_.machine(), *task_);
  };
  EXPECT_THAT(failures(fake_.reading(*task_, 0, 10)), ElementsAre(Failure{EIO}, Failure{0}));
  EXPECT_THAT(failures(fake_.writing(*task_, 1, "xy")), ElementsAre(Failure{ENOSPC}, Failure{EIO}));
  EXPECT_THAT(failures(fake_.writing(*task_, 2, "xy")), IsEmpty());
}

TEST_F(StandardStreamsTest, CannotBeSoughtIn) {
  EXPECT_EQ(fake_.call(*task_, SYS_lseek, {0, 0, 1}).go(), -ESPIPE);
  EXPECT_EQ(fake_.call(*task_, SYS_pread64, {0, fake_.room(4), 4, 0}).go(), -ESPIPE);
}

TEST_F(StandardStreamsTest, OpenedByName) {
  EXPECT_EQ(fake_.opening(*task_, "/dev/stdin", O_RDONLY).go(), 3);
  EXPECT_EQ(fake_.read(*task_, 3, 4), "some");
  EXPECT_EQ(fake_.opening(*task_, "/proc/self/fd/1", O_WRONLY).go(), 4);
  fake_.write(*task_, 4, "by name");
  EXPECT_EQ(output_, "by name");
}

}  // namespace
}  // namespace ipcgrade::testing
