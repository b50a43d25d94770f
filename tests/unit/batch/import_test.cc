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
using testing::Not;
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

TEST_F(ImportTest, NothingIsDroppedInSilence) {
  folder.write("input/alice/server.c", "1");
  folder.write("input/.bob/server.c", "1");
  folder.write("input/readme", "1");
  folder.write("input/.DS_Store", "1");
  fs::create_directory_symlink("alice", input / "carol");
  const Import import = read();
  ASSERT_THAT(import.handins, SizeIs(1));
  ASSERT_THAT(import.unmatched, SizeIs(3));
  EXPECT_EQ(import.unmatched[0].name + " " + import.unmatched[0].reason, ".bob is hidden");
  EXPECT_EQ(import.unmatched[1].name + " " + import.unmatched[1].reason,
            "carol is a symbolic link");
  EXPECT_EQ(import.unmatched[2].name, "readme");
}

TEST_F(ImportTest, ResultsBesideTheHandInsAreNone) {
  folder.write("input/alice/server.c", "1");
  folder.write("input/grades/results.db", "1");
  work = input / "grades/work";
  const Import import = read();
  ASSERT_THAT(import.handins, SizeIs(1));
  EXPECT_EQ(import.handins[0].handin.key, "alice");
  EXPECT_THAT(import.unmatched, IsEmpty());
}

TEST_F(ImportTest, ResultsBesideTheFolderOfAllHandInsAreNone) {
  for (const char* file : {"class/ann/server.c", "class/ann/client.c", "class/bob/server.c",
                           "class/bob/client.c", "grades/results.db", "grades/work/x/server.c"}) {
    folder.write("input/" + std::string(file), "1");
  }
  work = input / "grades/work";
  const Import import = read();
  ASSERT_THAT(import.handins, SizeIs(2));
  EXPECT_EQ(import.handins[0].handin.key, "ann");
  EXPECT_THAT(import.unmatched, IsEmpty());
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

TEST_F(ImportTest, AReadmeBesideTheWrappingFolderIsTold) {
  folder.write("input/alice/src/server.c", "1");
  folder.write("input/alice/src/client.c", "1");
  folder.write("input/alice/README.md", "1");
  folder.write("input/bob/Makefile", "all:");
  folder.write("input/bob/src/server.c", "1");
  const Import import = read();
  ASSERT_THAT(import.handins, SizeIs(2));
  EXPECT_THAT(files(import.handins[0].folder), ElementsAre("client.c", "server.c"));
  EXPECT_THAT(import.handins[0].handin.notes,
              ElementsAre("README.md lies beside src/, which is graded"));
  EXPECT_THAT(files(import.handins[1].folder), ElementsAre("Makefile", "src/server.c"));
}

/// The keys of all who are found in an archive of that.
struct WrappedTest : ImportTest {
  std::vector<std::string> keys(const std::vector<Entry>& entries) {
    fs::remove(folder / "input.zip");
    folder.write("input.zip", archive_of(entries));
    input = folder / "input.zip";
    import = read();
    std::vector<std::string> all;
    for (const Imported& one : import.handins) all.push_back(one.handin.key);
    return all;
  }
  std::vector<std::string> unmatched() const {
    std::vector<std::string> all;
    for (const Unmatched& one : import.unmatched) all.push_back(one.name);
    return all;
  }
  Import import;
};

TEST_F(WrappedTest, AnExportWithSomethingBesideIt) {
  const std::vector<Entry> ann_and_bob{{"Ann_5_assignsubmission_file/server.c", "1"},
                                       {"Bob_6_assignsubmission_file/server.c", "1"}};
  const auto below = [&](const std::string& prefix, std::vector<Entry> others) {
    for (Entry entry : ann_and_bob) {
      entry.path.insert(0, prefix);
      others.push_back(entry);
    }
    return others;
  };
  EXPECT_THAT(keys(below("x/", {{"x/note.txt", "1"}})), ElementsAre("Ann_5", "Bob_6"));
  EXPECT_THAT(unmatched(), ElementsAre("note.txt"));
  EXPECT_THAT(keys(below("x/y/", {{"note.txt", "1"}, {"x/y/z.txt", "1"}})),
              ElementsAre("Ann_5", "Bob_6"));
  EXPECT_THAT(unmatched(), ElementsAre("note.txt", "z.txt"));
  EXPECT_THAT(keys({{"x/export.zip", archive_of(below("y/", {{"y/a.txt", "1"}}))}, {"b.txt", "1"}}),
              ElementsAre("Ann_5", "Bob_6"));
  EXPECT_THAT(unmatched(), ElementsAre("a.txt", "b.txt"));
  EXPECT_THAT(keys({{"s/ann_1_2_server.c", "1"}, {"note.txt", "1"}}), ElementsAre("ann_1"));
}

TEST_F(WrappedTest, AClassOfFolders) {
  EXPECT_THAT(keys({{"class/Ann/server.c", "1"},
                    {"class/Ann/client.c", "1"},
                    {"class/Bob/src/server.c", "1"},
                    {"class/Bob/src/Client.C", "1"},
                    {"class/Cy/", "", AE_IFDIR},
                    {"class/note.txt", "1"}}),
              ElementsAre("Ann", "Bob", "Cy"));
  EXPECT_THAT(unmatched(), ElementsAre("note.txt"));
  EXPECT_THAT(keys({{"class/Ann/server.c", "1"}, {"class/Bob/", "", AE_IFDIR}}),
              ElementsAre("Ann", "Bob"));
  EXPECT_THAT(keys({{"class.zip", archive_of({{"ann.zip", archive_of({{"server.c", "1"}})},
                                              {"bob.zip", archive_of({{"server.c", "1"}})}})}}),
              ElementsAre("ann", "bob"));
}

TEST_F(WrappedTest, OneStudentIsNoClass) {
  EXPECT_THAT(keys({{"ann/server/server.c", "1"}, {"ann/client/client.c", "1"}}),
              ElementsAre("ann"));
  EXPECT_THAT(keys({{"ann/lab/src/server.c", "1"},
                    {"ann/lab/src/client.c", "1"},
                    {"ann/lab/include/lab.h", "1"}}),
              ElementsAre("ann"));
  EXPECT_THAT(
      keys({{"ann/src/server.c", "1"}, {"ann/src/client.c", "1"}, {"ann/include/lab.h", "1"}}),
      ElementsAre("ann"));
  EXPECT_THAT(keys({{"ann/p1.zip", archive_of({{"server.c", "1"}})},
                    {"ann/p2.zip", archive_of({{"client.c", "1"}})}}),
              ElementsAre("ann"));
  EXPECT_THAT(keys({{"ann/server.c", "1"},
                    {"ann/old/server.c", "1"},
                    {"ann/old/client.c", "1"},
                    {"ann/tests/server.c", "1"},
                    {"ann/tests/client.c", "1"}}),
              ElementsAre("ann"));
  EXPECT_THAT(keys({{"ann.zip", archive_of({{"lab/server.c", "1"}, {"lab/client.c", "1"}})}}),
              ElementsAre("ann"));
  EXPECT_THAT(keys({{"ann/src/server.c", "1"}, {"ann/notes_2026_11_x.txt", "1"}}),
              ElementsAre("ann"));
}

TEST_F(WrappedTest, AnExportWithFoldersBesideIt) {
  const std::vector<Entry> ann{{"x/Ann_5_assignsubmission_file/server.c", "1"},
                               {"x/Al_6_assignsubmission_file/server.c", "1"}};
  const auto with = [&](std::vector<Entry> others) {
    others.insert(others.end(), ann.begin(), ann.end());
    return others;
  };
  EXPECT_THAT(keys(with({{"solution/server.c", "1"}, {"solution/client.c", "1"}})),
              ElementsAre("Al_6", "Ann_5"));
  EXPECT_THAT(unmatched(), ElementsAre("solution"));
  EXPECT_THAT(keys(with({{"old/", "", AE_IFDIR}, {"note.txt", "1"}})),
              ElementsAre("Al_6", "Ann_5"));
  EXPECT_THAT(
      keys({{"s/ann_1_2_server.c", "1"}, {"s/bob_3_4_server.c", "1"}, {"sol/server.c", "1"}}),
      ElementsAre("ann_1", "bob_3"));
  // A class one of whom hands in such a folder stays one.
  EXPECT_THAT(keys(with({{"bob/server.c", "1"},
                         {"bob/client.c", "1"},
                         {"cy/server.c", "1"},
                         {"cy/client.c", "1"}})),
              ElementsAre("bob", "cy", "x"));
  EXPECT_THAT(import.handins[2].doubt, HasSubstr("looks like what a platform hands out"));
  // What a platform gave back to one student is that student's.
  EXPECT_THAT(keys({{"bob/server.c", "1"},
                    {"bob/client.c", "1"},
                    {"x/Ann_5_assignsubmission_file/server.c", "1"}}),
              ElementsAre("bob", "x"));
  EXPECT_EQ(import.handins[1].doubt, "");
}

TEST_F(WrappedTest, WhatCanNotBeToldIsRefused) {
  const auto error = [&](const std::vector<Entry>& entries) {
    try {
      (void)keys(entries);
    } catch (const std::runtime_error& thrown) {
      return std::string(thrown.what());
    }
    return std::string();
  };
  EXPECT_THAT(error({{"g1/Ann_5_assignsubmission_file/server.c", "1"},
                     {"g2/Bob_6_assignsubmission_file/server.c", "1"}}),
              HasSubstr("it holds several exports: give each of g1, g2 by itself"));
  EXPECT_THAT(error({{"cls/server.c", "1"},
                     {"cls/Ann/server.c", "1"},
                     {"cls/Ann/client.c", "1"},
                     {"cls/Bob/server.c", "1"},
                     {"cls/Bob/client.c", "1"}}),
              HasSubstr("cls/ may be one hand-in or several"));
}

TEST_F(WrappedTest, WhatIsCalledAsOnCanvasAndIsNot) {
  const auto zip = [](const std::string& of) { return archive_of({{"server.c", of}}); };
  EXPECT_THAT(keys({{"ann_2026_11_lab1.zip", zip("1")}, {"bob_2026_11_lab1.zip", zip("2")}}),
              ElementsAre("ann_2026_11_lab1", "bob_2026_11_lab1"));
  EXPECT_THAT(keys({{"lab_1_2_ann.zip", zip("1")}, {"lab_1_2_bob.zip", zip("2")}}),
              ElementsAre("lab_1_2_ann", "lab_1_2_bob"));
  EXPECT_THAT(keys({{"ann_2026_11_a.zip", zip("1")}, {"bob_2026_12_b.zip", zip("2")}}),
              ElementsAre("ann_2026_11_a", "bob_2026_12_b"));
}

TEST_F(WrappedTest, SourcesInFoldersAreTold) {
  (void)keys({{"ann/server/server.c", "1"}, {"ann/client/client.c", "1"}, {"bob/server.c", "1"}});
  EXPECT_THAT(import.handins[0].handin.notes,
              ElementsAre("server/server.c is in a folder: sources count at the top, or with a "
                          "Makefile there",
                          "client/client.c is in a folder: sources count at the top, or with a "
                          "Makefile there"));
  EXPECT_THAT(import.handins[1].handin.notes, IsEmpty());
}

TEST_F(WrappedTest, WhoMayBeSeveralIsTold) {
  EXPECT_THAT(keys({{"group/Ann/server.c", "1"},
                    {"group/Ann/client.c", "1"},
                    {"group/Bob/server.c", "1"},
                    {"group/Bob/client.c", "1"},
                    {"cy/server.c", "1"},
                    {"cy/client.c", "1"}}),
              ElementsAre("cy", "group"));
  EXPECT_THAT(import.handins[1].handin.notes,
              ElementsAre("it holds 2 folders that look like a hand-in each, such as Ann: none is "
                          "graded by itself"));
  EXPECT_EQ(import.handins[1].doubt, import.handins[1].handin.notes[0]);
}

TEST_F(WrappedTest, FoldersWithNothingInThemCount) {
  EXPECT_THAT(keys({{"Dee_4_assignsubmission_file/", "", AE_IFDIR},
                    {"Bob_5_assignsubmission_file/server.c", "1"},
                    {"Jo_7_assignsubmission_file/.DS_Store", "1"}}),
              ElementsAre("Bob_5", "Dee_4", "Jo_7"));
}

TEST_F(ImportTest, NobodyIsNoClass) {
  const auto error = [this] {
    const auto import = import_handins(input, work, {"server", "client"});
    return import ? "" : import.error().text();
  };
  fs::create_directory(input);
  EXPECT_EQ(error(), input.string() + ": nothing in it is a hand-in");
  folder.write("input/a.txt", "1");
  EXPECT_EQ(error(), input.string() +
                         ": nothing in it is a hand-in: a.txt is neither a folder nor an archive");
  folder.write("input/server.c", "1");
  folder.write("input/docs/x.txt", "1");
  EXPECT_THAT(error(), HasSubstr("it is one hand-in, and no folder of several"));
}

TEST_F(ImportTest, WhatToolsKeepBesideTheSourcesTakesNoPlace) {
  std::vector<Entry> entries;
  for (int i = 0; i < 6000; ++i) {
    entries.push_back(
        {"p/" + std::string(i % 2 == 0 ? ".git/o" : "node_modules/o") + std::to_string(i), "1"});
  }
  entries.push_back({"p/server.c", "1"});
  folder.write("input/ann.zip", archive_of(entries));
  const Import import = read();
  ASSERT_THAT(import.handins, SizeIs(1));
  EXPECT_THAT(files(import.handins[0].folder), ElementsAre("server.c"));
  EXPECT_THAT(import.handins[0].handin.notes, IsEmpty());
  EXPECT_EQ(import.handins[0].doubt, "");
}

TEST_F(ImportTest, WhatCanNotBeReadIsToldApartFromWhatIsNotThere) {
  std::string cut = archive_of({{"server.c", std::string(1000, 'x')}}, Format::kTarGz);
  cut.resize(cut.size() / 2);
  folder.write("input/ann.tgz", cut);
  fs::create_directory(input / "bob");
  folder.write("input/cy.zip", archive_of({{"lab.zip", "no archive"}, {"server.c", "1"}}));
  folder.write("input/dan.tgz", archive_of({{"../x", "1"}, {"server.c", "1"}}, Format::kTarGz));
  std::string nested = archive_of({{"server.c", "1"}});
  for (int i = 0; i < 4; ++i) nested = archive_of({{"in.zip", nested}});
  folder.write("input/eve.zip", nested);
  const Import import = read();
  ASSERT_THAT(import.handins, SizeIs(5));
  EXPECT_THAT(import.handins[0].doubt, HasSubstr("ann.tgz is "));
  EXPECT_EQ(import.handins[1].doubt, "");
  EXPECT_THAT(import.handins[2].doubt, HasSubstr("cy.zip: lab.zip is no archive"));
  EXPECT_EQ(import.handins[3].doubt, "");
  EXPECT_THAT(import.handins[4].doubt, HasSubstr("is an archive inside too many others"));
  EXPECT_NE(import.handins[0].digest, import.handins[1].digest);
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
  EXPECT_THAT(all, Not(Contains(read().handins[0].digest)));
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

/// Archives as somebody makes them who wants to harm the grader, by what is wrong with them.
std::vector<std::pair<std::string, std::string>> hostile_archives(const fs::path& outside) {
  const std::string zeros(80U << 20, '\0');
  const std::string source = "int main(void) { return 0; }";
  const auto with = [&](const Entry& entry, Format format = Format::kTarGz) {
    return archive_of({{"before.c", source}, entry, {"after.c", source}}, format);
  };
  const auto hardlink = [&](const std::string& to) {
    Entry entry{"linked"};
    entry.hard_link = to;
    return with(entry);
  };
  std::string nested = source;
  for (int i = 0; i < 10; ++i) nested = archive_of({{"inner.zip", nested}});
  std::string doubled = archive_of({{"a.c", std::string(8U << 20, '\0')}});
  for (int i = 0; i < 2; ++i) {
    std::vector<Entry> copies;
    for (int j = 0; j < 20; ++j) copies.push_back({"b" + std::to_string(j) + ".zip", doubled});
    doubled = archive_of(copies);
  }
  std::vector<Entry> many;
  for (int i = 0; i < 30'000; ++i) many.push_back({"f" + std::to_string(i)});
  std::string deep = "x";
  for (int i = 0; i < 500; ++i) deep.insert(0, "d/");
  std::string cut = with({"x.c", source});
  cut.resize(cut.size() / 2);
  std::string flipped = with({"x.c", source}, Format::kZip);
  for (std::size_t i = 20; i < flipped.size(); i += 37) flipped[i] = static_cast<char>(~flipped[i]);
  std::string rar = "Rar!\x1a\x07\x01";
  rar += std::string(1, '\0') + std::string(200, '\xff');
  return {{"up.tgz", with({"../../../escaped", "1"})},
          {"up.zip", with({"../../../escaped", "1"}, Format::kZip)},
          {"inside-up.tgz", with({"a/b/../../../../escaped", "1"})},
          {"absolute.tgz", with({(outside / "escaped").string(), "1"})},
          {"absolute.7z", with({(outside / "escaped").string(), "1"}, Format::k7Zip)},
          {"backslash.zip", with({"..\\..\\escaped", "1"}, Format::kZip)},
          {"drive.zip", with({"C:\\escaped", "1"}, Format::kZip)},
          {"link.tgz", archive_of({{"way", "", AE_IFLNK, outside.string()}, {"way/escaped", "1"}},
                                  Format::kTarGz)},
          {"link-to-link.tgz",
           archive_of(
               {{"one", "", AE_IFLNK, ".."}, {"two", "", AE_IFLNK, "one/.."}, {"two/escaped", "1"}},
               Format::kTarGz)},
          {"link-to-file.tgz", with({"passwd.c", "", AE_IFLNK, "/etc/passwd"})},
          {"hard-link.tgz", hardlink("/etc/passwd")},
          {"hard-link-up.tgz", hardlink("../../../etc/passwd")},
          {"fifo.tgz", with({"server.c", "", AE_IFIFO})},
          {"device.tgz", with({"server.c", "", AE_IFCHR})},
          {"socket.tgz", with({"server.c", "", AE_IFSOCK})},
          {"bomb.zip", with({"big.c", zeros}, Format::kZip)},
          {"bomb.tgz", with({"big.c", zeros})},
          {"bomb-of-bombs.zip", doubled},
          {"nested.zip", nested},
          {"many.zip", archive_of(many)},
          {"deep.tgz", with({deep, "1"})},
          {"long-name.tgz", with({std::string(256, 'n'), "1"})},
          {"255-bytes.tgz", with({std::string(255, 'n'), "1"})},
          {"twice.tgz", with({"before.c", "other"})},
          {"file-and-folder.tgz", with({"before.c/x", "1"})},
          {"case.zip", with({"BEFORE.C", "1"}, Format::kZip)},
          {"option.tgz", with({"-rf", "1"})},
          {"shell.tgz", with({"$(touch escaped);`touch escaped`", "1"})},
          {"newline.tgz", with({"a\n::error::b", "1"})},
          {"escape.tgz", with({"\x1b]0;title\x07", "1"})},
          {"right-to-left.zip", with({"\u202ec.revres", "1"}, Format::kZip)},
          {"no-utf8.tgz", with({"\xff\xfe", "1"})},
          {"hooks.tgz", with({".git/hooks/post-checkout", "#!/bin/sh"})},
          {"cut.tgz", cut},
          {"flipped.zip", flipped},
          {"empty.zip", ""},
          {"text.zip", "not an archive"},
          {"broken.rar", rar},
          {"only-litter.zip", archive_of({{"__MACOSX/._x", "1"}, {".DS_Store", "1"}})},
          {"nothing.tgz", archive_of({}, Format::kTarGz)}};
}

TEST_F(ImportTest, FortyHostileArchives) {
  folder.write("outside/kept", "1");
  const auto archives = hostile_archives(folder / "outside");
  ASSERT_THAT(archives, SizeIs(40));
  for (const auto& [name, bytes] : archives) folder.write("input/" + name, bytes);
  const Import import = read();
  ASSERT_THAT(import.handins, SizeIs(archives.size()));
  for (const Imported& one : import.handins) {
    SCOPED_TRACE(one.handin.key);
    std::uintmax_t total = 0;
    std::size_t regular = 0;
    for (const auto& entry : fs::recursive_directory_iterator(one.folder)) {
      EXPECT_TRUE(entry.is_directory() || (entry.is_regular_file() && !entry.is_symlink()))
          << entry.path();
      if (!entry.is_regular_file()) continue;
      ++regular;
      total += entry.file_size();
      EXPECT_EQ(entry.path().string().find("/etc/"), std::string::npos);
      EXPECT_EQ(fs::hard_link_count(entry.path()), 1U);
    }
    EXPECT_LE(total, 64U << 20);
    EXPECT_LE(regular, 5000U);
    EXPECT_TRUE(regular >= 2 || !one.handin.notes.empty()) << "nothing is there, and nothing said";
    for (const std::string& note : one.handin.notes) {
      EXPECT_THAT(note, Not(HasSubstr("\n")));
      EXPECT_THAT(note, Not(HasSubstr("\x1b")));
    }
  }
  EXPECT_THAT(files(folder / "outside"), ElementsAre("kept"));
  EXPECT_FALSE(fs::exists(folder / "escaped"));
  EXPECT_FALSE(fs::exists("/escaped"));
  EXPECT_THAT(files(work).size(), testing::Gt(0U));
}

TEST_F(ImportTest, EndlessNamesAreShortInNotes) {
  const std::string endless(100'000, 'n');
  const std::string bytes = archive_of({{"server.c", "1"}, {endless, "1"}}, Format::kTarGz);
  folder.write("input/ann.tgz", bytes);
  folder.write("input/bob.tgz", bytes);
  const Import import = read();
  ASSERT_THAT(import.handins, SizeIs(2));
  ASSERT_THAT(import.handins[0].handin.notes, SizeIs(1));
  const std::string& note = import.handins[0].handin.notes[0];
  EXPECT_THAT(note, HasSubstr("nnn... has a name of more than 255 bytes"));
  EXPECT_LE(note.size(), 300U);
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
