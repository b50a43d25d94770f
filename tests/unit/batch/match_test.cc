// Whose hand-in is what, by the names that platforms give.
#include "batch/match.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ipcgrade {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Matched match(const std::vector<InputEntry>& entries, const GradescopeMetadata& metadata = {}) {
  return match_handins(entries, metadata, {"server", "client"});
}
Matched match_files(const std::vector<std::string>& names) {
  std::vector<InputEntry> entries;
  for (const std::string& name : names) entries.push_back({name, false});
  return match(entries);
}
std::vector<std::string> keys(const Matched& matched) {
  std::vector<std::string> all;
  for (const Handin& one : matched.handins) all.push_back(one.key);
  return all;
}
std::vector<std::string> parts(const Handin& handin) {
  std::vector<std::string> all;
  for (const Handin::Part& one : handin.parts) all.push_back(one.entry + " as " + one.file_name);
  return all;
}

TEST(MatchTest, FoldersAndArchives) {
  const Matched all = match({{"bob.tar.gz", false},
                             {"alice", true},
                             {"notes.txt", false},
                             {"__MACOSX", true},
                             {".DS_Store", false}});
  EXPECT_EQ(all.platform, Platform::kNone);
  EXPECT_THAT(keys(all), ElementsAre("alice", "bob"));
  EXPECT_THAT(parts(all.handins[1]), ElementsAre("bob.tar.gz as bob.tar.gz"));
  ASSERT_THAT(all.unmatched, SizeIs(1));
  EXPECT_EQ(all.unmatched[0].name, "notes.txt");
  EXPECT_EQ(all.unmatched[0].reason, "is neither a folder nor an archive");
}

TEST(MatchTest, AFolderAndAnArchiveOfOneName) {
  EXPECT_THAT(keys(match({{"alice", true}, {"alice.zip", false}})),
              ElementsAre("alice", "alice~2"));
}

TEST(MatchTest, RepositoriesOfGithubClassroom) {
  const auto students = [](const Matched& matched) {
    std::vector<std::string> all;
    for (const Handin& one : matched.handins) all.push_back(one.student);
    return all;
  };
  EXPECT_THAT(students(match({{"lab-1-jane-doe", true, true}, {"lab-1-jack", true, true}})),
              ElementsAre("jack", "jane-doe"));
  EXPECT_THAT(students(match({{"lab-1-jane", true, true}, {"lab-1-jack", true}})),
              ElementsAre("lab-1-jack", "lab-1-jane"));
  EXPECT_THAT(students(match({{"jane", true, true}, {"jack", true, true}})),
              ElementsAre("jack", "jane"));
}

TEST(MatchTest, Canvas) {
  const Matched all =
      match_files({"doejane_4711_90001_server.c", "doejane_4711_90002_client.c",
                   "mullerjorg_LATE_12_90003_lab 1.zip", "grades.csv", "yamada太郎_9_8_x.tgz"});
  EXPECT_EQ(all.platform, Platform::kCanvas);
  EXPECT_THAT(keys(all), ElementsAre("doejane_4711", "mullerjorg_12", "yamada太郎_9"));
  EXPECT_EQ(all.handins[0].student, "doejane");
  EXPECT_EQ(all.handins[0].id, "4711");
  EXPECT_FALSE(all.handins[0].late);
  EXPECT_TRUE(all.handins[1].late);
  EXPECT_THAT(parts(all.handins[0]), ElementsAre("doejane_4711_90002_client.c as client.c",
                                                 "doejane_4711_90001_server.c as server.c"));
  ASSERT_THAT(all.unmatched, SizeIs(1));
  EXPECT_EQ(all.unmatched[0].name, "grades.csv");
}

TEST(MatchTest, WhatElseIsAmongCanvassFilesHidesNobody) {
  const Matched all = match_files({"ann_1_2_server.c", "a.txt", "b.txt", "c.txt", "readme.html",
                                   "bob20_20_text.html", "cy_21_link.html"});
  EXPECT_EQ(all.platform, Platform::kCanvas);
  EXPECT_THAT(keys(all), ElementsAre("ann_1"));
  ASSERT_THAT(all.unmatched, SizeIs(6));
  EXPECT_EQ(all.unmatched[2].name, "bob20_20_text.html");
  EXPECT_EQ(all.unmatched[2].reason, "is no file that was handed in, but a text or an address");
}

TEST(MatchTest, AFileThatIsCalledAsOnCanvasMakesNoClassOfFolders) {
  const Matched all = match({{"ann", true}, {"bob", true}, {"notes_2026_11_final.txt", false}});
  EXPECT_EQ(all.platform, Platform::kNone);
  EXPECT_THAT(keys(all), ElementsAre("ann", "bob"));
}

TEST(MatchTest, CanvasWithoutNames) {
  const Matched all = match_files(
      {"anon_Ab1cD_21_server.c", "anon_Ab1cD_22_client.c", "LATE_anon_x9Y_23_server.c"});
  EXPECT_EQ(all.platform, Platform::kCanvas);
  EXPECT_THAT(keys(all), ElementsAre("anon_Ab1cD", "anon_x9Y"));
  EXPECT_THAT(parts(all.handins[0]), ElementsAre("anon_Ab1cD_22_client.c as client.c",
                                                 "anon_Ab1cD_21_server.c as server.c"));
  EXPECT_TRUE(all.handins[1].late);
}

TEST(MatchTest, NamesOnCanvasWithALine) {
  const auto name = parse_canvas_name("under_score_LATE_114_2016_my_server.c");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->student, "under_score");
  EXPECT_EQ(name->id, "114");
  EXPECT_TRUE(name->late);
  EXPECT_EQ(name->file, "my_server.c");
  EXPECT_EQ(name->prefix, "under_score_LATE_114_2016_");
  for (const char* other : {"ann_1_server.c", "ann_1_2_", "_1_2", "server.c", ""}) {
    EXPECT_FALSE(parse_canvas_name(other)) << other;
  }
}

TEST(MatchTest, WhatWasHandedInAgainOnCanvasIsTakenOnce) {
  const Matched all =
      match_files({"doe_1_10_lab.zip", "doe_1_12_lab-2.zip", "doe_1_11_lab-1.zip",
                   "roe_2_20_server-1.c", "roe_2_21_client.c", "roe_2_22_queue-1.h"});
  ASSERT_THAT(all.handins, SizeIs(2));
  EXPECT_THAT(parts(all.handins[0]), ElementsAre("doe_1_12_lab-2.zip as lab.zip"));
  EXPECT_THAT(all.handins[0].notes,
              ElementsAre("doe_1_10_lab.zip is older than doe_1_12_lab-2.zip, which is graded",
                          "doe_1_11_lab-1.zip is older than doe_1_12_lab-2.zip, which is graded"));
  EXPECT_THAT(parts(all.handins[1]),
              ElementsAre("roe_2_21_client.c as client.c", "roe_2_22_queue-1.h as queue-1.h",
                          "roe_2_20_server-1.c as server.c"));
}

TEST(MatchTest, MoodleFoldersWithAndWithoutTheLastLine) {
  const Matched all = match({{"Zoë van der Berg_123_assignsubmission_file", true},
                             {"O'Neil_Anna_77_assignsubmission_file_", true},
                             {"O'Neil_Anna_77_assignsubmission_onlinetext_", true},
                             {"readme", false}});
  EXPECT_EQ(all.platform, Platform::kMoodle);
  EXPECT_THAT(keys(all), ElementsAre("O'Neil_Anna_77", "Zoë_van_der_Berg_123"));
  EXPECT_EQ(all.handins[0].student, "O'Neil_Anna");
  EXPECT_EQ(all.handins[0].id, "77");
  EXPECT_EQ(all.handins[1].student, "Zoë van der Berg");
  ASSERT_THAT(all.unmatched, SizeIs(2));
  EXPECT_THAT(all.unmatched[0].reason, HasSubstr("what Moodle keeps beside it"));
}

TEST(MatchTest, MoodleFiles) {
  const Matched all = match_files({"Jane Doe_5_assignsubmission_file_server.c",
                                   "Jane Doe_5_assignsubmission_file_my_client.c",
                                   "Jane Doe_6_assignsubmission_file_x.zip"});
  EXPECT_THAT(keys(all), ElementsAre("Jane_Doe_5", "Jane_Doe_6"));
  EXPECT_THAT(parts(all.handins[0]),
              ElementsAre("Jane Doe_5_assignsubmission_file_my_client.c as my_client.c",
                          "Jane Doe_5_assignsubmission_file_server.c as server.c"));
}

TEST(MatchTest, Gradescope) {
  const auto metadata = parse_gradescope_metadata(
      "submission_1:\n  :submitters:\n  - :name: Jane Doe\n    :sid: 4711\n    :email: j@x.org\n"
      "  :score: 0\nsubmission_2:\n  :submitters:\n  - :name: A\n    :sid: 7\n    :email: a@x.org\n"
      "  - :name: B\n    :sid:\n  - :name: C\n    :sid: 8\n    :email: c@x.org\n"
      "submission_9:\n  :submitters:\n  - :name: Ghost\n");
  ASSERT_TRUE(metadata);
  const Matched all = match({{"submission_1", true},
                             {"submission_2", true},
                             {"submission_3", true},
                             {"submission_metadata.yml", false}},
                            *metadata);
  EXPECT_EQ(all.platform, Platform::kGradescope);
  EXPECT_THAT(keys(all), ElementsAre("A,_B,_C_submission_2", "Jane_Doe_submission_1"));
  EXPECT_EQ(all.handins[1].id, "4711");
  EXPECT_EQ(all.handins[1].email, "j@x.org");
  EXPECT_EQ(all.handins[0].id, "7, 8");
  EXPECT_EQ(all.handins[0].email, "a@x.org, c@x.org");
  ASSERT_THAT(all.unmatched, SizeIs(2));
  EXPECT_EQ(all.unmatched[0].reason, "is not named in submission_metadata.yml");
  EXPECT_EQ(all.unmatched[1].name, "submission_9 (Ghost)");
  EXPECT_EQ(all.unmatched[1].reason, "is named in submission_metadata.yml, and has no folder");
  EXPECT_FALSE(parse_gradescope_metadata("a: [b"));
  EXPECT_FALSE(parse_gradescope_metadata("just words"));
}

TEST(MatchTest, KeysAreFitForFiles) {
  const Matched all = match({{"-rf", true},
                             {"$(reboot)", true},
                             {"a\nb", true},
                             {"\xff", true},
                             {"x\u202egpj", true},
                             {std::string(250, 'w'), true}});
  for (const std::string& key : keys(all)) {
    EXPECT_LE(key.size(), 130U);
    EXPECT_NE(key[0], '-');
    EXPECT_EQ(key.find('\n'), std::string::npos);
  }
  EXPECT_THAT(keys(all), SizeIs(6));
  EXPECT_THAT(all.unmatched, IsEmpty());
  EXPECT_THAT(keys(match({{"Ann Lee", true}, {"ann lee", true}, {"a<b>:\"|?*", true}})),
              ElementsAre("Ann_Lee", "a_b______", "ann_lee~2"));
}

}  // namespace
}  // namespace ipcgrade
