// `explore` and the replay of what it finds, as a user calls them, on the programs beside this
// file.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "../support/process.h"

namespace ipcgrade::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using Json = nlohmann::json;

const std::string kProgram = IPCGRADE_BINARY;
const std::filesystem::path kPrograms = IPCGRADE_EXPLORED;

Ran ipcgrade(std::vector<std::string> words) {
  words.insert(words.begin(), kProgram);
  return run(words);
}

struct Explored {
  Ran ran;
  Json report;

  [[nodiscard]] std::vector<std::string> kinds(const std::string& severity) const {
    std::vector<std::string> kinds;
    for (const Json& finding : report["findings"]) {
      if (finding["severity"] == severity) kinds.push_back(finding["kind"]);
    }
    return kinds;
  }
  [[nodiscard]] bool exhaustive() const { return report["exploration"][0]["exhaustive"]; }
};

class Explore : public testing::Test {
 protected:
  void SetUp() override {
    const Ran ran = ipcgrade({"sandbox", "--", "true"});
    if (ran.status != 0) GTEST_SKIP() << ran.errors;
  }

  /// Puts a program's source into the folder that is explored.
  void add(const std::string& source) const {
    std::filesystem::create_directories(dir());
    std::filesystem::copy_file(kPrograms / source, dir() / source);
  }
  /// And compiles it there, as a user does, without us.
  void add_built(const std::string& name, const std::vector<std::string>& options = {}) const {
    add(name + ".c");
    std::vector<std::string> words{"gcc", "-g", "-O1", "-pthread"};
    words.insert(words.end(), options.begin(), options.end());
    words.insert(words.end(), {(dir() / (name + ".c")).string(), "-o", (dir() / name).string()});
    const Ran ran = run(words);
    ASSERT_EQ(ran.status, 0) << ran.errors;
  }

  [[nodiscard]] Explored explore(const std::vector<std::string>& more) const {
    std::vector<std::string> words{"explore", "--dir", dir().string(), "--json",
                                   (folder_ / "report.json").string()};
    words.insert(words.end(), more.begin(), more.end());
    Explored explored{ipcgrade(words), {}};
    const std::string text = contents(folder_ / "report.json");
    if (!text.empty()) explored.report = Json::parse(text);
    return explored;
  }
  [[nodiscard]] Explored explore_source(const std::string& name, const std::string& options = "",
                                        const std::vector<std::string>& more = {}) const {
    add(name + ".c");
    std::vector<std::string> words{
        "--build", fmt::format("gcc -g -O1 -pthread {} -o {} {}.c", options, name, name), "--run",
        "./" + name};
    words.insert(words.end(), more.begin(), more.end());
    return explore(words);
  }

  [[nodiscard]] std::filesystem::path dir() const { return folder_ / "some folder"; }

  TemporaryFolder folder_;
};

TEST_F(Explore, RacyCounterLosesAnUpdate) {
  const Explored explored = explore_source("racy_counter");
  EXPECT_EQ(explored.ran.status, 1) << explored.ran.errors;
  EXPECT_THAT(explored.kinds("error"), Contains("data-race"));
  EXPECT_THAT(explored.kinds("error"), Contains("order-dependent-result"));
  EXPECT_THAT(explored.ran.output, HasSubstr("racy_counter.c:11"));
  EXPECT_THAT(explored.ran.output, HasSubstr("something found"));
}

TEST_F(Explore, RacyCounterWithoutBuildGivesAWarningForTheRace) {
  add_built("racy_counter");
  const Explored explored = explore({"--run", "./racy_counter"});
  EXPECT_EQ(explored.ran.status, 1) << explored.ran.errors;
  EXPECT_THAT(explored.kinds("warning"), Contains("data-race"));
  EXPECT_THAT(explored.kinds("error"), Contains("order-dependent-result"));
}

TEST_F(Explore, LinesAreThereWhereTheBuildAsksForNone) {
  add("racy_counter.c");
  const Explored explored =
      explore({"--build", "gcc -O1 -s -o racy_counter racy_counter.c", "--run", "./racy_counter"});
  EXPECT_THAT(explored.ran.output, HasSubstr("racy_counter.c:11"));
}

TEST_F(Explore, ASignalComesBetweenAnyTwoSteps) {
  const Explored explored = explore_source("signal_between_steps");
  EXPECT_EQ(explored.ran.status, 1) << explored.ran.errors;
  EXPECT_THAT(explored.kinds("error"), ElementsAre("order-dependent-result"));
  EXPECT_TRUE(explored.exhaustive());
}

TEST_F(Explore, AtomicCounterIsClean) {
  const Explored explored = explore_source("atomic_counter");
  EXPECT_EQ(explored.ran.status, 0) << explored.ran.output << explored.ran.errors;
  EXPECT_THAT(explored.report["findings"], IsEmpty());
  EXPECT_THAT(explored.ran.output, HasSubstr("nothing found"));
}

/// It leaves the load of an atomic access in place, beside the call that stands for it.
TEST_F(Explore, AtomicLoadsOfClangAreAtomic) {
  if (run({"clang", "--version"}).status != 0) GTEST_SKIP() << "clang is not installed";
  add("atomic_flag.c");
  const std::string build = "clang -g -O1 -pthread -o program atomic_flag.c";
  const Explored explored = explore({"--build", build, "--run", "./program"});
  EXPECT_EQ(explored.ran.status, 0) << explored.ran.output << explored.ran.errors;
  EXPECT_THAT(explored.report["findings"], IsEmpty());
}

TEST_F(Explore, RacesOfClangsProgramsHaveLines) {
  if (run({"clang", "--version"}).status != 0) GTEST_SKIP() << "clang is not installed";
  add("racy_counter.c");
  const std::string build = "clang -g -O1 -pthread -o program racy_counter.c";
  const Explored explored = explore({"--build", build, "--run", "./program"});
  EXPECT_THAT(explored.ran.output, HasSubstr("racy_counter.c:11")) << explored.ran.errors;
}

TEST_F(Explore, MutexCounterIsClean) {
  const Explored explored = explore_source("mutex_counter");
  EXPECT_EQ(explored.ran.status, 0) << explored.ran.output << explored.ran.errors;
  EXPECT_THAT(explored.report["findings"], IsEmpty());
  EXPECT_TRUE(explored.exhaustive());
}

TEST_F(Explore, CheckThenPauseHangs) {
  const Explored explored = explore_source("check_then_pause");
  EXPECT_EQ(explored.ran.status, 1) << explored.ran.errors;
  EXPECT_THAT(explored.kinds("error"), Contains("lost-wakeup"));
}

TEST_F(Explore, SigsuspendDoesNot) {
  const Explored twin = explore_source("sigsuspend");
  EXPECT_EQ(twin.ran.status, 0) << twin.ran.output << twin.ran.errors;
  EXPECT_THAT(twin.report["findings"], IsEmpty());
  EXPECT_TRUE(twin.exhaustive());
}

TEST_F(Explore, PhilosophersWaitForEachOther) {
  const Explored naive = explore_source("philosophers");
  EXPECT_EQ(naive.ran.status, 1) << naive.ran.errors;
  EXPECT_THAT(naive.kinds("error"), Contains("deadlock"));
}

TEST_F(Explore, OrderedPhilosophersDoNot) {
  const Explored ordered = explore_source("philosophers", "-DORDERED", {"--schedules", "5000"});
  EXPECT_EQ(ordered.ran.status, 0) << ordered.ran.output << ordered.ran.errors;
  EXPECT_THAT(ordered.report["findings"], IsEmpty());
}

TEST_F(Explore, TwoProgramsTalkThroughAFifo) {
  add_built("fifo_writer");
  add_built("fifo_reader");
  const Explored explored =
      explore({"--run", "./fifo_writer channel 'two words'", "--run", "./fifo_reader channel"});
  EXPECT_EQ(explored.ran.status, 0) << explored.ran.output << explored.ran.errors;
  EXPECT_THAT(explored.report["findings"], IsEmpty());
  EXPECT_TRUE(explored.exhaustive());
}

// It may start 5 seconds later, and be stalled for 5 more.
TEST_F(Explore, AProgramThatStartsLateCanBeStalled) {
  add_built("leaves_a_file");
  add_built("opens_a_file");
  const auto kept_for = [this](const std::string& seconds) {
    return explore({"--run", "./leaves_a_file it " + seconds, "--run", "./opens_a_file it"});
  };
  EXPECT_THAT(kept_for("9").kinds("error"), ElementsAre("livelock"));
  EXPECT_THAT(kept_for("11").kinds("error"), IsEmpty());
}

TEST_F(Explore, WhatCppDoesOnceComesBeforeWhatFollows) {
  add("once.cc");
  const Explored explored =
      explore({"--build", "g++ -std=c++20 -g -O1 -pthread -o once once.cc", "--run", "./once"});
  EXPECT_EQ(explored.ran.status, 0) << explored.ran.output << explored.ran.errors;
  EXPECT_THAT(explored.report["findings"], IsEmpty());
  EXPECT_TRUE(explored.exhaustive());
}

TEST_F(Explore, ComputingForEverIsNotEndingWell) {
  const Explored explored = explore_source("loops_for_ever", "", {"--schedules", "1"});
  EXPECT_EQ(explored.ran.status, 1) << explored.ran.output << explored.ran.errors;
  EXPECT_THAT(explored.kinds("error"), ElementsAre("cpu-limit"));
}

TEST_F(Explore, CallsThatFailForEverAreFoundOutSoon) {
  const Explored explored = explore_source("fails_for_ever");
  EXPECT_EQ(explored.ran.status, 1) << explored.ran.output << explored.ran.errors;
  EXPECT_THAT(explored.kinds("error"), ElementsAre("livelock"));
  EXPECT_THAT(explored.ran.output, Not(HasSubstr("0000 more")));
  EXPECT_TRUE(explored.exhaustive());
}

TEST_F(Explore, WhoBurnsTheProcessorForAHandlerIsToldWhere) {
  const Explored explored = explore_source("burns_for_handler");
  EXPECT_EQ(explored.ran.status, 0) << explored.ran.output << explored.ran.errors;
  EXPECT_THAT(explored.kinds("note"), ElementsAre("busy-wait"));
  EXPECT_THAT(explored.ran.output, HasSubstr("burns_for_handler.c:20"));
  EXPECT_TRUE(explored.exhaustive());
}

TEST_F(Explore, WhoBurnsTheProcessorForNothingNeverEnds) {
  const Explored explored = explore_source("burns_for_handler", "-DFORGOT");
  EXPECT_EQ(explored.ran.status, 1) << explored.ran.output << explored.ran.errors;
  EXPECT_THAT(explored.kinds("error"), ElementsAre("livelock"));
}

TEST_F(Explore, AProgramThatSharesNothingHasOneOrder) {
  add_built("computes");
  const Explored explored = explore({"--run", "./computes"});
  EXPECT_EQ(explored.ran.status, 0) << explored.ran.output << explored.ran.errors;
  EXPECT_THAT(explored.ran.output, HasSubstr("its only order explored"));
}

TEST_F(Explore, StdinIsReadByEachProgram) {
  add_built("copies_stdin");
  std::filesystem::create_directories(dir());
  folder_.write("input", "some text\n");
  const Explored explored = explore({"--run", "./copies_stdin | grep -qx 'some text'", "--run",
                                     "test \"$(./copies_stdin)\" = 'some text'", "--stdin",
                                     (folder_ / "input").string(), "--schedules", "20"});
  EXPECT_EQ(explored.ran.status, 0) << explored.ran.output << explored.ran.errors;
  EXPECT_THAT(explored.kinds("note"), Not(Contains("wrong-exit")));
}

TEST_F(Explore, EachRunBeginsWithTheFolderAsItWas) {
  folder_.write("some folder/text", "as it was\n");
  const Explored explored =
      explore({"--run", "read line < text; test \"$line\" = 'as it was' && echo changed > text"});
  EXPECT_EQ(explored.ran.status, 0) << explored.ran.output << explored.ran.errors;
  EXPECT_THAT(explored.kinds("note"), Not(Contains("wrong-exit")));
  EXPECT_EQ(contents(dir() / "text"), "as it was\n");
}

// Of a and b steps on one object there are C(a+b, a) orders; where they commute, one.
TEST_F(Explore, CountsTheOrdersThatCanBeCountedByHand) {
  struct Steps {
    int a, b;
    std::size_t orders;
  };
  add("steps.c");
  for (const Steps& one : {Steps{1, 1, 2}, Steps{2, 1, 3}, Steps{2, 2, 6}, Steps{3, 3, 20},
                           Steps{4, 3, 35}, Steps{5, 5, 252}}) {
    for (const bool apart : {false, true}) {
      const std::string command =
          fmt::format("./steps {} {}{}", one.a, one.b, apart ? " apart" : "");
      const Explored explored =
          explore({"--build", "gcc -g -O1 -o steps steps.c", "--run", command});
      EXPECT_TRUE(explored.exhaustive()) << command;
      EXPECT_EQ(explored.report["exploration"][0]["distinct"], apart ? 1 : one.orders) << command;
    }
  }
}

// Nobody else looks between processes.
TEST_F(Explore, OtherRaceDetectorsFindNothingInTheRacyCounter) {
  add_built("racy_counter", {"-fsanitize=thread"});
  const Ran tsan = run({(dir() / "racy_counter").string()});
  EXPECT_THAT(tsan.errors, Not(HasSubstr("WARNING: ThreadSanitizer"))) << tsan.errors;
  std::filesystem::remove_all(dir());
  add_built("racy_counter");
  for (const std::string tool : {"helgrind", "drd"}) {
    const Ran ran = run({"valgrind", "--tool=" + tool, "--error-exitcode=99",
                         "--trace-children=yes", (dir() / "racy_counter").string()});
    if (ran.status == 127) continue;  // not installed
    EXPECT_NE(ran.status, 99) << ran.errors;
  }
}

// No loader, no library that could be preloaded.
TEST_F(Explore, AProgramThatIsLinkedStatically) {
  for (const std::string option : {"-static", "-static-pie"}) {
    std::filesystem::remove_all(dir());
    add_built("racy_counter", {option});
    const Explored explored = explore({"--run", "./racy_counter"});
    EXPECT_THAT(explored.kinds("error"), Contains("order-dependent-result")) << option;
    EXPECT_THAT(explored.ran.output, HasSubstr("racy_counter.c:11")) << option;
  }
}

TEST_F(Explore, ACrashInSomeOrderIsToldAtItsLine) {
  add_built("crashes_after");
  const Explored explored = explore({"--run", "./crashes_after file", "--run", ": > file"});
  EXPECT_EQ(explored.ran.status, 1) << explored.ran.errors;
  EXPECT_THAT(explored.kinds("error"), Contains("crash"));
  EXPECT_THAT(explored.ran.output, HasSubstr("crashes_after.c:7"));
}

TEST_F(Explore, TheShellRunsCommands) {
  folder_.write("some folder/text", "as it was\n");
  const Explored explored = explore({"--run", "grep -qx 'as it was' text && true"});
  EXPECT_EQ(explored.ran.status, 0) << explored.ran.output << explored.ran.errors;
  EXPECT_THAT(explored.report["findings"], IsEmpty());
}

TEST_F(Explore, ATokenIsReplayedUntilSomethingChanges) {
  const Explored explored = explore_source("check_then_pause");
  ASSERT_FALSE(explored.report["findings"].empty());
  const std::string token = explored.report["findings"][0]["schedule"];
  const std::vector<std::string> words{
      "replay",  token,
      "--dir",   dir().string(),
      "--build", "gcc -g -O1 -pthread  -o check_then_pause check_then_pause.c",
      "--run",   "./check_then_pause"};
  const Ran again = ipcgrade(words);
  EXPECT_EQ(again.status, 0) << again.errors;
  EXPECT_THAT(again.output, HasSubstr("pause"));
  std::vector<std::string> other = words;
  other.back() = "./check_then_pause again";
  const Ran others = ipcgrade(other);
  EXPECT_EQ(others.status, 2);
  EXPECT_THAT(others.errors, HasSubstr("--run"));
  folder_.write("some folder/check_then_pause.c", "int main(void) { return 0; }\n");
  const Ran changed = ipcgrade(words);
  EXPECT_EQ(changed.status, 2);
  EXPECT_THAT(changed.errors, HasSubstr("have changed"));
}

TEST_F(Explore, AStaleProgramIsBuiltAnew) {
  add_built("racy_counter");
  folder_.write("some folder/Makefile", "racy_counter: racy_counter.c\n");
  const Explored explored = explore({"--build", "make", "--run", "./racy_counter"});
  EXPECT_EQ(explored.ran.status, 1) << explored.ran.errors;
  EXPECT_THAT(explored.kinds("error"), Contains("data-race"));
}

TEST_F(Explore, ABuildThatFailsIsFound) {
  folder_.write("some folder/wrong.c", "int main(void) { return zero; }\n");
  const Explored explored = explore({"--build", "gcc wrong.c -o wrong", "--run", "./wrong"});
  EXPECT_EQ(explored.ran.status, 1);
  EXPECT_THAT(explored.kinds("error"), Contains("build-error"));
  EXPECT_THAT(explored.ran.output, HasSubstr("wrong.c:1"));
}

TEST_F(Explore, WrongCommandsAreToldAndExit2) {
  add_built("computes");
  folder_.write("some folder/data", "no program");
  const auto error = [this](const std::string& command) {
    const Explored explored = explore({"--run", command});
    EXPECT_EQ(explored.ran.status, 2) << command;
    EXPECT_THAT(explored.ran.output, IsEmpty());
    return explored.ran.errors;
  };
  EXPECT_THAT(error("./nobody 1"), HasSubstr("--run './nobody 1': ./nobody is not found"));
  EXPECT_THAT(error("nobody-knows-it"), HasSubstr("is not found"));
  EXPECT_THAT(error("computes"), HasSubstr("did you mean ./computes?"));
  EXPECT_THAT(error("./data"), HasSubstr("is not executable"));
  EXPECT_THAT(error("../computes"), HasSubstr("is outside of the folder"));
  EXPECT_THAT(error("./computes 'x"), HasSubstr("not closed"));
  EXPECT_THAT(error(""), HasSubstr("no command"));
  EXPECT_EQ(ipcgrade({"explore"}).status, 2);
  EXPECT_EQ(ipcgrade({"explore", "--run", "true", "--dir", "/nowhere"}).status, 2);
  EXPECT_EQ(ipcgrade({"explore", "--run", "true", "--stdin", "/nowhere"}).status, 2);
}

TEST_F(Explore, TheSameSeedGivesTheSameReport) {
  Json first = explore_source("racy_counter").report;
  Json second = explore({"--build", "gcc -g -O1 -pthread  -o racy_counter racy_counter.c", "--run",
                         "./racy_counter"})
                    .report;
  for (Json* report : {&first, &second}) (*report)["exploration"][0].erase("seconds");
  first.erase("seconds");
  second.erase("seconds");
  EXPECT_EQ(first, second);
}

}  // namespace
}  // namespace ipcgrade::test
