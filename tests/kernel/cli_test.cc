// The command line as a user meets it: every bad input has its own message and the right exit
// status, and nothing is left behind.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "../support/process.h"

namespace ipcgrade::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const std::string kProgram = IPCGRADE_BINARY;
const std::filesystem::path kSource = IPCGRADE_SOURCE_DIR;

Ran ipcgrade(std::vector<std::string> words) {
  words.insert(words.begin(), kProgram);
  return run(words);
}

Ran check(const std::filesystem::path& folder, std::vector<std::string> more = {}) {
  std::vector<std::string> words{"check", "shared-memory", folder.string()};
  words.insert(words.end(), more.begin(), more.end());
  return ipcgrade(words);
}

bool boxes_can_be_made() { return ipcgrade({"sandbox", "--", "true"}).status == 0; }

#define NEEDS_A_BOX() \
  if (!boxes_can_be_made()) GTEST_SKIP() << ipcgrade({"sandbox", "--", "true"}).errors

constexpr const char* kExits0 = "int main(void) { return 0; }\n";

class Cli : public testing::Test {
 protected:
  TemporaryFolder folder_;
};

TEST_F(Cli, ListShowsTheLabs) {
  const Ran ran = ipcgrade({"list"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(ran.output, HasSubstr("shared-memory"));
}

TEST_F(Cli, ExplainSaysWhatAKindMeans) {
  const Ran one = ipcgrade({"explain", "lost-wakeup"});
  EXPECT_EQ(one.status, 0);
  EXPECT_THAT(one.output,
              StartsWith("lost-wakeup: a wake-up came before anybody waited for it\n\n"));
  EXPECT_THAT(one.output, HasSubstr("What to try: "));
  const Ran all = ipcgrade({"explain"});
  EXPECT_EQ(all.status, 0);
  EXPECT_THAT(all.output, HasSubstr("\ndeadlock "));
  const Ran none = ipcgrade({"explain", "deadlok"});
  EXPECT_EQ(none.status, 2);
  EXPECT_THAT(none.errors, HasSubstr("did you mean \"deadlock\"?"));
}

TEST_F(Cli, HelpAndManPageNameEverySubcommand) {
  const Ran help = ipcgrade({"--help"});
  const Ran man = ipcgrade({"--man"});
  EXPECT_EQ(help.status, 0);
  EXPECT_EQ(man.status, 0);
  for (const char* name : {"list", "new", "check", "explore", "replay", "explain", "export",
                           "verify", "sandbox", "doctor"}) {
    EXPECT_THAT(help.output, HasSubstr(name));
    EXPECT_THAT(man.output, HasSubstr(fmt::format("ipcgrade {}", name)));
  }
}

TEST_F(Cli, WrongWordsAreExit2WithAHint) {
  const Ran command = ipcgrade({"chekc"});
  EXPECT_EQ(command.status, 2);
  EXPECT_THAT(command.errors, HasSubstr("did you mean check?"));
  const Ran option = ipcgrade({"check", "shared-memory", folder_.path().string(), "--jsno", "x"});
  EXPECT_EQ(option.status, 2);
  EXPECT_THAT(option.errors, HasSubstr("--json"));
  EXPECT_EQ(ipcgrade({}).status, 2);
  EXPECT_EQ(ipcgrade({"check"}).status, 2);
  EXPECT_EQ(check(folder_.path(), {"--color", "sometimes"}).status, 2);
  const Ran memory = ipcgrade({"sandbox", "--memory", "1KiB", "--", "true"});
  EXPECT_EQ(memory.status, 2);
  EXPECT_THAT(memory.errors, HasSubstr("--memory must be at least 4MiB"));
  const Ran files = ipcgrade({"sandbox", "--open-files", "3", "--", "true"});
  EXPECT_EQ(files.status, 2);
  EXPECT_THAT(files.errors, HasSubstr("--open-files must be at least 16"));
  EXPECT_EQ(check(folder_.path(), {"--json", "-", "--junit", "-"}).status, 2);
}

TEST_F(Cli, NoSuchLab) {
  const Ran ran = ipcgrade({"check", "shared-memry", folder_.path().string()});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.errors, HasSubstr("did you mean \"shared-memory\"?"));
}

TEST_F(Cli, NoSuchFolderAndAFileInItsPlace) {
  const Ran none = check(folder_ / "nobody");
  EXPECT_EQ(none.status, 2);
  EXPECT_THAT(none.errors, HasSubstr("there is no such folder"));
  folder_.write("file", "");
  const Ran file = check(folder_ / "file");
  EXPECT_EQ(file.status, 2);
  EXPECT_THAT(file.errors, HasSubstr("is not a folder"));
}

TEST_F(Cli, MistakeInAnAssignmentIsToldWithItsPlace) {
  folder_.write("lab/assignment.toml", "schema = 1\nnmae = \"x\"\n");
  const Ran ran = ipcgrade({"check", (folder_ / "lab").string(), folder_.path().string()});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.errors, HasSubstr("assignment.toml:2:1"));
  EXPECT_THAT(ran.errors, HasSubstr("\"name\""));
}

TEST_F(Cli, EmptyFolderLosesTheBuild) {
  NEEDS_A_BOX();
  const Ran ran = check(folder_.path());
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.output, HasSubstr("the folder is empty: there is no source for server"));
}

TEST_F(Cli, TwoSourcesForAProgram) {
  NEEDS_A_BOX();
  folder_.write("server.c", kExits0);
  folder_.write("server.cpp", kExits0);
  const Ran ran = check(folder_.path());
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.output, HasSubstr("there are 2 sources for server"));
}

TEST_F(Cli, LinkFifoAndHugeFileInPlaceOfASource) {
  NEEDS_A_BOX();
  std::filesystem::create_symlink("/etc/passwd", folder_ / "server.c");
  ASSERT_EQ(::mkfifo((folder_ / "client.c").c_str(), 0600), 0);
  Ran ran = check(folder_.path());
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.output, HasSubstr("server.c is a symbolic link"));
  EXPECT_THAT(ran.output, HasSubstr("client.c is a FIFO"));

  std::filesystem::remove(folder_ / "server.c");
  folder_.write("server.c", "");
  std::filesystem::resize_file(folder_ / "server.c", 200ULL << 20);
  ran = check(folder_.path());
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.output, HasSubstr("server.c has 209715200 bytes"));
}

TEST_F(Cli, UnreadableFileIsNotTheStudentsFault) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  folder_.write("server.c", kExits0);
  ::chmod((folder_ / "server.c").c_str(), 0);
  const Ran ran = check(folder_.path());
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.errors, HasSubstr("permission denied"));
}

TEST_F(Cli, OddNamesOfFolders) {
  NEEDS_A_BOX();
  for (const std::string name : {"two words", "-rf", "line\nbreak", "\x1b[31mred"}) {
    folder_.write(name + "/notes.txt", "");
    const Ran ran = check(folder_ / name);
    EXPECT_EQ(ran.status, 1) << name;
    EXPECT_THAT(ran.output, HasSubstr("there is no source for server")) << name;
    EXPECT_THAT(ran.output, Not(HasSubstr("\x1b"))) << name;
  }
  // As a user in that folder would type it.
  const Ran dash = run({"sh", "-c",
                        fmt::format("cd '{}' && '{}' check shared-memory -- -rf",
                                    folder_.path().string(), kProgram)});
  EXPECT_EQ(dash.status, 1);
  EXPECT_THAT(dash.output, HasSubstr("check shared-memory -- -rf"));
  const Ran option = run(
      {"sh", "-c",
       fmt::format("cd '{}' && '{}' check shared-memory -rf", folder_.path().string(), kProgram)});
  EXPECT_EQ(option.status, 2);
  EXPECT_THAT(option.errors, HasSubstr("'-rf' is not understood here"));
  EXPECT_THAT(option.errors, HasSubstr("./-rf"));
}

TEST_F(Cli, ReportsAreWrittenAndAgree) {
  NEEDS_A_BOX();
  const Ran ran =
      check(kSource / "reference/shared-memory",
            {"--json", (folder_ / "r.json").string(), "--junit", (folder_ / "r.xml").string(),
             "--html", (folder_ / "r.html").string(), "--sarif", (folder_ / "r.sarif").string()});
  EXPECT_EQ(ran.status, 0) << ran.output << ran.errors;
  const auto json = nlohmann::json::parse(contents(folder_ / "r.json"));
  EXPECT_EQ(json["schema"], 1);
  EXPECT_EQ(json["outcome"], "passed");
  EXPECT_EQ(json["score"], json["max_score"]);
  EXPECT_THAT(contents(folder_ / "r.xml"), HasSubstr("failures=\"0\""));
  EXPECT_TRUE(nlohmann::json::parse(contents(folder_ / "r.sarif"))["runs"][0]["results"].empty());
  EXPECT_THAT(contents(folder_ / "r.html"), HasSubstr("10/10 points: 6 checks passed"));
}

TEST_F(Cli, JsonToStdoutIsAlone) {
  NEEDS_A_BOX();
  const Ran ran = check(folder_.path(), {"--json", "-"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_TRUE(nlohmann::json::accept(ran.output)) << ran.output;
  EXPECT_THAT(ran.errors, HasSubstr("there is no source"));
}

TEST_F(Cli, TheSameReportTwiceWithAnyNumberOfWorkers) {
  NEEDS_A_BOX();
  const auto report = [&](const std::string& jobs) {
    auto json = nlohmann::json::parse(
        check(kSource / "tests/corpus/shared-memory/wrong/lecture", {"--json", "-", "--jobs", jobs})
            .output);
    json.erase("seconds");
    for (auto& scenario : json["exploration"]) scenario.erase("seconds");
    return json.dump(2);
  };
  const std::string first = report("1");
  EXPECT_EQ(report("1"), first);
  EXPECT_EQ(report("3"), first);
}

TEST_F(Cli, FullOrReadOnlyDiskIsTheGradersFailure) {
  NEEDS_A_BOX();
  const Ran full = check(folder_.path(), {"--json", "/dev/full"});
  EXPECT_EQ(full.status, 3);
  EXPECT_THAT(full.errors, HasSubstr("No space left on device"));
  EXPECT_THAT(full.output, HasSubstr("there is no source"));  // what is known is still told
  const Ran nowhere = check(folder_.path(), {"--junit", "/proc/nowhere/r.xml"});
  EXPECT_EQ(nowhere.status, 3);
  EXPECT_THAT(nowhere.errors, HasSubstr("/proc/nowhere/r.xml"));
}

TEST_F(Cli, AResultThatNobodyCanGetIsNoPass) {
  NEEDS_A_BOX();
  const std::string command = fmt::format("exec '{}' check shared-memory '{}'", kProgram,
                                          (kSource / "reference/shared-memory").string());
  EXPECT_EQ(run({"sh", "-c", command + " >&-"}).status, 3);
  EXPECT_EQ(run({"sh", "-c", command + " <&- >&- 2>&-"}).status, 3);
  EXPECT_EQ(run({"sh", "-c", command + " <&- 2>&-"}).status, 0);
  EXPECT_EQ(run({"sh", "-c", fmt::format("exec '{}' list <&- >&- 2>&-", kProgram)}).status, 3);
}

TEST_F(Cli, NewLaysOutAStarterThatBuilds) {
  NEEDS_A_BOX();
  const Ran made = ipcgrade({"new", "shared-memory", (folder_ / "mine").string()});
  EXPECT_EQ(made.status, 0) << made.errors;
  EXPECT_TRUE(std::filesystem::exists(folder_ / "mine/HANDOUT.md"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "mine/server.c"));
  const Ran graded = check(folder_ / "mine");
  EXPECT_EQ(graded.status, 1);
  EXPECT_THAT(graded.output, HasSubstr("PASS  build"));
  const Ran again = ipcgrade({"new", "shared-memory", (folder_ / "mine").string()});
  EXPECT_EQ(again.status, 2);
  EXPECT_THAT(again.errors, HasSubstr("exists already"));
}

TEST_F(Cli, ItsMakefileBuildsAsTheGraderDoesAndCallsIt) {
  NEEDS_A_BOX();
  ASSERT_EQ(ipcgrade({"new", "shared-memory", (folder_ / "my $lab").string()}).status, 0);
  const auto make = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"make", "-C", (folder_ / "my $lab").string()});
    return run(words);
  };
  const Ran built = make({});
  EXPECT_EQ(built.status, 0) << built.errors;
  EXPECT_THAT(built.output, HasSubstr("gcc -std=gnu17 -g -O1 -Wall -Wextra -pthread server.c -o "
                                      "server\n"));
  EXPECT_EQ(make({"clean"}).status, 0);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "my $lab/client"));

  // In its starter's place comes the reference, whose sources are C++.
  for (const auto& file :
       std::filesystem::directory_iterator(kSource / "reference/shared-memory")) {
    std::filesystem::copy_file(file.path(), folder_ / "my $lab" / file.path().filename().string());
  }
  const Ran two = make({"server"});
  EXPECT_NE(two.status, 0);
  EXPECT_THAT(two.errors, HasSubstr("there are 2 sources for server: server.c server.cpp"));
  std::filesystem::remove(folder_ / "my $lab/server.c");
  std::filesystem::remove(folder_ / "my $lab/client.c");
  const Ran cxx = make({"server"});
  EXPECT_EQ(cxx.status, 0) << cxx.errors;
  EXPECT_THAT(cxx.output, HasSubstr("g++ -std=gnu++20 -g"));
  // Not the checkout's wrapper, which would build what it is the wrapper of.
  const Ran checked = make({"check", "IPCGRADE='" + kProgram + "'"});
  EXPECT_EQ(checked.status, 0) << checked.output << checked.errors;
  EXPECT_THAT(checked.output, HasSubstr("10/10 points"));
  std::filesystem::remove(folder_ / "my $lab/client.cpp");
  EXPECT_THAT(make({"client"}).errors,
              HasSubstr("there is no source for client: client.c client.cc client.cpp"));
}

TEST_F(Cli, AMakefileFindsGraderAndLabUnderAnyName) {
  const std::filesystem::path odd = folder_ / "it's a $(shell false) \\#1";
  std::filesystem::create_directories(odd / "bin");
  folder_.write("it's a $(shell false) \\#1/ipcgrade", "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
  std::filesystem::permissions(odd / "ipcgrade", std::filesystem::perms(0755));
  std::filesystem::copy_file(kProgram, odd / "bin/ipcgrade");
  std::filesystem::copy(kSource / "assignments", odd / "assignments",
                        std::filesystem::copy_options::recursive);
  const std::string program = (odd / "bin/ipcgrade").string();
  const std::string made = (folder_ / "made").string();
  ASSERT_EQ(run({program, "new", "shared-memory", made}).status, 0);
  EXPECT_EQ(run({"make", "-s", "-C", made, "check"}).output, "check\nshared-memory\n.\n");

  // A lab that is none of its own, with a Makefile that is.
  std::filesystem::rename(odd / "assignments/shared-memory", odd / "lab");
  const std::string other = (folder_ / "other").string();
  ASSERT_EQ(run({program, "new", (odd / "lab").string(), other}).status, 0);
  EXPECT_EQ(run({"make", "-s", "-C", other, "check"}).output,
            "check\n" + std::filesystem::canonical(odd / "lab").string() + "\n.\n");
  std::ofstream(odd / "lab/starter/Makefile") << "check:\n\t@echo mine\n";
  const std::string third = (folder_ / "third").string();
  ASSERT_EQ(run({program, "new", (odd / "lab").string(), third}).status, 0);
  EXPECT_EQ(run({"make", "-s", "-C", third, "check"}).output, "mine\n");
}

/// A lab in a folder of its own, with one program that must print "x" and a corpus.
class CliVerify : public Cli {
 protected:
  CliVerify() {
    folder_.write("lab/assignment.toml", R"(schema = 1
name = "tiny"
title = "Says x"
programs = ["say"]
reference = "solution"
corpus = "corpus"
[[scenario]]
id = "said"
title = "it says x"
  [[scenario.start]]
  program = "say"
  [[scenario.result]]
  say = { output = "x" }
[[check]]
id = "build"
title = "it builds"
points = 1
[[check]]
id = "output"
title = "it says x"
points = 2
)");
    folder_.write("lab/solution/say.c", says("x"));
    expect("correct/also", "x", "fails = []\nkinds = []");
    expect("wrong/y", "y", "fails = [\"output\"]\nkinds = [\"wrong-output\"]\nscore = 1");
  }

  static std::string says(const std::string& what) {
    return "#include <stdio.h>\nint main(void) { printf(\"" + what + "\"); return 0; }\n";
  }
  void expect(const std::string& name, const std::string& what, const std::string& expectation) {
    folder_.write("lab/corpus/" + name + "/say.c", says(what));
    folder_.write("lab/corpus/" + name + ".toml", "about = \"says\"\n" + expectation + "\n");
  }
  Ran verify(std::vector<std::string> more = {}) {
    std::vector<std::string> words{"verify", (folder_ / "lab").string()};
    words.insert(words.end(), more.begin(), more.end());
    return ipcgrade(words);
  }
};

TEST_F(CliVerify, AsExpected) {
  NEEDS_A_BOX();
  const Ran ran = verify();
  EXPECT_EQ(ran.status, 0) << ran.errors;
  EXPECT_EQ(ran.output,
            "  PASS  reference\n  PASS  correct/also\n  PASS  wrong/y\n"
            "3 of 3 hand-ins as expected\n");
  EXPECT_EQ(ran.errors, "");
  EXPECT_EQ(verify({"y", "--repeat", "1"}).output, "  PASS  wrong/y\n1 of 1 hand-in as expected\n");
}

TEST_F(CliVerify, MissedAndInvented) {
  NEEDS_A_BOX();
  expect("wrong/not-wrong", "x", "fails = [\"output\"]\nkinds = [\"wrong-output\"]");
  expect("correct/not-right", "z", "fails = []\nkinds = []");
  const Ran ran = verify({"--quiet", "--repeat", "1"});
  EXPECT_EQ(ran.status, 1) << ran.errors;
  EXPECT_THAT(ran.output, HasSubstr("  FAIL  wrong/not-wrong: missed check output, kind "
                                    "wrong-output\n        it is: says\n"));
  EXPECT_THAT(ran.output, HasSubstr("  FAIL  correct/not-right: invented check output, kind "
                                    "wrong-output, score 1 (right: 3)\n"));
  EXPECT_THAT(ran.output, HasSubstr("found: wrong-output in said at say.c:2: "));
  EXPECT_THAT(ran.output, Not(HasSubstr("PASS")));
  EXPECT_THAT(ran.output, HasSubstr("\n3 of 5 hand-ins as expected: 1 missed, 1 invented\n"));
}

TEST_F(CliVerify, WhatIsWrongWithACorpusIsExit2WithItsPlace) {
  const Ran name = verify({"z"});
  EXPECT_EQ(name.status, 2);
  EXPECT_THAT(name.errors, HasSubstr("there is no hand-in \"z\" in the corpus"));
  expect("wrong/y", "y", "fails = [\"outptu\"]\nkinds = []");
  const Ran word = verify();
  EXPECT_EQ(word.status, 2);
  EXPECT_THAT(word.errors, HasSubstr("corpus/wrong/y.toml:2:10: unknown check \"outptu\""));
  EXPECT_THAT(word.errors, HasSubstr("did you mean \"output\"?"));
  std::string lab = contents(folder_ / "lab/assignment.toml");
  lab.erase(lab.find("corpus = "), std::string("corpus = \"corpus\"\n").size());
  folder_.write("lab/assignment.toml", lab);
  const Ran none = verify();
  EXPECT_EQ(none.status, 2);
  EXPECT_THAT(none.errors, HasSubstr("the lab tiny names no corpus"));
}

TEST_F(CliVerify, WhatCannotBeHeldIsNotGraded) {
  NEEDS_A_BOX();
  folder_.write("lab/corpus/wrong/y/say.c",
                "#include <fcntl.h>\n#include <stdio.h>\nint main(void) {\n"
                "  printf(\"x\");\n  return open(\"/proc/self/mem\", O_RDONLY) < 0;\n}\n");
  const Ran ran = verify({"y"});
  EXPECT_EQ(ran.status, 3) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr("  ERR   wrong/y: not graded: this version can't hold"));
  EXPECT_THAT(ran.output, HasSubstr("0 of 1 hand-in as expected: 1 not graded"));
}

TEST_F(CliVerify, WhatCannotBeHeldAndIsAlwaysWrongIsWrong) {
  NEEDS_A_BOX();
  folder_.write("lab/corpus/wrong/y/say.c",
                "#include <fcntl.h>\n#include <stdio.h>\nint main(void) {\n"
                "  printf(\"y\");\n  return open(\"/proc/self/mem\", O_RDONLY) < 0;\n}\n");
  EXPECT_EQ(verify({"y"}).output, "  PASS  wrong/y\n1 of 1 hand-in as expected\n");
}

TEST_F(CliVerify, InterruptEndsIt) {
  NEEDS_A_BOX();
  Started started({kProgram, "verify", "shared-memory", "alone_hangs", "lecture"});
  std::this_thread::sleep_for(1500ms);
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_EQ(::kill(started.pid(), SIGINT), 0);
  const Ran ran = started.wait();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  EXPECT_EQ(ran.status, 130);
  EXPECT_EQ(ran.output, "");
}

TEST_F(Cli, InterruptEndsEverythingWithinASecond) {
  NEEDS_A_BOX();
  Started started({kProgram, "check", "shared-memory",
                   (kSource / "tests/corpus/shared-memory/wrong/alone_hangs").string(), "--json",
                   (folder_ / "r.json").string()});
  std::this_thread::sleep_for(1500ms);
  const auto begin = std::chrono::steady_clock::now();
  // Twice, as timeout(1) does it.
  ASSERT_EQ(::kill(started.pid(), SIGINT), 0);
  std::this_thread::sleep_for(20ms);
  ASSERT_EQ(::kill(started.pid(), SIGINT), 0);
  const Ran ran = started.wait();
  // A second is what is asked; on a machine with twenty others at work it may be a few.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  EXPECT_EQ(ran.status, 130);
  EXPECT_EQ(nlohmann::json::parse(contents(folder_ / "r.json"))["outcome"], "ungraded");
}

TEST_F(Cli, SandboxExitsWithTheCommandsStatus) {
  NEEDS_A_BOX();
  EXPECT_EQ(ipcgrade({"sandbox", "--", "sh", "-c", "exit 42"}).status, 42);
  EXPECT_EQ(ipcgrade({"sandbox", "--", "sh", "-c", "kill -TERM $$"}).status, 128 + SIGTERM);
  EXPECT_EQ(ipcgrade({"sandbox", "--", "no-such-command"}).status, 127);
  EXPECT_EQ(ipcgrade({"sandbox", "--", "/usr/lib"}).status, 126);
  const Ran folder = ipcgrade({"sandbox", "--", folder_.path().string()});
  EXPECT_EQ(folder.status, 126);
  EXPECT_THAT(folder.errors, HasSubstr("is a folder"));
  std::filesystem::copy_file("/usr/bin/true", folder_ / "true");
  EXPECT_EQ(ipcgrade({"sandbox", "--", (folder_ / "true").string()}).status, 0);
  std::filesystem::permissions(folder_ / "true", std::filesystem::perms(0644));
  EXPECT_EQ(ipcgrade({"sandbox", "--", (folder_ / "true").string()}).status, 126);
  EXPECT_EQ(run({"sh", "-c", fmt::format("'{}' sandbox -- echo x >/dev/full", kProgram)}).status,
            125);
  EXPECT_EQ(run({"sh", "-c", fmt::format("'{}' sandbox -- true >&-", kProgram)}).status, 0);
  EXPECT_EQ(ipcgrade({"sandbox", "--allow", "telepathy", "--", "true"}).status, 2);
  EXPECT_EQ(ipcgrade({"sandbox", "--wall", "soon", "--", "true"}).status, 2);
  EXPECT_EQ(ipcgrade({"sandbox"}).status, 2);
}

TEST_F(Cli, AHardLimitThatIsTooLowIsNamed) {
  // Without the capability that raises limits, as in a container.
  const auto limited = [](const std::string& limits) {
    return run({"sh", "-c",
                limits + " && exec setpriv --bounding-set -sys_resource --inh-caps -sys_resource " +
                    kProgram + " sandbox -- true"});
  };
  if (limited("true").status != 0) GTEST_SKIP() << "needs setpriv: " << limited("true").errors;
  for (const char* harmless : {"ulimit -c 0", "ulimit -l 0"}) {
    const Ran ran = limited(harmless);
    EXPECT_EQ(ran.status, 0) << harmless << ran.errors;
  }
  for (const char* option : {"n", "s", "t", "f"}) {
    const Ran ran = limited(std::string("ulimit -") + option + (*option == 'n' ? " 128" : " 1000"));
    EXPECT_NE(ran.status, 0);
    EXPECT_THAT(ran.errors, HasSubstr("the hard limit on ")) << option;
    EXPECT_THAT(ran.errors,
                HasSubstr(std::string("(ulimit -H") + option + "), and programs need "));
  }
}

TEST_F(Cli, SandboxSaysWhatBecameOfIt) {
  NEEDS_A_BOX();
  const Ran limit = ipcgrade({"sandbox", "--wall", "200ms", "--json", "-", "--", "sleep", "99"});
  EXPECT_EQ(limit.status, 137);
  EXPECT_EQ(nlohmann::json::parse(limit.output)["outcome"], "time-limit");
  EXPECT_THAT(limit.errors, HasSubstr("still running after 0.2 s"));
  const Ran left = ipcgrade({"sandbox", "--", "sh", "-c", "ipcmk -M 27 >/dev/null"});
  EXPECT_EQ(left.status, 0);
  EXPECT_THAT(left.errors, HasSubstr("left behind: System V segment"));
}

TEST_F(Cli, SandboxPassesStdinOn) {
  NEEDS_A_BOX();
  folder_.write("in", "hello\n");
  const Ran ran = ipcgrade({"sandbox", "--stdin", (folder_ / "in").string(), "--", "cat"});
  EXPECT_EQ(ran.output, "hello\n");
}

TEST_F(Cli, DoctorFindsThisMachineFit) {
  NEEDS_A_BOX();
  const Ran ran = ipcgrade({"doctor"});
  EXPECT_EQ(ran.status, 0) << ran.output;
  EXPECT_THAT(ran.output, Not(HasSubstr("NO  ")));
}

TEST_F(Cli, TwentyAtOnceDoNotMeet) {
  NEEDS_A_BOX();
  std::vector<std::unique_ptr<Started>> all;
  for (int i = 0; i < 20; ++i) {
    all.push_back(std::make_unique<Started>(std::vector<std::string>{
        kProgram, "check", "shared-memory", (kSource / "reference/shared-memory").string()}));
  }
  for (auto& one : all) {
    const Ran ran = one->wait();
    EXPECT_EQ(ran.status, 0) << ran.output << ran.errors;
  }
}

}  // namespace
}  // namespace ipcgrade::test
