// Report files: whole, or not there.
#include "report/write_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "unit/reports.h"

namespace ipcgrade {
namespace {

TEST_F(WriteReport, MakesAndReplacesAFile) {
  const fs::path path = folder_ / "report.json";
  ASSERT_TRUE(write_report(path, "one\n"));
  EXPECT_EQ(content(path), "one\n");
  fs::permissions(path, fs::perms(0640));
  ASSERT_TRUE(write_report(path, "two\n"));
  EXPECT_EQ(content(path), "two\n");
  EXPECT_EQ(fs::status(path).permissions(), fs::perms(0640));
  EXPECT_EQ(files(), 1U);
}

TEST_F(WriteReport, ObeysTheUmask) {
  const mode_t before = ::umask(027);
  ASSERT_TRUE(write_report(folder_ / "report", "x"));
  ::umask(before);
  EXPECT_EQ(fs::status(folder_ / "report").permissions(), fs::perms(0640));
}

TEST_F(WriteReport, FollowsLinks) {
  fs::create_directory(folder_ / "deep");
  fs::create_symlink("deep/report", folder_ / "link");
  fs::create_symlink("link", folder_ / "link of link");
  ASSERT_TRUE(write_report(folder_ / "link of link", "x"));
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
  EXPECT_EQ(content(folder_ / "deep" / "report"), "x");
}

TEST_F(WriteReport, DoesNotReplaceAFifo) {
  const fs::path path = folder_ / "fifo";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  std::string read;
  std::thread reader([&] { read = content(path); });
  EXPECT_TRUE(write_report(path, "through"));
  reader.join();
  EXPECT_EQ(read, "through");
  EXPECT_TRUE(fs::is_fifo(path));
}

TEST_F(WriteReport, WritesWhereADescriptorStands) {
  const fs::path path = folder_ / "log";
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT, 0600);
  ASSERT_GE(fd, 0);
  ASSERT_EQ(::write(fd, "before ", 7), 7);
  fs::create_symlink("/dev/fd/" + std::to_string(fd), folder_ / "link");
  EXPECT_TRUE(write_report("/dev/fd/" + std::to_string(fd), "first "));
  EXPECT_TRUE(write_report(folder_ / "link", "second"));
  ::close(fd);
  EXPECT_EQ(content(path), "before first second");
}

TEST_F(WriteReport, SaysThatTheDiskIsFull) {
  const auto written = write_report("/dev/full", "x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().text(), "write /dev/full: the disk is full: No space left on device");
}

TEST_F(WriteReport, KeepsTheOldFileWhenTheNewOneCannotBeWritten) {
  const fs::path path = folder_ / "report";
  ASSERT_TRUE(write_report(path, "old"));
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{10, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto written = write_report(path, std::string(100, 'n'));
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(written);
  EXPECT_EQ(content(path), "old");
  EXPECT_EQ(files(), 1U);
}

TEST_F(WriteReport, SaysWhatIsWrongWithAPath) {
  EXPECT_NE(write_report(folder_, "x").error().what.find("it is a folder"), std::string::npos);
  EXPECT_NE(write_report(folder_ / "no" / "x", "x").error().what.find("there is no such folder"),
            std::string::npos);
  ASSERT_TRUE(write_report(folder_ / "file", "x"));
  EXPECT_NE(write_report(folder_ / "file" / "x", "x").error().what.find("is not a folder"),
            std::string::npos);
  EXPECT_EQ(write_report("no\x1b[31m/x", "x").error().what,
            "write no\\x1b[31m/x: there is no such folder");
}

TEST_F(WriteReport, RespectsAReadOnlyFile) {
  if (::geteuid() == 0) GTEST_SKIP() << "needs an ordinary user: root may write to any file";
  const fs::path path = folder_ / "report";
  ASSERT_TRUE(write_report(path, "old"));
  fs::permissions(path, fs::perms(0400));
  EXPECT_FALSE(write_report(path, "new"));
  EXPECT_EQ(content(path), "old");
}

}  // namespace
}  // namespace ipcgrade
