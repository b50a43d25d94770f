// inotify: who is told of what, and what that orders.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/inotify.h>

#include <string>
#include <vector>

#include "support/fake_kernel.h"

namespace ipcgrade::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class InotifyTest : public ::testing::Test {
 protected:
  static constexpr int kInotify = 9;

  InotifyTest() {
    watcher_ = &fake_.start("watcher");
    other_ = &fake_.start("other");
    fake_.results[SYS_inotify_init1] = kInotify;
    EXPECT_EQ(fake_.call(*watcher_, SYS_inotify_init1, {IN_NONBLOCK}).go(), kInotify);
  }

  EventId did(Task& task, long number, std::initializer_list<std::uint64_t> arguments,
              std::int64_t result = 0) {
    fake_.results[number] = result;
    EXPECT_EQ(fake_.call(task, number, arguments).go(), result);
    return fake_.last_event();
  }
  EventId watch(const std::string& path, std::uint32_t mask, int number = 1) {
    return did(*watcher_, SYS_inotify_add_watch, {kInotify, fake_.put(path), mask}, number);
  }
  EventId opened(Task& task, std::string_view path, int flags, std::int64_t result) {
    fake_.results[SYS_open] = result;
    EXPECT_EQ(fake_.opening(task, path, flags).go(), result);
    return fake_.last_event();
  }

  struct Told {
    int watch;
    std::uint32_t what;
    std::string name;
    bool operator==(const Told&) const = default;
  };
  /// All that is unread, in one read of `size` bytes.
  std::vector<Told> told(std::size_t size = 4096) {
    const std::uint64_t into = fake_.room(size);
    const auto count = fake_.call(*watcher_, SYS_read, {kInotify, into, size}).go();
    if (count < 0) return {};
    const std::string bytes = fake_.text_at(into, static_cast<std::size_t>(count));
    std::vector<Told> all;
    for (std::size_t at = 0; at < bytes.size();) {
      inotify_event one{};
      std::memcpy(&one, bytes.data() + at, sizeof one);
      all.push_back({one.wd, one.mask, std::string(bytes.c_str() + at + sizeof one)});
      if (one.len == 0) all.back().name.clear();
      cookies_.push_back(one.cookie);
      at += sizeof one + one.len;
    }
    return all;
  }

  DescriptorMachine fake_;
  Task* watcher_;
  Task* other_;
  std::vector<std::uint32_t> cookies_;
};

TEST_F(InotifyTest, NamesThatComeAndGoAreToldToWhoWatchesTheFolder) {
  watch(".", IN_CREATE | IN_DELETE | IN_MOVE);
  EXPECT_THAT(told(), IsEmpty());
  opened(*other_, "ready", O_CREAT | O_WRONLY, 3);
  did(*other_, SYS_mkdir, {fake_.put("folder"), 0700});
  did(*other_, SYS_rename, {fake_.put("ready"), fake_.put("done")});
  did(*other_, SYS_unlink, {fake_.put("done")});
  did(*other_, SYS_mkdir, {fake_.put("folder/inside"), 0700});
  EXPECT_THAT(told(),
              ElementsAre(Told{1, IN_CREATE, "ready"}, Told{1, IN_CREATE | IN_ISDIR, "folder"},
                          Told{1, IN_MOVED_FROM, "ready"}, Told{1, IN_MOVED_TO, "done"},
                          Told{1, IN_DELETE, "done"}));
  EXPECT_EQ(cookies_[2], cookies_[3]);
  EXPECT_NE(cookies_[2], 0U);
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(InotifyTest, WhatIsDoneToAFileIsToldToWhoWatchesItOrItsFolder) {
  opened(*other_, "data", O_CREAT | O_WRONLY, 3);
  watch("data", IN_MODIFY | IN_CLOSE_WRITE, 1);
  watch("/work", IN_OPEN | IN_CLOSE, 2);
  fake_.results[SYS_write] = 4;
  fake_.write(*other_, 3, "data");
  fake_.write(*other_, 3, "data");
  fake_.close(*other_, 3);
  opened(*other_, "data", O_RDONLY, 3);
  fake_.close(*other_, 3);
  EXPECT_THAT(told(), ElementsAre(Told{1, IN_MODIFY, ""}, Told{1, IN_CLOSE_WRITE, ""},
                                  Told{2, IN_CLOSE_WRITE, "data"}, Told{2, IN_OPEN, "data"},
                                  Told{2, IN_CLOSE_NOWRITE, "data"}))
      << "the second write says no more than the first";
}

TEST_F(InotifyTest, AReadComesAfterWhatItTellsOf) {
  watch(".", IN_CREATE);
  FakeCall read = fake_.call(*watcher_, SYS_read, {kInotify, fake_.room(4096), 4096});
  const EventId made = did(*other_, SYS_mkdir, {fake_.put("a"), 0700});
  const EventId also = did(*other_, SYS_mkdir, {fake_.put("b"), 0700});
  EXPECT_GT(read.go(), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), made));
  EXPECT_TRUE(fake_.after(fake_.last_event(), also));
}

TEST_F(InotifyTest, OnlyWholeEventsAreRead) {
  watch(".", IN_CREATE);
  did(*other_, SYS_mkdir, {fake_.put("a"), 0700});
  did(*other_, SYS_mkdir, {fake_.put("sixteen-letters-"), 0700});
  const std::uint64_t into = fake_.room(64);
  EXPECT_EQ(fake_.call(*watcher_, SYS_read, {kInotify, into, 31}).go(), -EINVAL);
  EXPECT_EQ(fake_.call(*watcher_, SYS_read, {kInotify, into, 64}).go(), 32);
  EXPECT_EQ(fake_.call(*watcher_, SYS_read, {kInotify, into, 64}).go(), 48);
  EXPECT_EQ(fake_.call(*watcher_, SYS_read, {kInotify, into, 64}).go(), -EAGAIN);
}

TEST_F(InotifyTest, WhetherItIsWatchedYetMattersToWhoMakesAFile) {
  FakeCall watch =
      fake_.call(*watcher_, SYS_inotify_add_watch, {kInotify, fake_.put("."), IN_CREATE});
  FakeCall make = fake_.call(*other_, SYS_mkdir, {fake_.put("a"), 0700});
  EXPECT_TRUE(conflict(watch.touches(), make.touches()));
  fake_.results[SYS_inotify_add_watch] = 1;
  watch.go();
  FakeCall read = fake_.call(*watcher_, SYS_read, {kInotify, fake_.room(64), 64});
  EXPECT_TRUE(
      conflict(read.touches(), fake_.call(*other_, SYS_mkdir, {fake_.put("a"), 0700}).touches()));
  EXPECT_FALSE(conflict(read.touches(),
                        fake_.call(*other_, SYS_mkdir, {fake_.put("/tmp/a"), 0700}).touches()));
}

TEST_F(InotifyTest, WhoStopsWatchingIsToldOnceMore) {
  watch(".", IN_CREATE, 7);
  did(*watcher_, SYS_inotify_rm_watch, {kInotify, 7});
  did(*other_, SYS_mkdir, {fake_.put("a"), 0700});
  EXPECT_THAT(told(), ElementsAre(Told{7, IN_IGNORED, ""}));
}

TEST_F(InotifyTest, WhatItDoesNotFollowItSays) {
  fake_.call(*watcher_, SYS_inotify_add_watch, {kInotify, fake_.put("."), IN_ATTRIB}).go();
  EXPECT_EQ(fake_.last_effect.kind, Effect::Kind::kUnmodelled);
}

}  // namespace
}  // namespace ipcgrade::testing
