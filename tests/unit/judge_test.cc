// The rules on points of labs.md, on findings written by hand.
#include "verdict/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ipcgrade {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Check check(std::string id, double points, Stage stage, std::vector<Kind> kinds,
            bool per_scenario = false) {
  return {std::move(id), "title", points, stage, std::move(kinds), per_scenario};
}

Assignment lab() {
  Assignment assignment;
  assignment.name = "shared-memory";
  for (const char* id : {"together", "alone", "stale", "stale-small"}) {
    Scenario scenario;
    scenario.id = id;
    assignment.scenarios.push_back(scenario);
  }
  assignment.checks = {
      check("build", 1, Stage::kBuild, {Kind::kBuildError}),
      check("output", 2, Stage::kFair,
            {Kind::kWrongOutput, Kind::kWrongExit, Kind::kCrash, Kind::kTimeLimit}, true),
      check("every-order", 3, Stage::kOrders, {Kind::kOrderDependentResult, Kind::kDeadlock}),
      check("data-races", 2, Stage::kOrders, {Kind::kDataRace}),
      check("clean-up", 1, Stage::kFair, {Kind::kLeakedObject, Kind::kLeakedProcess}),
      check("errors", 1, Stage::kFaults, {Kind::kUnhandledError}),
  };
  return assignment;
}

Finding finding(Kind kind, Stage stage, std::string scenario = "", std::string message = "m") {
  Finding one;
  one.kind = kind;
  one.stage = stage;
  one.scenario = std::move(scenario);
  one.message = std::move(message);
  return one;
}

const CheckResult& of(const Verdict& verdict, const std::string& id) {
  for (const CheckResult& one : verdict.checks) {
    if (one.id == id) return one;
  }
  throw std::runtime_error("no check " + id);
}

TEST(JudgeTest, AllIsWell) {
  const Verdict verdict = judge(lab(), {{"server.c:1:1: warning: w"}, {}});
  EXPECT_EQ(verdict.outcome, VerdictOutcome::kPassed);
  EXPECT_EQ(verdict.lab, "shared-memory");
  EXPECT_DOUBLE_EQ(verdict.score, 10);
  EXPECT_DOUBLE_EQ(verdict.max_score, 10);
  for (const CheckResult& one : verdict.checks) {
    EXPECT_EQ(one.outcome, CheckOutcome::kPassed) << one.id;
    EXPECT_EQ(one.score, one.max_score);
  }
  EXPECT_THAT(of(verdict, "build").details, ElementsAre("server.c:1:1: warning: w"));
  EXPECT_THAT(of(verdict, "output").details, IsEmpty());
}

TEST(JudgeTest, AFailedBuildSkipsEverythingElse) {
  const Verdict verdict =
      judge(lab(), {{}, {finding(Kind::kBuildError, Stage::kBuild, "", "client is missing")}});
  EXPECT_EQ(verdict.outcome, VerdictOutcome::kFailed);
  EXPECT_DOUBLE_EQ(verdict.score, 0);
  EXPECT_DOUBLE_EQ(verdict.max_score, 10) << "without points, but they were to be had";
  EXPECT_EQ(of(verdict, "build").outcome, CheckOutcome::kFailed);
  EXPECT_EQ(of(verdict, "build").message, "client is missing");
  for (const char* id : {"output", "every-order", "data-races", "clean-up", "errors"}) {
    EXPECT_EQ(of(verdict, id).outcome, CheckOutcome::kSkipped) << id;
    EXPECT_THAT(of(verdict, id).message, HasSubstr("'build'")) << id;
  }
}

TEST(JudgeTest, AScenarioCostsItsShare) {
  const Verdict verdict = judge(lab(), {{}, {finding(Kind::kWrongExit, Stage::kFair, "alone")}});
  EXPECT_EQ(verdict.outcome, VerdictOutcome::kFailed);
  EXPECT_EQ(of(verdict, "output").outcome, CheckOutcome::kFailed);
  EXPECT_DOUBLE_EQ(of(verdict, "output").score, 1.5);
  EXPECT_DOUBLE_EQ(verdict.score, 9.5);
  EXPECT_EQ(of(verdict, "clean-up").outcome, CheckOutcome::kPassed) << "only the first counts";
}

TEST(JudgeTest, WhatPassesButForAScenarioSaysSo) {
  const Verdict verdict =
      judge(lab(), {{}, {finding(Kind::kWrongExit, Stage::kFair, "stale", "exited with 0")}});
  EXPECT_EQ(of(verdict, "every-order").outcome, CheckOutcome::kPassed);
  EXPECT_THAT(of(verdict, "every-order").message, HasSubstr("'output' found wrong"));
  EXPECT_EQ(of(verdict, "data-races").message, "");
}

TEST(JudgeTest, WhatPassesSinceAnotherCheckTellsTheFaultSaysSo) {
  Results results;
  results.findings = {finding(Kind::kLeakedObject, Stage::kFair, "together")};
  results.told_elsewhere = {finding(Kind::kUnhandledError, Stage::kFaults, "together")};
  const Verdict verdict = judge(lab(), results);
  EXPECT_EQ(of(verdict, "errors").outcome, CheckOutcome::kPassed);
  EXPECT_EQ(of(verdict, "errors").message,
            "but for what comes of a fault that another check tells");
  EXPECT_EQ(of(verdict, "data-races").message, "");
}

TEST(JudgeTest, AScenarioCostsItsShareOnce) {
  const Verdict verdict = judge(lab(), {{},
                                        {finding(Kind::kWrongExit, Stage::kFair, "alone"),
                                         finding(Kind::kWrongOutput, Stage::kFair, "alone"),
                                         finding(Kind::kCrash, Stage::kFair, "stale")}});
  EXPECT_DOUBLE_EQ(of(verdict, "output").score, 1);
  EXPECT_THAT(of(verdict, "output").findings, ElementsAre(0, 1, 2));
}

TEST(JudgeTest, TheFirstScenarioCarriesWhatComesAfter) {
  const Verdict verdict = judge(lab(), {{},
                                        {finding(Kind::kWrongOutput, Stage::kFair, "together"),
                                         finding(Kind::kLeakedObject, Stage::kFair, "together"),
                                         finding(Kind::kDataRace, Stage::kOrders, "together")}});
  EXPECT_DOUBLE_EQ(of(verdict, "build").score, 1);
  EXPECT_DOUBLE_EQ(of(verdict, "output").score, 1.5) << "the other scenarios still count";
  for (const char* id : {"every-order", "data-races", "clean-up", "errors"}) {
    EXPECT_EQ(of(verdict, id).outcome, CheckOutcome::kSkipped) << id;
    EXPECT_EQ(of(verdict, id).score, 0) << id;
    EXPECT_GT(of(verdict, id).max_score, 0) << id;
    EXPECT_THAT(of(verdict, id).message, HasSubstr("'output'")) << id;
  }
  EXPECT_THAT(of(verdict, "clean-up").findings, ElementsAre(1)) << "it is still told";
  EXPECT_EQ(verdict.findings.size(), 3);
}

TEST(JudgeTest, ALeakCostsCleanUpAlone) {
  const Verdict verdict = judge(
      lab(), {{}, {finding(Kind::kLeakedObject, Stage::kFair, "together", "a segment was left")}});
  EXPECT_DOUBLE_EQ(verdict.score, 9);
  EXPECT_DOUBLE_EQ(verdict.max_score, 10);
  EXPECT_EQ(of(verdict, "clean-up").message, "a segment was left");
  EXPECT_EQ(of(verdict, "output").outcome, CheckOutcome::kPassed);
}

TEST(JudgeTest, OneKindIsDecidedByItsStage) {
  Assignment assignment = lab();
  assignment.checks.push_back(check("late", 1, Stage::kOrders, {Kind::kLeakedObject}));
  const Verdict verdict =
      judge(assignment, {{}, {finding(Kind::kLeakedObject, Stage::kOrders, "alone")}});
  EXPECT_EQ(of(verdict, "clean-up").outcome, CheckOutcome::kPassed);
  EXPECT_EQ(of(verdict, "late").outcome, CheckOutcome::kFailed);
}

TEST(JudgeTest, AFindingCountsForTheFirstCheckThatNamesIt) {
  Assignment assignment = lab();
  assignment.checks.push_back(check("again", 1, Stage::kFair, {Kind::kLeakedObject}));
  const Verdict verdict =
      judge(assignment, {{}, {finding(Kind::kLeakedObject, Stage::kFair, "alone")}});
  EXPECT_EQ(of(verdict, "clean-up").outcome, CheckOutcome::kFailed);
  EXPECT_EQ(of(verdict, "again").outcome, CheckOutcome::kPassed);
  EXPECT_THAT(of(verdict, "again").findings, IsEmpty());
}

TEST(JudgeTest, WarningsAndNotesCostNothing) {
  Finding warning = finding(Kind::kLeakedObject, Stage::kFair, "together");
  warning.severity = Severity::kWarning;
  Finding note = finding(Kind::kWrongOutput, Stage::kFair, "together");
  note.severity = Severity::kNote;
  const Verdict verdict = judge(lab(), {{}, {warning, note}});
  EXPECT_EQ(verdict.outcome, VerdictOutcome::kPassed);
  EXPECT_DOUBLE_EQ(verdict.score, 10);
  EXPECT_EQ(verdict.findings.size(), 2);
}

TEST(JudgeTest, WhatNoCheckNamesIsToldAndCostsNothing) {
  const Verdict verdict =
      judge(lab(), {{}, {finding(Kind::kWrongChannel, Stage::kFair, "together")}});
  EXPECT_EQ(verdict.outcome, VerdictOutcome::kPassed);
  EXPECT_EQ(verdict.findings.size(), 1);
}

TEST(JudgeTest, ALabWithoutScenariosOrChecks) {
  const Verdict nothing = judge({}, {});
  EXPECT_EQ(nothing.outcome, VerdictOutcome::kPassed);
  EXPECT_EQ(nothing.max_score, 0);
  Assignment assignment = lab();
  assignment.scenarios.clear();
  const Verdict verdict = judge(assignment, {{}, {finding(Kind::kWrongOutput, Stage::kFair, "x")}});
  EXPECT_EQ(of(verdict, "output").outcome, CheckOutcome::kFailed);
  EXPECT_EQ(of(verdict, "output").score, 0);
}

TEST(JudgeTest, AllScenariosWrongIsNoPoint) {
  std::vector<Finding> findings;
  for (const Scenario& scenario : lab().scenarios) {
    findings.push_back(finding(Kind::kTimeLimit, Stage::kFair, scenario.id));
  }
  const Verdict verdict = judge(lab(), {{}, findings});
  EXPECT_DOUBLE_EQ(of(verdict, "output").score, 0);
  EXPECT_DOUBLE_EQ(verdict.score, 1);
}

TEST(JudgeTest, WhatIsLeftBehindInSomeOrderFailsTheCleanUp) {
  Verdict verdict = judge(lab(), {{}, {finding(Kind::kLeakedObject, Stage::kOrders, "alone")}});
  EXPECT_EQ(of(verdict, "clean-up").outcome, CheckOutcome::kFailed);
  EXPECT_DOUBLE_EQ(verdict.score, 9);
  // A crash in some order is no matter of the fair run.
  Assignment without = lab();
  std::erase_if(without.checks, [](const Check& one) { return one.stage == Stage::kOrders; });
  verdict = judge(without, {{}, {finding(Kind::kCrash, Stage::kOrders, "alone")}});
  EXPECT_EQ(verdict.outcome, VerdictOutcome::kPassed);
  // A check of the orders that names it goes first.
  Assignment with = lab();
  with.checks.push_back(check("thrift", 1, Stage::kOrders, {Kind::kLeakedObject}));
  verdict = judge(with, {{}, {finding(Kind::kLeakedObject, Stage::kOrders, "alone")}});
  EXPECT_EQ(of(verdict, "clean-up").outcome, CheckOutcome::kPassed);
  EXPECT_EQ(of(verdict, "thrift").outcome, CheckOutcome::kFailed);
}

TEST(JudgeSoFar, WhatMayStillFailIsOpen) {
  const Verdict verdict = judge_so_far(lab(), {}, 1);
  EXPECT_TRUE(verdict.unfinished);
  EXPECT_EQ(of(verdict, "build").outcome, CheckOutcome::kPassed);
  EXPECT_DOUBLE_EQ(of(verdict, "build").score, 1);
  EXPECT_EQ(of(verdict, "every-order").outcome, CheckOutcome::kError);
  EXPECT_DOUBLE_EQ(of(verdict, "every-order").score, 0);
  EXPECT_THAT(of(verdict, "every-order").message, HasSubstr("1 of 4 scenarios"));
  EXPECT_FALSE(judge(lab(), {}).unfinished);
}

TEST(JudgeSoFar, ScenariosThatAreRightHaveTheirShare) {
  EXPECT_DOUBLE_EQ(of(judge_so_far(lab(), {}, 0), "output").score, 0);
  EXPECT_DOUBLE_EQ(of(judge_so_far(lab(), {}, 2), "output").score, 1);
  const Verdict verdict =
      judge_so_far(lab(), {{}, {finding(Kind::kWrongOutput, Stage::kFair, "alone")}}, 3);
  EXPECT_EQ(of(verdict, "output").outcome, CheckOutcome::kFailed);
  EXPECT_DOUBLE_EQ(of(verdict, "output").score, 1);  // two of four
}

TEST(JudgeSoFar, WhatHasFailedHasFailed) {
  const Verdict verdict =
      judge_so_far(lab(), {{}, {finding(Kind::kDataRace, Stage::kOrders, "together")}}, 1);
  EXPECT_EQ(of(verdict, "data-races").outcome, CheckOutcome::kFailed);
  EXPECT_EQ(verdict.outcome, VerdictOutcome::kFailed);
}

}  // namespace
}  // namespace ipcgrade
