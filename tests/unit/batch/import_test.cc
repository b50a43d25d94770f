// From what a platform hands out to a folder a student.
#include "batch/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <set>

#include "make_archive.h"
#include "support/process.h"

namespace ipcgrade {
namespace {

namespace fs = std::filesystem;
using ipcgrade_test::archive_of;
using ipcgrade_test::Entry;
using ipcgrade_test::Format;
using test::contents;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct ImportTest : testing::Test {
  test::TemporaryFolder folder;
  fs::path input = folder / "input";
  fs::path work = folder / "work";

  [[nodiscard]] Import read() const {
    auto import = import_handins(input, work, {"server", "client"});
    if (!import) throw std::runtime_error(import.error().text());
    return std::move(*import);
  }
  static std::vector<std::string> files(const fs::path& of) {
    std::vector<std::string> all;
    for (const auto& one : fs::recursive_directory_iterator(of)) {
      if (one.is_regular_file()) all.push_back(one.path().lexically_relative(of));
    }
    std::ranges::sort(all);
    return all;
  }
};

TEST_F(ImportTest, PlainFoldersAreGradedWhereTheyAre) {
  folder.write("input/alice/server.c", "1");
  folder.write("input/bob/src/server.c", "1");
  folder.write("input/bob/Makefile", "all:");
  const Import import = read();
  ASSERT_THAT(import.handins, SizeIs(2));
  EXPECT_EQ(import.handins[0].folder, input / "alice");
  EXPECT_EQ(import.handins[1].folder, input / "bob");
  EXPECT_FALSE(fs::exists(work / "submissions"));
}

TEST_F(ImportTest, OneWrappingFolderTooMany) {
  folder.write("input/alice/lab 1/a/server.c", "1");
  folder.write("input/alice/lab 1/a/client.c", "1");
  folder.write("input/alice/__MACOSX/._lab", "1");
  const Import import = read();
  ASSERT_THAT(import.handins, SizeIs(1));
  EXPECT_EQ(import.handins[0].folder, work / "submissions/alice");
  EXPECT_THAT(files(import.handins[0].folder), ElementsAre("client.c", "server.c"));
}

TEST_F(ImportTest, ArchivesInsideArchives) {
  const std::string innermost = archive_of({{"lab/server.c", "1"}, {"lab/.DS_Store", "x"}});
  const std::string inner =
      archive_of({{"up/inner.zip", innermost}, {"up/report.pdf", "%PDF"}}, Format::kTarGz);
  folder.write("input/alice.zip", archive_of({{"x/inner.tgz", inner}, {"__MACOSX/x/._i", "x"}}));
  const Import import = read();
  ASSERT_THAT(import.handins, SizeIs(1));
  EXPECT_THAT(files(import.handins[0].folder), ElementsAre("report.pdf", "server.c"));
  EXPECT_THAT(import.handins[0].handin.notes, IsEmpty());
}

TEST_F(ImportTest, AMoodleZip) {
  folder.write("input.zip",
               archive_of({{"Jane Doe_5_assignsubmission_file/server.c", "1"},
                           {"Jane Doe_5_assignsubmission_file/client.c", "1"},
                           {"日本 太郎_6_assignsubmission_file/lab.zip",
                            archive_of({{"lab/server.c", "2"}, {"lab/client.c", "2"}})},
                           {"Jo_7_assignsubmission_onlinetext/onlinetext.html", "hi"}}));
  input = folder / "input.zip";
  const Import import = read();
  EXPECT_EQ(import.platform, Platform::kMoodle);
  ASSERT_THAT(import.handins, SizeIs(2));
  EXPECT_EQ(import.handins[0].handin.student, "Jane Doe");
  EXPECT_THAT(files(import.handins[0].folder), ElementsAre("client.c", "server.c"));
  EXPECT_EQ(import.handins[1].handin.student, "日本 太郎");
  EXPECT_EQ(contents(import.handins[1].folder / "server.c"), "2");
  ASSERT_THAT(import.unmatched, SizeIs(1));
  EXPECT_EQ(import.unmatched[0].name, "Jo_7_assignsubmission_onlinetext");
}

TEST_F(ImportTest, AGradescopeExportInItsFolder) {
  folder.write("input.zip",
               archive_of({{"assignment_1_export/submission_metadata.yml",
                            "submission_8:\n  :submitters:\n  - :name: Zoë\n    :sid: 1\n"},
                           {"assignment_1_export/submission_8/server.c", "1"},
                           {"assignment_1_export/submission_8/client.c", "1"}}));
  input = folder / "input.zip";
  const Import import = read();
  EXPECT_EQ(import.platform, Platform::kGradescope);
  ASSERT_THAT(import.handins, SizeIs(1));
  EXPECT_EQ(import.handins[0].handin.student, "Zoë");
  EXPECT_THAT(files(import.handins[0].folder), ElementsAre("client.c", "server.c"));
}

TEST_F(ImportTest, CanvasFilesOfOneStudentComeTogether) {
  folder.write("input/doe_1_10_server.c", "1");
  folder.write("input/doe_1_11_rest.zip", archive_of({{"rest/client.c", "1"}, {"rest/lab.h", ""}}));
  const Import import = read();
  ASSERT_THAT(import.handins, SizeIs(1));
  EXPECT_THAT(files(import.handins[0].folder), ElementsAre("client.c", "lab.h", "server.c"));
}

TEST_F(ImportTest, TheSameFilesHaveTheSameDigest) {
  folder.write("input/alice/server.c", "1");
  folder.write("input/alice/client.c", "2");
  folder.write("input/bob.zip", archive_of({{"lab/server.c", "1"}, {"lab/client.c", "2"}}));
  folder.write("input/carol/server.c", "12");
  folder.write("input/carol/client.c", "");
  folder.write("input/dave/server.c", "2");
  folder.write("input/dave/client.c", "1");
  const Import import = read();
  ASSERT_THAT(import.handins, SizeIs(4));
  EXPECT_EQ(import.handins[0].digest, import.handins[1].digest);
  std::set<std::string> all;
  for (const Imported& one : import.handins) all.insert(one.digest);
  EXPECT_THAT(all, SizeIs(3));
  ::chmod((input / "alice/server.c").c_str(), 0755);
  EXPECT_THAT(all, testing::Not(Contains(read().handins[0].digest)));
}

TEST_F(ImportTest, WhatHostileArchivesHoldStaysInside) {
  folder.write("input/alice.tgz", archive_of({{"../../../escaped", "1"},
                                              {"/tmp/ipcgrade-escaped", "1"},
                                              {"way", "", AE_IFLNK, folder.path().string()},
                                              {"way/escaped", "1"},
                                              {"server.c", "1"},
                                              {"server.c/x", "1"},
                                              {"server.c", "2"},
                                              {"a\nb", "1"},
                                              {"-rf", "1"},
                                              {"$(reboot)", "1"},
                                              {"\xff\xfe", "1"}},
                                             Format::kTarGz));
  folder.write("input/bob.zip", "no archive");
  folder.write("input/carol.zip",
               archive_of({{"bomb", std::string(70U << 20, '\0')}, {"s.c", "1"}}));
  const Import import = read();
  ASSERT_THAT(import.handins, SizeIs(3));
  EXPECT_FALSE(fs::exists(folder / "escaped"));
  EXPECT_FALSE(fs::exists("/tmp/ipcgrade-escaped"));
  EXPECT_THAT(files(import.handins[0].folder),
              ElementsAre("$(reboot)", "-rf", "a\nb", "server.c", "way/escaped", "\xff\xfe"));
  EXPECT_EQ(contents(import.handins[0].folder / "server.c"), "1");
  EXPECT_THAT(import.handins[0].handin.notes, SizeIs(5));
  ASSERT_THAT(import.handins[1].handin.notes, SizeIs(1));
  EXPECT_THAT(import.handins[1].handin.notes[0], HasSubstr("bob.zip is no archive"));
  EXPECT_THAT(files(import.handins[2].folder), ElementsAre("s.c"));
  for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
    EXPECT_FALSE(entry.is_symlink()) << entry.path();
  }
}

TEST_F(ImportTest, WrongInput) {
  const auto none = import_handins(folder / "none", work, {});
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().text(), HasSubstr("there is no such file"));
  folder.write("text", "no archive");
  const auto text = import_handins(folder / "text", work, {});
  ASSERT_FALSE(text);
  EXPECT_THAT(text.error().text(), HasSubstr("is no archive"));
}

}  // namespace
}  // namespace ipcgrade
