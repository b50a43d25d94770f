#include "report/sarif.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "unit/reports.h"

namespace ipcgrade {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

json run_of(const Verdict& verdict) {
  return json::parse(sarif_report(verdict, kTool)).at("runs").at(0);
}

Verdict with_steps() {
  Verdict verdict = failed_verdict();
  verdict.findings[0].story = {{1, "server", "my server.c", 2, "writes 'a'"},
                               {2, "", "", 0, "… 3 more steps"},
                               {3, "client", "client.c", 9, "reads 'a'"},
                               {4, "server", "", 0, "ends"}};
  return verdict;
}

TEST(Sarif, AFindingHasItsRuleItsPlaceAndItsWords) {
  const json run = run_of(with_steps());
  const json& driver = run["tool"]["driver"];
  EXPECT_EQ(driver["name"], "ipcgrade");
  EXPECT_EQ(driver["version"], "0.1.0");
  ASSERT_EQ(run["results"].size(), 2U);
  for (const json& result : run["results"]) {
    EXPECT_EQ(driver["rules"][result["ruleIndex"].get<std::size_t>()]["id"], result["ruleId"]);
  }
  const json& left = run["results"][1];
  EXPECT_EQ(left["ruleId"], "leaked-object");
  EXPECT_EQ(left["level"], "error");
  EXPECT_EQ(left["locations"][0]["physicalLocation"]["region"]["startLine"], 19);
  EXPECT_THAT(left["message"]["text"].get<std::string>(), HasSubstr("Remove it with shmctl"));
}

TEST(Sarif, NothingOfAStudentsIsALink) {
  Verdict verdict = with_steps();
  verdict.findings[0].message = "printed [click](http://evil.example/x)";
  verdict.findings[0].story[0].text = "writes [a](b)";
  EXPECT_THAT(sarif_report(verdict, kTool), Not(HasSubstr("](")));
}

TEST(Sarif, NoFileOutsideTheHandInIsNamed) {
  // #line 7 "/etc/passwd"
  for (const char* file : {"/etc/passwd", "../../etc/shadow", "a/../../b.c"}) {
    Verdict verdict = with_steps();
    verdict.findings[0].story[0].file = file;
    for (Finding& finding : verdict.findings) {
      for (Location& location : finding.locations) location.file = file;
    }
    const std::string text = sarif_report(verdict, kTool);
    EXPECT_THAT(text, Not(HasSubstr(file)));
    EXPECT_THAT(text, HasSubstr("client.c"));
  }
}

TEST(Sarif, ARaceIsSaidOnce) {
  Verdict verdict = with_steps();
  verdict.findings[0].kind = Kind::kDataRace;
  verdict.findings[0].unordered = {"server at a.c:1", "client at b.c:2", 1, 3};
  EXPECT_THAT(sarif_report(verdict, kTool), Not(HasSubstr("nothing orders server at")));
}

TEST(Sarif, StepsAreThreadFlowsWithOneOrder) {
  const json run = run_of(with_steps());
  const json flows = run["results"][1]["codeFlows"][0]["threadFlows"];
  ASSERT_EQ(flows.size(), 2U);
  EXPECT_EQ(flows[0]["id"], "server");
  EXPECT_EQ(flows[0]["locations"][0]["executionOrder"], 1);
  EXPECT_EQ(flows[0]["locations"][1]["executionOrder"], 4);
  EXPECT_EQ(flows[1]["locations"][0]["executionOrder"], 3);
  EXPECT_EQ(flows[0]["locations"][0]["location"]["physicalLocation"]["artifactLocation"]["uri"],
            "my%20server.c");
}

TEST(Sarif, UngradedHasNoResultsAndSaysWhy) {
  const json run = run_of(ungraded_verdict());
  EXPECT_TRUE(run["results"].empty());
  EXPECT_EQ(run["invocations"][0]["executionSuccessful"], false);
  EXPECT_THAT(run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"],
              HasSubstr("mount /proc"));
}

TEST(Sarif, WhatAStudentWritesDoesNoHarm) {
  const std::string report = sarif_report(hostile_verdict(), kTool);
  EXPECT_TRUE(json::accept(report));
  expect_no_harm(report);
}

}  // namespace
}  // namespace ipcgrade
