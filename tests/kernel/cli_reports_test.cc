// What a grading leaves for other systems, and a run that is looked at step by step.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <regex>
#include <thread>

#include "../support/process.h"

namespace ipcgrade::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string kProgram = IPCGRADE_BINARY;
const std::filesystem::path kSource = IPCGRADE_SOURCE_DIR;

/// The folder of a hand-in of the shared-memory lab.
std::string hand_in(const std::string& name) {
  return (kSource / "tests/corpus/shared-memory/wrong" / name).string();
}

class CliReports : public testing::Test {
 protected:
  void SetUp() override {
    const Ran box = run({kProgram, "sandbox", "--", "true"});
    if (box.status != 0) GTEST_SKIP() << box.errors;
  }
  TemporaryFolder folder_;
};

TEST_F(CliReports, GradescopeAndClassroomHaveTheSamePoints) {
  const Ran ran =
      run({kProgram, "check", "shared-memory", hand_in("lecture"), "--json",
           (folder_ / "r.json").string(), "--gradescope", (folder_ / "results.json").string(),
           "--classroom", (folder_ / "classroom.json").string()});
  EXPECT_EQ(ran.status, 1) << ran.errors;
  const json report = json::parse(contents(folder_ / "r.json"));
  for (const char* name : {"results.json", "classroom.json"}) {
    double score = 0;
    const json parsed = json::parse(contents(folder_ / name));
    for (const json& test : parsed["tests"]) {
      score += test["score"].get<double>();
    }
    EXPECT_DOUBLE_EQ(score, report["score"].get<double>()) << name;
  }
  // A line for each scenario, since stderr is no terminal.
  EXPECT_THAT(ran.errors, StartsWith("[0/5] built\n[1/5] "));
  EXPECT_THAT(ran.errors, HasSubstr("\n[5/5] "));
  EXPECT_THAT(ran.output, Not(HasSubstr("[1/5]")));
}

TEST_F(CliReports, QuietIsWithoutProgress) {
  const Ran ran = run({kProgram, "check", "shared-memory", hand_in("missing_semicolon"), "-q"});
  EXPECT_EQ(ran.errors, "");
}

// As Gradescope ends what takes too long.
TEST_F(CliReports, WhatWasDecidedIsThereWhenItIsKilled) {
  const std::string results = (folder_ / "results.json").string();
  Started started(
      {kProgram, "check", "shared-memory", hand_in("alone_hangs"), "--gradescope", results});
  // Until the first scenario is over; the one after it hangs.
  const auto late = std::chrono::steady_clock::now() + 60s;
  const auto is_there = [&] {
    return std::filesystem::exists(results) && contents(results).contains("1 of 5 scenarios");
  };
  while (!is_there() && std::chrono::steady_clock::now() < late) std::this_thread::sleep_for(20ms);
  ASSERT_TRUE(is_there());
  ASSERT_EQ(::kill(started.pid(), SIGTERM), 0);
  EXPECT_EQ(started.wait().status, 128 + SIGTERM);
  const json report = json::parse(contents(results));
  EXPECT_THAT(report["output"].get<std::string>(), HasSubstr("had not finished"));
  const json& build = report["tests"][0];
  EXPECT_EQ(build["status"], "passed");
  EXPECT_EQ(build["score"], build["max_score"]);
  const json& output = report["tests"][1];
  EXPECT_GT(output["score"], 0) << "of the scenario that is over";
  const json& orders = report["tests"][2];
  EXPECT_FALSE(orders.contains("status"));
  EXPECT_FALSE(orders.contains("score"));
}

class CliReplay : public CliReports {
 protected:
  void SetUp() override {
    CliReports::SetUp();
    if (IsSkipped()) return;
    const Ran ran = run({kProgram, "check", "shared-memory", hand_in("lecture")});
    static const std::regex kToken("replay: \\S+ replay ([0-9a-z-]+) ");
    std::smatch found;
    ASSERT_TRUE(std::regex_search(ran.output, found, kToken)) << ran.output;
    token_ = found[1];
  }

  [[nodiscard]] std::string command() const {
    return fmt::format("'{}' replay {} shared-memory '{}'", kProgram, token_, hand_in("lecture"));
  }
  /// What a terminal of 24 lines shows while those keys are pressed.
  [[nodiscard]] Ran pressed(const std::string& keys, const std::string& options = "") const {
    return run({"sh", "-c",
                fmt::format("printf '{}' | TERM=xterm NO_COLOR=1 script -qec \"stty rows 24 cols "
                            "80; {} {}\" /dev/null",
                            keys, command(), options)});
  }

  std::string token_;
};

TEST_F(CliReplay, IsALineAStepWhereThereIsNoTerminal) {
  const Ran ran = run({"sh", "-c", command()});
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(ran.output, StartsWith("    1 > server "));
  EXPECT_THAT(ran.output, HasSubstr("server.c:33"));
  EXPECT_THAT(ran.output, HasSubstr("client printed 26 bytes"));
  EXPECT_THAT(ran.output, Not(HasSubstr("\x1b")));
}

TEST_F(CliReplay, GoesForthAndBackOnATerminal) {
  const Ran ran = pressed("nnnnnpq");
  EXPECT_EQ(ran.status, 0) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr("step 1 of "));
  EXPECT_THAT(ran.output, HasSubstr("step 6 of "));
  const std::size_t sixth = ran.output.find("step 6 of ");
  EXPECT_THAT(ran.output.substr(sixth), HasSubstr("step 5 of ")) << "p goes back";
  EXPECT_THAT(ran.output, Not(HasSubstr("step 7 of ")));
  EXPECT_THAT(ran.output, HasSubstr("server did this  server.c:33"));
  EXPECT_THAT(ran.output, HasSubstr(">   33"));
  EXPECT_THAT(ran.output, HasSubstr("written by server"));
}

TEST_F(CliReplay, EndsWithWhatCameOfIt) {
  const Ran ran = pressed("Gq");
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(ran.output, HasSubstr("client printed 26 bytes"));
}

TEST_F(CliReplay, IsPlainWhereThatIsAsked) {
  const Ran ran = pressed("", "--plain");
  EXPECT_THAT(ran.output, Not(HasSubstr("step 1 of ")));
  EXPECT_THAT(ran.output, HasSubstr("    1 > server "));
}

TEST_F(CliReplay, WritesTheRunForChrome) {
  const Ran ran = run({"sh", "-c", command() + " --chrome-trace -"});
  EXPECT_EQ(ran.status, 0);
  const json trace = json::parse(ran.output);
  EXPECT_GT(trace["traceEvents"].size(), 50U);
}

}  // namespace
}  // namespace ipcgrade::test
