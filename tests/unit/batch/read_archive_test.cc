// What is taken of archives that strangers made, and what not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "archives/read.h"
#include "archives/zip.h"
#include "make_archive.h"

namespace ipcgrade {
namespace {

using ipcgrade_test::archive_of;
using ipcgrade_test::Entry;
using ipcgrade_test::Format;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

struct ReadArchiveTest : testing::Test {
  sandbox::Expected<void> read(const std::string& bytes, const ArchiveLimits& limits = {}) {
    return read_archive(
        std::string_view(bytes), limits,
        {.take = [this](ArchiveFile file) -> sandbox::Expected<void> {
           taken.emplace_back(file.path, file.bytes);
           return {};
         },
         .leave_out =
             [this](const std::string& path, const std::string& reason, bool is_lost) {
               left.emplace_back(path, reason);
               lost += is_lost ? 1 : 0;
             },
         .take_folder = [this](const std::string& path) -> sandbox::Expected<void> {
           folders.push_back(path);
           return {};
         }});
  }
  std::vector<std::pair<std::string, std::string>> taken, left;
  std::vector<std::string> folders;
  int lost = 0;
};

TEST_F(ReadArchiveTest, FoldersThatHaveAnEntry) {
  ASSERT_TRUE(read(archive_of(
      {{"empty/", "", AE_IFDIR}, {"a/b/", "", AE_IFDIR}, {"../c/", "", AE_IFDIR}, {"d/x", "1"}})));
  EXPECT_THAT(folders, ElementsAre("empty", "a/b"));
}

TEST_F(ReadArchiveTest, EveryFormat) {
  for (const Format format : {Format::kZip, Format::kTarGz, Format::k7Zip}) {
    taken.clear();
    ASSERT_TRUE(read(archive_of({{"lab/server.c", "int x;"}, {"lab/empty"}}, format)));
    EXPECT_THAT(taken, testing::UnorderedElementsAre(Pair("lab/server.c", "int x;"),
                                                     Pair("lab/empty", "")));
  }
}

TEST_F(ReadArchiveTest, WhatWeWrite) {
  ZipWriter zip;
  ASSERT_TRUE(zip.add("Zoë/日本語.c", "1", false));
  ASSERT_TRUE(read(*zip.finish()));
  EXPECT_THAT(taken, ElementsAre(Pair("Zoë/日本語.c", "1")));
}

// As Moodle, Canvas and Python write them; and this test has the locale that a program begins with.
TEST_F(ReadArchiveTest, NamesThatSayThatTheyAreUtf8AreKept) {
  ZipWriter zip;
  ASSERT_TRUE(zip.add("Zoë/日本語.c", "1", false));
  std::string bytes = *zip.finish();
  EXPECT_NE(bytes.at(7) & 0x08, 0) << "bit 11 of the flags: APPNOTE 4.4.4";
  ASSERT_TRUE(read(bytes));
  EXPECT_THAT(taken, ElementsAre(Pair("Zoë/日本語.c", "1")));
  EXPECT_THAT(left, IsEmpty());
}

TEST_F(ReadArchiveTest, NamesOfOtherCharactersAreKeptAsTheyAre) {
  ASSERT_TRUE(read(archive_of({{"Zo\xeb.c", "1"}})));
  EXPECT_THAT(taken, ElementsAre(Pair("Zo\xeb.c", "1")));
}

TEST_F(ReadArchiveTest, NoPathLeadsOut) {
  const std::string deep = [] {
    std::string path;
    for (int i = 0; i < 40; ++i) path += "d/";
    return path + "x";
  }();
  ASSERT_TRUE(read(archive_of({{"../out", "1"},
                               {"a/../../out", "1"},
                               {"/etc/cron.d/out", "1"},
                               {"C:/out", "1"},
                               {"..\\out", "1"},
                               {deep, "1"},
                               {std::string(300, 'n'), "1"},
                               {"./a//b", "kept"}},
                              Format::kTarGz)));
  EXPECT_THAT(taken, ElementsAre(Pair("a/b", "kept")));
  EXPECT_THAT(left, SizeIs(7));
}

TEST_F(ReadArchiveTest, LinksAndDevicesAreLeftOut) {
  ASSERT_TRUE(read(archive_of({{"way", "", AE_IFLNK, "/etc"},
                               {"way/passwd", "x"},
                               {"fifo", "", AE_IFIFO},
                               {"null", "", AE_IFCHR},
                               {"folder", "", AE_IFDIR}},
                              Format::kTarGz)));
  EXPECT_THAT(taken, ElementsAre(Pair("way/passwd", "x")));
  EXPECT_THAT(left, ElementsAre(Pair("way", "is a symbolic link"), Pair("fifo", "is a FIFO"),
                                Pair("null", "is no file")));
}

TEST_F(ReadArchiveTest, WhatIsTooMuch) {
  const std::string zeros(3U << 20, '\0');
  const std::string bomb = archive_of({{"a", zeros}, {"b", "1"}, {"c", zeros}, {"d", zeros}});
  ASSERT_TRUE(read(bomb, {.of_file = 1U << 20, .of_all = 100U << 20}));
  EXPECT_THAT(taken, ElementsAre(Pair("b", "1")));
  EXPECT_THAT(left, SizeIs(3));
  const auto all = read(bomb, {.of_file = 1U << 20, .of_all = 7U << 20});
  ASSERT_FALSE(all) << "what is skipped counts, too";
  EXPECT_THAT(all.error().text(), HasSubstr("comes to more than"));
  const auto many = read(bomb, {.entries = 2});
  ASSERT_FALSE(many);
  EXPECT_EQ(many.error().text(), "has more than 2 entries");
}

TEST_F(ReadArchiveTest, WhatIsNoArchiveOrDamaged) {
  for (const std::string& bytes : {std::string(), std::string("PK"), std::string(5000, 'x')}) {
    const auto none = read(bytes);
    if (!bytes.empty()) {
      ASSERT_FALSE(none) << bytes.size();
    }
    EXPECT_THAT(taken, IsEmpty());
  }
  std::string noise;
  std::minstd_rand random;
  for (int i = 0; i < 600'000; ++i) noise += static_cast<char>(random() >> 8);
  std::string cut = archive_of({{"a", "1"}, {"b", noise}}, Format::kTarGz);
  cut.resize(cut.size() / 2);
  const auto damaged = read(cut);
  ASSERT_FALSE(damaged);
  EXPECT_THAT(damaged.error().text(), HasSubstr("is damaged"));
  EXPECT_THAT(taken, ElementsAre(Pair("a", "1")));
}

TEST(ArchiveNameTest, ByItsEnding) {
  for (const char* name : {"a.zip", "A.ZIP", "a.tar.gz", "a.tgz", "a.7z", "a.rar", "a.tar"}) {
    EXPECT_TRUE(is_archive_name(name)) << name;
    EXPECT_EQ(archive_stem(name).size(), 1U) << name;
  }
  for (const char* name : {"a.c", "zip", ".zip", "a.gz", ""}) EXPECT_FALSE(is_archive_name(name));
}

}  // namespace
}  // namespace ipcgrade
