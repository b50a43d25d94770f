#include "compile/folder_copy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/process.h"
#include "sandbox/fd.h"

namespace ipcgrade {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Kind = FolderEntry::Kind;

std::vector<std::string> paths(const FolderCopy& copy) {
  std::vector<std::string> paths;
  for (const FolderEntry& entry : copy.entries) paths.push_back(entry.path);
  return paths;
}

class FolderCopyTest : public testing::Test {
 protected:
  /// What comes out of a copy of the folder.
  FolderCopy again() {
    auto copy = copy_folder(folder_.path());
    EXPECT_TRUE(copy.has_value());
    const sandbox::Fd other(::open(other_.path().c_str(), O_RDONLY | O_DIRECTORY));
    const auto placed = place_folder(*copy, other.get(), ::getuid());
    EXPECT_TRUE(placed.has_value()) << placed.error().text();
    auto second = copy_folder(other_.path());
    EXPECT_TRUE(second.has_value());
    return second.value_or(FolderCopy{});
  }

  test::TemporaryFolder folder_;
  test::TemporaryFolder other_;
};

TEST_F(FolderCopyTest, HoldsFilesFoldersLinksAndFifos) {
  folder_.write("b/c", "text");
  folder_.write("b-d", "");
  folder_.write(".hidden", "x");
  folder_.write(".git/HEAD", "x");
  std::filesystem::create_directory(folder_ / "empty");
  std::filesystem::create_symlink("/etc/passwd", folder_ / "link");
  ::mkfifo((folder_ / "fifo").c_str(), 0600);
  ::chmod((folder_ / "b-d").c_str(), 0700);
  const FolderCopy copy = again();
  EXPECT_THAT(paths(copy), ElementsAre(".hidden", "b", "b-d", "b/c", "empty", "fifo", "link"));
  EXPECT_EQ(copy.find("./b/c")->bytes, "text");
  EXPECT_FALSE(copy.find("b/c")->executable);
  EXPECT_TRUE(copy.find("b-d")->executable);
  EXPECT_EQ(copy.find("link")->bytes, "/etc/passwd");
  EXPECT_EQ(copy.find("fifo")->kind, Kind::kFifo);
  EXPECT_EQ(copy.find("nobody"), nullptr);
}

TEST_F(FolderCopyTest, WhatIsCompiledIsOlderThanTheRest) {
  folder_.write("program",
                "\x7f"
                "ELF...");
  folder_.write("program.c", "int main");
  again();
  EXPECT_LT(std::filesystem::last_write_time(other_ / "program"),
            std::filesystem::last_write_time(other_ / "program.c"));
}

TEST_F(FolderCopyTest, SaysWhyThereIsNone) {
  EXPECT_THAT(copy_folder(folder_ / "nobody").error().text(), HasSubstr("no such folder"));
  folder_.write("file", "");
  EXPECT_THAT(copy_folder(folder_ / "file").error().text(), HasSubstr("is not a folder"));
  folder_.write("large", "");
  ASSERT_EQ(::truncate((folder_ / "large").c_str(), 1LL << 30), 0);
  EXPECT_THAT(copy_folder(folder_.path()).error().text(), HasSubstr("more than 64 MiB"));
}

}  // namespace
}  // namespace ipcgrade
