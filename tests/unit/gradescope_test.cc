// What Gradescope and GitHub Classroom are told.
#include "report/gradescope.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "report/classroom.h"
#include "unit/reports.h"

namespace ipcgrade {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

json gradescope(const Verdict& verdict, const GradescopeOptions& options = {}) {
  return json::parse(gradescope_report(verdict, kTool, options));
}

TEST(GradescopeReport, ACheckIsATest) {
  const json report = gradescope(failed_verdict());
  ASSERT_EQ(report["tests"].size(), 4U);
  const json& output = report["tests"][1];
  EXPECT_EQ(output["status"], "failed");
  EXPECT_EQ(output["score"], 1.6);
  EXPECT_EQ(output["max_score"], 2);
  EXPECT_EQ(output["number"], "2");
  EXPECT_EQ(output["name"], "output: the programs print and exit as they should");
  EXPECT_THAT(output["output"].get<std::string>(), HasSubstr("client printed 3 bytes"));
  EXPECT_THAT(output["output"].get<std::string>(), HasSubstr("| expected: (nothing)"));
  EXPECT_EQ(report["tests"][0]["status"], "passed");
  EXPECT_EQ(report["execution_time"], 1.5);
  EXPECT_THAT(report["output"].get<std::string>(), HasSubstr("2.6/4 points"));
  EXPECT_FALSE(report.contains("score")) << "the sum of the tests is the score";
}

TEST(GradescopeReport, TextIsNeverTakenForAnythingElse) {
  const json report = gradescope(hostile_verdict());
  EXPECT_EQ(report["output_format"], "text");
  for (const json& test : report["tests"]) {
    EXPECT_EQ(test["name_format"], "text");
    EXPECT_EQ(test["output_format"], "text");
  }
  expect_no_harm(gradescope_report(hostile_verdict(), kTool));
}

TEST(GradescopeReport, VisibilityIsAsTheLabHasIt) {
  const json usual = gradescope(failed_verdict());
  EXPECT_FALSE(usual.contains("visibility"));
  EXPECT_FALSE(usual["tests"][1].contains("visibility"));
  const json set =
      gradescope(failed_verdict(), {"after_published", "hidden", {{"output", "after_due_date"}}});
  EXPECT_EQ(set["visibility"], "after_published");
  EXPECT_EQ(set["stdout_visibility"], "hidden");
  EXPECT_EQ(set["tests"][1]["visibility"], "after_due_date");
  EXPECT_FALSE(set["tests"][0].contains("visibility"));
}

TEST(GradescopeReport, WhatIsUngradedHasNoScoreAtAll) {
  const json report = gradescope(ungraded_verdict());
  EXPECT_FALSE(report.contains("tests"));
  EXPECT_FALSE(report.contains("score"));
  EXPECT_THAT(report["output"].get<std::string>(), HasSubstr("not graded: set up the box"));
}

TEST(GradescopeReport, WhatIsNotDecidedHasNoStatus) {
  Verdict verdict = passed_verdict();
  verdict.unfinished = true;
  verdict.checks[1].outcome = CheckOutcome::kError;
  verdict.checks[1].score = 0.5;
  verdict.checks[3].outcome = CheckOutcome::kError;
  verdict.checks[3].score = 0;
  const json report = gradescope(verdict);
  EXPECT_FALSE(report["tests"][1].contains("status"));
  EXPECT_EQ(report["tests"][1]["score"], 0.5) << "what it has got is not lost";
  EXPECT_FALSE(report["tests"][3].contains("status"));
  EXPECT_FALSE(report["tests"][3].contains("score")) << "no zero for what was not looked at";
  EXPECT_THAT(report["output"].get<std::string>(), HasSubstr("had not finished"));
}

TEST(ClassroomReport, ScoresAddUp) {
  const json report = json::parse(classroom_report(failed_verdict()));
  EXPECT_EQ(report["version"], 1);
  EXPECT_EQ(report["status"], "fail");
  EXPECT_EQ(report["max_score"], 4);
  double score = 0;
  for (const json& test : report["tests"]) score += test["score"].get<double>();
  EXPECT_DOUBLE_EQ(score, 2.6);
  EXPECT_EQ(report["tests"][0]["status"], "pass");
  EXPECT_EQ(report["tests"][3]["status"], "fail");
  EXPECT_EQ(report["tests"][3]["line_no"], 19);
}

TEST(ClassroomReport, WhatIsUngradedAsksForNoPoints) {
  const json report = json::parse(classroom_report(ungraded_verdict()));
  EXPECT_EQ(report["status"], "error");
  EXPECT_EQ(report["max_score"], 0);
  EXPECT_THAT(report["tests"][0]["message"].get<std::string>(), HasSubstr("not graded: "));
}

TEST(ClassroomReport, ADefusedLineStaysOne) {
  const std::string text = classroom_report(hostile_verdict());
  expect_no_harm(text);
  EXPECT_EQ(std::ranges::count(text, '\n'), 1);
  // The reporter prints the messages into the log of the job.
  const json parsed = json::parse(text);
  for (const json& test : parsed["tests"]) {
    EXPECT_FALSE(has_line_command(test["message"].get<std::string>()));
  }
}

}  // namespace
}  // namespace ipcgrade
