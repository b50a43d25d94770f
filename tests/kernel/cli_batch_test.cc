// Many hand-ins at once, by the command.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "../support/process.h"

namespace ipcgrade::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

const std::string kProgram = IPCGRADE_BINARY;
const fs::path kSource = IPCGRADE_SOURCE_DIR;

class CliBatch : public testing::Test {
 protected:
  void SetUp() override {
    const Ran box = run({kProgram, "sandbox", "--", "true"});
    if (box.status != 0) GTEST_SKIP() << box.errors;
    add("missing_semicolon", "bob");
    add("missing_semicolon", "dan");
    add("undefined_reference", "eve");
  }

  void add(const std::string& name, const std::string& as) const {
    fs::create_directories(folder_ / "class");
    fs::copy(kSource / "tests/corpus/shared-memory/wrong" / name, folder_ / "class" / as,
             fs::copy_options::recursive);
  }
  /// One that takes seconds.
  void add_carol() const { add("client_segfaults", "carol"); }
  [[nodiscard]] std::vector<std::string> words(const std::string& out = "out") const {
    return {kProgram, "batch", "shared-memory", folder_ / "class", "--out", folder_ / out};
  }
  /// Of all, times aside, as one text.
  [[nodiscard]] std::string results(const std::string& out = "out") const {
    std::string all = contents(folder_ / out / "grades.csv");
    for (const auto& one : fs::directory_iterator(folder_ / "class")) {
      const std::string name = one.path().filename();
      const fs::path path = folder_ / out / "reports" / (name + ".json");
      json report = json::parse(contents(path), nullptr, false);
      if (report.is_discarded()) return "no report of " + name;
      report.erase("seconds");
      for (json& each : report["exploration"]) each.erase("seconds");
      all += report.dump();
    }
    return all;
  }
  /// Processes that it started and that are still there.
  static std::vector<pid_t> children_of(pid_t parent) {
    std::ifstream file(fmt::format("/proc/{}/task/{}/children", parent, parent));
    return {std::istream_iterator<pid_t>(file), {}};
  }

  TemporaryFolder folder_;
};

TEST_F(CliBatch, GradesAsCheckDoes) {
  add_carol();
  const Ran ran = run(words());
  EXPECT_EQ(ran.status, 1) << ran.errors;
  EXPECT_THAT(ran.output, HasSubstr("4 hand-ins: 0 passed, 4 failed (4 graded now)\n"));
  EXPECT_THAT(ran.errors, HasSubstr("[4/4] "));
  for (const char* name : {"bob", "carol"}) {
    const std::string alone = folder_ / (std::string(name) + ".json");
    (void)run({kProgram, "check", "shared-memory", folder_ / "class" / name, "--json", alone});
    json one = json::parse(contents(alone));
    json other = json::parse(contents(folder_ / "out" / "reports" / (std::string(name) + ".json")));
    for (json* report : {&one, &other}) {
      report->erase("seconds");
      for (json& explored : (*report)["exploration"]) explored.erase("seconds");
      for (json& finding : (*report)["findings"]) finding.erase("replay");  // names the folder
    }
    EXPECT_EQ(one, other) << name;
  }
  for (const char* file : {"index.html", "class.xml", "feedback.zip", "grades.csv"}) {
    EXPECT_TRUE(fs::exists(folder_ / "out" / file)) << file;
  }
}

TEST_F(CliBatch, ASecondRunGradesWhatChanged) {
  (void)run(words());
  const std::string first = results();
  const Ran again = run(words());
  EXPECT_THAT(again.output, HasSubstr("(0 graded now)"));
  EXPECT_EQ(results(), first);
  std::ofstream(folder_ / "class/bob/server.c", std::ios::app) << "\n/* again */\n";
  EXPECT_THAT(run(words()).output, HasSubstr("(1 graded now)"));
  auto other = words();
  other.insert(other.end(), {"--schedules", "1999"});
  EXPECT_THAT(run(other).output, HasSubstr("(3 graded now)"));
}

TEST_F(CliBatch, WhoeverIsKilledNothingIsLost) {
  add_carol();
  (void)run(words("undisturbed"));
  for (const auto pause : {20ms, 300ms, 1500ms, 4000ms}) {
    Started started(words());
    std::this_thread::sleep_for(pause);
    ::kill(started.pid(), SIGKILL);
    (void)started.wait();
  }
  const Ran last = run(words());
  EXPECT_EQ(last.status, 1) << last.errors;
  EXPECT_EQ(results(), results("undisturbed"));
}

TEST_F(CliBatch, AWorkerThatIsKilledIsTriedAgain) {
  add_carol();
  (void)run(words("undisturbed"));
  Started started(words());
  std::size_t killed = 0;
  for (int i = 0; i < 2000 && killed == 0; ++i) {
    std::this_thread::sleep_for(5ms);
    for (const pid_t child : children_of(started.pid())) {
      ::kill(child, SIGKILL);
      ++killed;
    }
  }
  const Ran ran = started.wait();
  EXPECT_GT(killed, 0U);
  EXPECT_EQ(ran.status, 1) << ran.errors << ran.output;
  EXPECT_EQ(results(), results("undisturbed"));
}

TEST_F(CliBatch, WhatIsStoppedGoesOnLater) {
  add_carol();
  Started started(words());
  std::this_thread::sleep_for(500ms);
  ::kill(started.pid(), SIGINT);
  const Ran stopped = started.wait();
  EXPECT_EQ(stopped.status, 130) << stopped.errors;
  EXPECT_THAT(stopped.output, HasSubstr("not graded"));
  const Ran last = run(words());
  EXPECT_THAT(last.output, HasSubstr("4 hand-ins: 0 passed, 4 failed"));
}

TEST_F(CliBatch, AFullDiskIsSaidAndGradesNobody) {
  const Ran box = run({"unshare", "-m", "true"});
  if (box.status != 0) GTEST_SKIP() << "needs a mount namespace: " << box.errors;
  fs::create_directory(folder_ / "out");
  std::string command = "mount -t tmpfs -o size=64k none " + (folder_ / "out").string() + " && ";
  for (const std::string& word : words()) command += "'" + word + "' ";
  const Ran ran = run({"unshare", "-m", "sh", "-c", command});
  EXPECT_EQ(ran.status, 3) << ran.output;
  EXPECT_THAT(ran.errors, HasSubstr("the disk is full"));
}

TEST_F(CliBatch, PartsAreMergedAndComparedAndShownAndGradedAgain) {
  (void)run(words());
  for (const char* part : {"1/2", "2/2"}) {
    auto shard = words(std::string("part") + part[0]);
    shard.insert(shard.end(), {"--shard", part});
    EXPECT_THAT(run(shard).output, HasSubstr("ipcgrade merge"));
  }
  const Ran merged =
      run({kProgram, "merge", folder_ / "part1", folder_ / "part2", "--out", folder_ / "merged"});
  EXPECT_EQ(merged.status, 1) << merged.errors;
  EXPECT_EQ(results("merged"), results());
  const Ran half = run({kProgram, "merge", folder_ / "part1", "--out", folder_ / "half"});
  EXPECT_EQ(half.status, 3);
  EXPECT_THAT(half.output, HasSubstr("parts that are missing: 2\n"));

  const Ran shown = run({kProgram, "show", folder_ / "merged", "BOB"});
  EXPECT_THAT(shown.output, HasSubstr("bob: 0/10\nstudent: bob\n"));
  EXPECT_THAT(shown.output, HasSubstr("FAIL  build"));
  EXPECT_EQ(run({kProgram, "show", folder_ / "merged", "zoe"}).status, 2);

  EXPECT_THAT(run({kProgram, "regrade", folder_ / "merged", "eve"}).output,
              HasSubstr("(1 graded now)"));

  fs::copy(kSource / "tests/corpus/shared-memory/wrong/undefined_reference/server.c",
           folder_ / "class/bob/server.c", fs::copy_options::overwrite_existing);
  auto compared = words("new");
  compared.insert(compared.end(), {"--compare", folder_ / "out"});
  EXPECT_THAT(run(compared).output, HasSubstr("points change for 0 of 3 hand-ins: 0 up, 0 down"));
  auto same = words();
  same.insert(same.end(), {"--compare", folder_ / "out"});
  EXPECT_EQ(run(same).status, 2);
}

TEST_F(CliBatch, OddFilesOfOneAreAFewLines) {
  for (int i = 0; i < 9; ++i) folder_.write(fmt::format("class/bob/{}.zip", i), "no archive");
  const Ran ran = run(words());
  EXPECT_THAT(ran.output, HasSubstr("bob: 4.zip is no archive"));
  EXPECT_THAT(ran.output, HasSubstr("bob: and more of that\nbob: not graded: "));
  EXPECT_THAT(ran.output, Not(HasSubstr("5.zip")));
  EXPECT_THAT(contents(folder_ / "out/grades.csv"), HasSubstr("8.zip is no archive"));
}

TEST_F(CliBatch, WhatCanNotBeReadIsNoZero) {
  folder_.write("class/zoe.zip", "no archive");
  fs::create_directory(folder_ / "class/ann");
  const Ran ran = run(words());
  EXPECT_EQ(ran.status, 3);
  EXPECT_THAT(ran.output, HasSubstr("zoe: not graded: not all of it can be read: zoe.zip is no "));
  EXPECT_THAT(ran.output, HasSubstr("5 hand-ins: 0 passed, 4 failed, 1 not graded"));
  EXPECT_THAT(contents(folder_ / "out/class.xml"), HasSubstr("shared-memory/zoe"));
  for (const char* ending : {".json", ".xml", ".html"}) {
    EXPECT_THAT(contents(folder_ / "out/reports" / (std::string("zoe") + ending)),
                HasSubstr("zoe.zip is no archive"))
        << ending;
  }
  EXPECT_THAT(run(words()).output, HasSubstr("(0 graded now)"));
}

TEST_F(CliBatch, FilesThatChangeMeanwhileAreNotGradedAsThoseThatWere) {
  fs::copy(kSource / "tests/corpus/shared-memory/wrong/client_segfaults", folder_ / "class/ann",
           fs::copy_options::recursive);
  auto all = words();
  all.insert(all.end(), {"--jobs", "1"});
  Started started(all);
  std::this_thread::sleep_for(1s);
  std::ofstream(folder_ / "class/eve/server.c", std::ios::app) << "\n/* half written";
  const Ran ran = started.wait();
  EXPECT_EQ(ran.status, 3) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr("eve: not graded: its files changed after the batch began"));
  const Ran again = run(all);
  EXPECT_THAT(again.output, HasSubstr("4 failed (1 graded now)"));
}

TEST_F(CliBatch, MembersOfAGroupAreFound) {
  folder_.write("group/submission_metadata.yml",
                "submission_1:\n  :submitters:\n  - :name: Jane\n    :sid: 7\n    :email: j@x.org\n"
                "  - :name: Ali\n    :sid: 71\n    :email: a@x.org\n");
  folder_.write("group/submission_1/server.c", "int x");
  (void)run({kProgram, "batch", "shared-memory", folder_ / "group", "--out", folder_ / "out"});
  for (const char* member : {"7", "71", "a@x.org", "j@x.org", "ali"}) {
    const Ran shown = run({kProgram, "show", folder_ / "out", member});
    EXPECT_THAT(shown.output, HasSubstr("student: Jane, Ali")) << member << shown.errors;
  }
  EXPECT_EQ(run({kProgram, "show", folder_ / "out", ""}).status, 2);
}

TEST_F(CliBatch, AWrongGradebookIsSaidBeforeAnybodyIsGraded) {
  folder_.write("moodle/Ann_5_assignsubmission_file/server.c", "int x");
  folder_.write("book.csv", "Identifier,Full name,Note\nParticipant 5,Ann,\n");
  std::vector<std::string> all{kProgram, "batch",         "shared-memory", folder_ / "moodle",
                               "--out",  folder_ / "out", "--gradebook",   folder_ / "book.csv"};
  Ran ran = run(all);
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.errors, HasSubstr("is called \"Grade\"; they are \"Full name\", \"Note\""));
  EXPECT_FALSE(fs::exists(folder_ / "out/grades.csv"));
  all.insert(all.end(), {"--column", "note"});
  ran = run(all);
  EXPECT_EQ(ran.status, 1) << ran.errors;
  EXPECT_THAT(contents(folder_ / "out/moodle.csv"), HasSubstr("Participant 5,Ann,0\r\n"));
}

TEST_F(CliBatch, NamesThatMustNotShow) {
  folder_.write("class/Yolanda stray.txt", "x");
  folder_.write("class/bob/bob.zip", "no archive");
  (void)run(words());
  auto hidden = words("hidden");
  hidden.insert(hidden.end(), {"--anonymous", "--compare", folder_ / "out"});
  const Ran ran = run(hidden);
  EXPECT_THAT(ran.output, HasSubstr("points change for 0 of 3 hand-ins"));
  EXPECT_THAT(ran.output, HasSubstr("not matched with anybody: (a name that is not told)"));
  const auto kept = run({kProgram, "show", folder_ / "hidden", "dan"});
  EXPECT_THAT(kept.output, HasSubstr("anonymous-"));
  for (const std::string& text :
       {ran.output, ran.errors, kept.output, contents(folder_ / "hidden/index.html"),
        contents(folder_ / "hidden/grades.csv"), contents(folder_ / "hidden/class.xml")}) {
    for (const char* name : {"Yolanda", "bob", "dan"}) {
      EXPECT_THAT(text, Not(HasSubstr(name)));
    }
  }
}

TEST_F(CliBatch, WrongInput) {
  folder_.write("mine/thesis.tex", "x");
  Ran ran = run(words("mine"));
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.errors, HasSubstr("is not empty, and no batch's folder"));
  EXPECT_EQ(contents(folder_ / "mine/thesis.tex"), "x");
  ran = run({kProgram, "batch", "shared-memory", folder_ / "none", "--out", folder_ / "o"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.errors, HasSubstr("there is no such file"));
  for (const char* name : {"class/bob", "nobody"}) {
    fs::create_directories(folder_ / name);
    ran = run({kProgram, "batch", "shared-memory", folder_ / name, "--out", folder_ / "o"});
    EXPECT_EQ(ran.status, 2) << name << ran.output;
    EXPECT_FALSE(fs::exists(folder_ / "o/grades.csv"));
  }
  EXPECT_THAT(ran.errors, Not(HasSubstr("fault of ipcgrade")));
  for (const std::string part : {"--shard=1/2", "--engine=slurm"}) {
    auto in_parts = words("o");
    in_parts.insert(in_parts.end(), {part, "--anonymous"});
    ran = run(in_parts);
    EXPECT_EQ(ran.status, 2) << "parts are merged with their names";
    EXPECT_THAT(ran.errors, HasSubstr("a shard can't be anonymous"));
  }
}

}  // namespace
}  // namespace ipcgrade::test
