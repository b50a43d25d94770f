#include "ipc/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_kernel.h"

namespace ipcgrade::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint64_t kHere = static_cast<std::uint64_t>(AT_FDCWD);

class FileTest : public ::testing::Test {
 protected:
  FileTest() {
    one_ = &fake_.start("one");
    two_ = &fake_.start("two");
  }
  EventId did(Task& task, long number, std::initializer_list<std::uint64_t> arguments,
              std::int64_t result = 0) {
    if (result != 0) fake_.results[number] = result;
    EXPECT_EQ(fake_.call(task, number, arguments).go(), result);
    return fake_.last_event();
  }
  EventId opened(Task& task, std::string_view path, int flags, std::int64_t result) {
    fake_.results[SYS_open] = result;
    EXPECT_EQ(fake_.opening(task, path, flags).go(), result);
    return fake_.last_event();
  }
  [[nodiscard]] FileDescription& file(Task& task, int number) {
    return dynamic_cast<FileDescription&>(*fake_.machine().descriptors(task).find(number));
  }

  DescriptorMachine fake_;
  Task* one_;
  Task* two_;
};

TEST_F(FileTest, ExclusiveCreationIsALock) {
  constexpr int kFlags = O_CREAT | O_EXCL | O_WRONLY;
  const EventId took = opened(*one_, "lock", kFlags, 3);
  const EventId failed = opened(*two_, "lock", kFlags, -EEXIST);
  EXPECT_TRUE(fake_.after(failed, took));
  const EventId gave = did(*one_, SYS_unlink, {fake_.put("./lock")});
  const EventId then = opened(*two_, "/work/lock", kFlags, 3);
  EXPECT_TRUE(fake_.after(then, gave));
  EXPECT_FALSE(fake_.after(then, took));
}

TEST_F(FileTest, LinkMkdirAndSymlinkAreLocks) {
  struct Way {
    long number;
    std::vector<std::string> paths;
  };
  for (const Way& way : {Way{SYS_link, {"mine", "a"}}, Way{SYS_symlink, {"whoever", "b"}}}) {
    const std::uint64_t from = fake_.put(way.paths[0]), to = fake_.put(way.paths[1]);
    const EventId took = did(*one_, way.number, {from, to});
    EXPECT_TRUE(fake_.after(did(*two_, way.number, {from, to}, -EEXIST), took));
    const EventId gave = did(*one_, SYS_unlink, {to});
    EXPECT_TRUE(fake_.after(did(*two_, way.number, {from, to}), gave));
  }
  const std::uint64_t folder = fake_.put("folder");
  const EventId took = did(*one_, SYS_mkdir, {folder, 0700});
  EXPECT_TRUE(fake_.after(did(*two_, SYS_mkdir, {folder, 0700}, -EEXIST), took));
  const EventId gave = did(*one_, SYS_rmdir, {folder});
  EXPECT_TRUE(fake_.after(did(*two_, SYS_mkdir, {folder, 0700}), gave));
}

TEST_F(FileTest, RenameTakesTheFileAlong) {
  const EventId made = opened(*one_, "new", O_CREAT | O_WRONLY, 3);
  const EventId wrote = [&] {
    fake_.results[SYS_write] = 4;
    fake_.write(*one_, 3, "data");
    return fake_.last_event();
  }();
  const EventId renamed = did(*one_, SYS_rename, {fake_.put("new"), fake_.put("ready")});
  const EventId open = opened(*two_, "ready", O_RDONLY, 3);
  EXPECT_TRUE(fake_.after(open, renamed));
  EXPECT_FALSE(fake_.after(open, made));
  EXPECT_EQ(file(*one_, 3).node(), file(*two_, 3).node());
  fake_.results[SYS_read] = 4;
  fake_.read(*two_, 3, 10);
  EXPECT_TRUE(fake_.after(fake_.last_event(), wrote));
  const EventId gone = opened(*two_, "new", O_RDONLY, -ENOENT);
  EXPECT_TRUE(fake_.after(gone, renamed));
}

TEST_F(FileTest, LookingComesAfterWhatIsSeen) {
  const std::uint64_t path = fake_.put("/tmp/flag"), buffer = fake_.room(200);
  did(*two_, SYS_access, {path, 0}, -ENOENT);
  EXPECT_THAT(after_of(fake_.trace(), fake_.trace().events.back()), IsEmpty());
  const EventId made = opened(*one_, "/tmp/flag", O_CREAT | O_WRONLY, 3);
  EXPECT_TRUE(fake_.after(did(*two_, SYS_access, {path, 0}), made));
  const EventId sized = did(*one_, SYS_ftruncate, {3, 100});
  const EventId seen = did(*two_, SYS_newfstatat, {kHere, path, buffer, 0});
  EXPECT_TRUE(fake_.after(seen, made));
  EXPECT_TRUE(fake_.after(seen, sized));
  const EventId removed = did(*one_, SYS_unlink, {path});
  EXPECT_TRUE(fake_.after(did(*two_, SYS_access, {path, 0}, -ENOENT), removed));
}

TEST_F(FileTest, SizeSeenThroughADescriptor) {
  opened(*one_, "/dev/shm/area", O_CREAT | O_RDWR, 3);
  opened(*two_, "/dev/shm/area", O_RDWR, 3);
  const std::uint64_t empty = fake_.put(""), buffer = fake_.room(200);
  FakeCall look = fake_.call(*two_, SYS_newfstatat, {3, empty, buffer, AT_EMPTY_PATH});
  FakeCall set = fake_.call(*one_, SYS_ftruncate, {3, 4096});
  EXPECT_TRUE(conflict(look.touches(), set.touches()));
  set.go();
  const EventId sized = fake_.last_event();
  look.go();
  EXPECT_TRUE(fake_.after(fake_.last_event(), sized));
  EXPECT_TRUE(file(*two_, 3).regular());
  EXPECT_EQ(file(*two_, 3).path(), "/dev/shm/area");
}

TEST_F(FileTest, ReadsComeAfterWrites) {
  opened(*one_, "data", O_CREAT | O_WRONLY, 3);
  opened(*two_, "data", O_RDONLY, 3);
  FakeCall write = fake_.writing(*one_, 3, "abc");
  FakeCall read = fake_.reading(*two_, 3, 10);
  EXPECT_TRUE(conflict(write.touches(), read.touches()));
  EXPECT_FALSE(conflict(read.touches(), fake_.reading(*one_, 3, 10).touches()));
  fake_.results[SYS_write] = 3;
  write.go();
  const EventId wrote = fake_.last_event();
  fake_.results[SYS_read] = 3;
  read.go();
  EXPECT_TRUE(fake_.after(fake_.last_event(), wrote));
}

TEST_F(FileTest, SharedPositionConflicts) {
  opened(*one_, "data", O_RDONLY, 3);
  Task& child = fake_.fork(*one_);
  EXPECT_TRUE(conflict(fake_.reading(*one_, 3, 1).touches(), fake_.reading(child, 3, 1).touches()));
}

TEST_F(FileTest, ElsewhereConcernsNobody) {
  FakeCall open = fake_.opening(*one_, "/etc/passwd", O_RDONLY);
  EXPECT_THAT(open.touches(), IsEmpty());
  EXPECT_EQ(open.go(), 0);
  EXPECT_TRUE(fake_.machine().descriptors(*one_).find(0)->passes());
  EXPECT_FALSE(fake_.reading(*one_, 0, 10).modelled());
  EXPECT_FALSE(fake_.call(*one_, SYS_stat, {fake_.put("/usr/bin"), fake_.room(200)}).modelled());
  EXPECT_TRUE(fake_.call(*one_, SYS_close, {0}).touches().empty());
}

TEST_F(FileTest, BuffersInSharedMemoryAreTouchedWhereverTheFileIs) {
  SharedMemory& segment = fake_.share(*one_, 0x7000000, 4096);
  opened(*one_, "/etc/passwd", O_RDONLY, 3);
  FakeCall read = fake_.call(*one_, SYS_read, {3, 0x7000000, 100});
  EXPECT_THAT(read.touches(), ElementsAre(writes(segment.id(), 0, 100)));
  fake_.results[SYS_read] = 7;
  EXPECT_EQ(read.go(), 7);
}

TEST_F(FileTest, PathsAreResolved) {
  did(*one_, SYS_mkdir, {fake_.put("sub"), 0700});
  did(*one_, SYS_chdir, {fake_.put("sub")});
  opened(*one_, "../sub/./x", O_CREAT | O_WRONLY, 3);
  EXPECT_EQ(file(*one_, 3).path(), "/work/sub/x");
  did(*two_, SYS_symlink, {fake_.put("sub"), fake_.put("way")});
  opened(*two_, "way/x", O_RDONLY, 3);
  EXPECT_EQ(file(*two_, 3).node(), file(*one_, 3).node());
  fake_.results[SYS_openat] = 4;
  fake_.call(*two_, SYS_openat, {kHere, fake_.put("/work/sub"), O_DIRECTORY, 0}).go();
  fake_.results[SYS_openat] = 5;
  fake_.call(*two_, SYS_openat, {4, fake_.put("x"), O_RDONLY, 0}).go();
  EXPECT_EQ(file(*two_, 5).node(), file(*one_, 3).node());
  did(*two_, SYS_chdir, {fake_.put("/")});
  opened(*two_, "work/sub/x", O_RDONLY, 6);
  EXPECT_EQ(file(*two_, 6).node(), file(*one_, 3).node());
}

TEST_F(FileTest, NamedSemaphoreIsLinkedIntoPlace) {
  opened(*one_, "/dev/shm/sem.Ab12Cd", O_CREAT | O_EXCL | O_RDWR, 3);
  const std::uint64_t temporary = fake_.put("/dev/shm/sem.Ab12Cd");
  const EventId link = did(*one_, SYS_link, {temporary, fake_.put("/dev/shm/sem.lab")});
  FakeCall unlink = fake_.call(*one_, SYS_unlink, {temporary});
  // The C library ignores it: what it leaves would be held against the student.
  EXPECT_THAT(unlink.operation().failures(fake_.machine(), *one_), IsEmpty());
  unlink.go();
  EXPECT_TRUE(fake_.after(opened(*two_, "/dev/shm/sem.lab", O_RDWR, 3), link));
  EXPECT_EQ(file(*one_, 3).node(), file(*two_, 3).node());
  FakeCall last = fake_.call(*one_, SYS_unlink, {fake_.put("/dev/shm/sem.lab")});
  EXPECT_THAT(last.operation().failures(fake_.machine(), *one_), ElementsAre(Failure{EACCES}));
}

TEST_F(FileTest, NamesOfOneFolderCommuteAndListingDoesNot) {
  const auto a = fake_.call(*one_, SYS_unlink, {fake_.put("a")}).touches();
  const auto b = fake_.call(*two_, SYS_unlink, {fake_.put("b")}).touches();
  EXPECT_FALSE(conflict(a, b));
  opened(*two_, "/work", O_DIRECTORY, 3);
  const auto list = fake_.call(*two_, SYS_getdents64, {3, fake_.room(64), 64}).touches();
  EXPECT_TRUE(conflict(a, list));
}

TEST_F(FileTest, TruncationAtOpenConflictsWithReading) {
  opened(*one_, "data", O_RDONLY, 3);
  const auto read = fake_.reading(*one_, 3, 1).touches();
  EXPECT_TRUE(conflict(read, fake_.opening(*two_, "data", O_WRONLY | O_TRUNC).touches()));
  EXPECT_FALSE(conflict(read, fake_.opening(*two_, "data", O_WRONLY).touches()));
}

TEST_F(FileTest, MemoryFile) {
  const std::uint64_t name = fake_.put("area");
  EXPECT_EQ(fake_.call(*one_, SYS_memfd_create, {name, 1}).go(), 0);
  EXPECT_TRUE(file(*one_, 0).regular());
  EXPECT_TRUE(fake_.machine().descriptors(*one_).close_on_exec(0));
  EXPECT_FALSE(fake_.call(*one_, SYS_ftruncate, {0, 4096}).touches().empty());
}

TEST_F(FileTest, CompanionsHearOfEveryClose) {
  struct Lock : FileCompanion {
    int closed_ = 0;
    void closed(Machine&, TaskId, const FileDescription&, bool) override { ++closed_; }
  };
  opened(*one_, "data", O_RDWR, 3);
  auto lock = std::make_shared<Lock>();
  file(*one_, 3).node()->companions.push_back(lock);
  Task& child = fake_.fork(*one_);
  fake_.close(child, 3);
  fake_.close(*one_, 3);
  EXPECT_EQ(lock->closed_, 2);
}

}  // namespace
}  // namespace ipcgrade::testing
