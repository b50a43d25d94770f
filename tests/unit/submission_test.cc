#include "compile/submission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace ipcgrade {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SubmissionTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "ipcgrade-hand-in-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  void TearDown() override { fs::remove_all(root_); }

  void write(const std::string& path, const std::string& bytes) const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << bytes;
  }
  [[nodiscard]] Submission read() const {
    auto submission = read_submission(root_);
    if (!submission) throw std::runtime_error(submission.error().text());
    return *submission;
  }
  static std::vector<std::string> paths(const Submission& submission) {
    std::vector<std::string> all;
    for (const SourceFile& file : submission.files) all.push_back(file.path);
    return all;
  }
  /// Why `path` was left out.
  static std::string reason(const Submission& submission, const std::string& path) {
    const LeftOut* left = submission.missing(path);
    return left == nullptr ? "was not left out" : left->reason;
  }

  fs::path root_;
};

TEST_F(SubmissionTest, ReadsFilesAndFolders) {
  write("server.c", "int main() {}\n");
  write("headers/deep/ipc.h", std::string("a\0b\xff", 4));
  write("empty.c", "");
  const Submission submission = read();
  EXPECT_THAT(paths(submission), ElementsAre("empty.c", "headers/deep/ipc.h", "server.c"));
  EXPECT_EQ(submission.file("headers/deep/ipc.h")->bytes, std::string("a\0b\xff", 4));
  EXPECT_EQ(submission.file("nothing.c"), nullptr);
  EXPECT_EQ(submission.missing("server.c"), nullptr);
  EXPECT_THAT(submission.left_out, IsEmpty());
  EXPECT_EQ(submission.name, root_.filename());
}

TEST_F(SubmissionTest, TakesItsNameFromTheWholePath) {
  write("alice/server.c", "");
  for (const char* way : {"alice", "alice/", "alice/.", "./alice//", "alice/../alice"}) {
    const auto submission = read_submission(root_ / way);
    ASSERT_TRUE(submission) << way;
    EXPECT_EQ(submission->name, "alice") << way;
  }
}

TEST_F(SubmissionTest, FoldersAtTheTopAreKnown) {
  write("server.c/deep/x.h", "");
  fs::create_directory(root_ / "empty");
  fs::create_directory(root_ / ".git");
  const Submission submission = read();
  EXPECT_THAT(submission.folders, ElementsAre("empty", "server.c"));
  EXPECT_TRUE(submission.has_folder("server.c"));
  EXPECT_FALSE(submission.has_folder("deep"));
}

TEST_F(SubmissionTest, LinksAreNotFollowed) {
  write("secret/hidden.c", "int secret;");
  fs::create_symlink("/etc/passwd", root_ / "server.c");
  fs::create_symlink("secret", root_ / "folder");
  fs::create_symlink("nowhere", root_ / "client.c");
  fs::create_symlink(".", root_ / "loop");
  const Submission submission = read();
  EXPECT_THAT(paths(submission), ElementsAre("secret/hidden.c"));
  for (const char* path : {"server.c", "folder", "client.c", "loop"}) {
    EXPECT_EQ(reason(submission, path), "is a symbolic link") << path;
    EXPECT_FALSE(submission.missing(path)->unreadable);
  }
}

TEST_F(SubmissionTest, ALinkToTheFolderItselfIsFollowed) {
  write("real/server.c", "");
  fs::create_symlink("real", root_ / "link");
  const auto submission = read_submission(root_ / "link");
  ASSERT_TRUE(submission);
  EXPECT_THAT(paths(*submission), ElementsAre("server.c"));
}

TEST_F(SubmissionTest, WhatIsNoFileIsNeverWaitedFor) {
  ASSERT_EQ(::mkfifo((root_ / "server.c").c_str(), 0600), 0);
  const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un name{AF_UNIX, ""};
  const std::string path = root_ / "client.c";
  ASSERT_LT(path.size(), sizeof name.sun_path);
  path.copy(name.sun_path, path.size());
  ASSERT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&name), sizeof name), 0);
  const Submission submission = read();
  ::close(listener);
  EXPECT_EQ(reason(submission, "server.c"), "is a FIFO");
  EXPECT_NE(submission.missing("client.c"), nullptr);
  EXPECT_THAT(submission.files, IsEmpty());
}

TEST_F(SubmissionTest, LargeFilesAreLeftOut) {
  write("server.c", "");
  fs::resize_file(root_ / "server.c", 200ULL << 20);  // sparse
  write("client.c", std::string(4 << 20, ' '));
  const Submission submission = read();
  EXPECT_THAT(reason(submission, "server.c"), HasSubstr("209715200 bytes"));
  EXPECT_THAT(paths(submission), ElementsAre("client.c"));
}

TEST_F(SubmissionTest, MuchInAllIsLeftOut) {
  for (char letter = 'a'; letter <= 'j'; ++letter) {
    write(std::string(1, letter) + ".c", std::string(4 << 20, ' '));
  }
  const Submission submission = read();
  EXPECT_EQ(submission.files.size(), 8);
  EXPECT_THAT(reason(submission, "j.c"), HasSubstr("32 MiB"));
}

TEST_F(SubmissionTest, ManyFilesAreLeftOut) {
  for (int i = 0; i < 2100; ++i) write("f" + std::to_string(i) + ".h", "");
  const Submission submission = read();
  EXPECT_EQ(submission.files.size(), 2000);
  EXPECT_EQ(submission.left_out.size(), 100);
}

TEST_F(SubmissionTest, ManyLinksAreNoTrouble) {
  for (int i = 0; i < 1500; ++i) fs::create_symlink("x", root_ / ("a" + std::to_string(i)));
  fs::create_symlink("x", root_ / "server.c");
  const Submission submission = read();
  EXPECT_EQ(submission.left_out.size(), 1501);
  EXPECT_EQ(reason(submission, "server.c"), "is a symbolic link")
      << "the reason why a program has no source must be there";
}

TEST_F(SubmissionTest, DeepFoldersAreLeftOut) {
  std::string deep;
  for (int i = 0; i < 300; ++i) deep += "d/";
  write("server.c", "");
  write(deep + "x.c", "");
  const Submission submission = read();
  EXPECT_THAT(paths(submission), ElementsAre("server.c"));
  ASSERT_EQ(submission.left_out.size(), 1);
  EXPECT_EQ(submission.left_out[0].reason, "is nested too deep");
}

TEST_F(SubmissionTest, DotFoldersAreNotTaken) {
  write(".gdbinit", "shell rm -rf /");
  write(".git/config", "");
  write("server.c", "");
  const Submission submission = read();
  EXPECT_THAT(paths(submission), ElementsAre(".gdbinit", "server.c"));
  EXPECT_THAT(submission.left_out, IsEmpty());
}

TEST_F(SubmissionTest, CompiledFilesAreLeftOut) {
  write("server", std::string("\x7f"
                              "ELF\x02\x01\x01",
                              7));
  write("lib.a", "!<arch>\nxxx");
  write("elf.c",
        "\x7f"
        "EL");
  const Submission submission = read();
  EXPECT_THAT(paths(submission), ElementsAre("elf.c"));
  EXPECT_EQ(reason(submission, "server"), "is compiled already");
  EXPECT_EQ(reason(submission, "lib.a"), "is compiled already");
}

TEST_F(SubmissionTest, NamesAreAnyBytes) {
  const std::vector<std::string> names{"-rf",     "a b.c",      "a\nb.c",
                                       "$(id).c", "\xff\xfe.c", std::string(255, 'n')};
  for (const std::string& name : names) write(name, "x");
  const Submission submission = read();
  for (const std::string& name : names) {
    ASSERT_NE(submission.file(name), nullptr) << name;
    EXPECT_EQ(submission.file(name)->bytes, "x");
  }
}

TEST_F(SubmissionTest, WhatMayNotBeReadIsTheGradersFault) {
  write("server.c", "x");
  write("folder/inner.h", "x");
  write("client.c", "x");
  fs::permissions(root_ / "server.c", fs::perms::none);
  fs::permissions(root_ / "folder", fs::perms::none);
  fs::permissions(root_, fs::perms(0755));
  // Root may read everything: be somebody else for a moment.
  const bool root = ::geteuid() == 0;
  ASSERT_EQ(root ? ::seteuid(65534) : 0, 0);
  const auto submission = read_submission(root_);
  ASSERT_EQ(root ? ::seteuid(0) : 0, 0);
  fs::permissions(root_ / "folder", fs::perms(0755));
  ASSERT_TRUE(submission) << submission.error().text();
  EXPECT_THAT(paths(*submission), ElementsAre("client.c"));
  for (const char* path : {"server.c", "folder"}) {
    ASSERT_NE(submission->missing(path), nullptr) << path;
    EXPECT_TRUE(submission->missing(path)->unreadable) << path;
  }
}

TEST_F(SubmissionTest, AFolderThatIsNone) {
  write("file", "");
  EXPECT_EQ(read_submission(root_ / "missing").error().text(), "there is no such folder");
  EXPECT_EQ(read_submission(root_ / "file").error().text(), "is not a folder");
  EXPECT_FALSE(read_submission(""));
  const auto empty = read_submission(fs::path(root_) / ".");
  EXPECT_TRUE(empty);
}

TEST_F(SubmissionTest, AnEmptyFolderHasNothing) {
  const Submission submission = read();
  EXPECT_THAT(submission.files, IsEmpty());
  EXPECT_THAT(submission.left_out, IsEmpty());
}

}  // namespace
}  // namespace ipcgrade
