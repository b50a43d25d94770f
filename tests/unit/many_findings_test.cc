// A million findings: points are as with one, and every report is whole, of a size that somebody
// opens, and says how many it does not tell.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tinyxml2.h>

#include <nlohmann/json.hpp>

#include "report/classroom.h"
#include "report/gradescope.h"
#include "report/html.h"
#include "report/json.h"
#include "report/junit.h"
#include "report/sarif.h"
#include "report/terminal.h"
#include "verdict/judge.h"

namespace ipcgrade {
namespace {

using nlohmann::json;
using testing::EndsWith;
using testing::HasSubstr;

constexpr std::size_t kMany = 1'000'000;
constexpr std::size_t kTold = 500;
constexpr std::size_t kLargestReport = 8 << 20;
constexpr const char* kTool = "ipcgrade 0.1.0";

Assignment lab() {
  Assignment assignment;
  assignment.name = "shared-memory";
  assignment.scenarios.emplace_back().id = "together";
  assignment.checks = {
      {"build", "it builds", 1, Stage::kBuild, {Kind::kBuildError}, false},
      {"output", "it is right", 2, Stage::kFair, {Kind::kWrongOutput}, false},
      {"data-races", "nobody races", 3, Stage::kOrders, {Kind::kDataRace}, false},
  };
  return assignment;
}

/// A race for each line, then a warning that is of no check for each tenth; and last, a wrong
/// output.
std::vector<Finding> findings() {
  std::vector<Finding> all(kMany);
  for (std::size_t i = 0; i < kMany; ++i) {
    Finding& one = all[i];
    one.kind = Kind::kDataRace;
    one.stage = Stage::kOrders;
    one.scenario = "together";
    one.message = "race " + std::to_string(i);
    one.locations = {{"server", "server", "server.c", static_cast<int>(i), "main"}};
    if (i % 10 == 9) one.severity = Severity::kWarning;
  }
  all.back().kind = Kind::kWrongOutput;
  all.back().stage = Stage::kFair;
  all.back().severity = Severity::kError;
  return all;
}

class ManyFindings : public testing::Test {
 protected:
  static void SetUpTestSuite() { verdict_ = new Verdict(judge(lab(), {{}, findings()})); }
  static void TearDownTestSuite() { delete verdict_; }
  static const Verdict* verdict_;
};
const Verdict* ManyFindings::verdict_ = nullptr;

TEST_F(ManyFindings, DecideAsFewDo) {
  EXPECT_EQ(verdict_->outcome, VerdictOutcome::kFailed);
  EXPECT_DOUBLE_EQ(verdict_->score, 1);
  EXPECT_EQ(verdict_->findings.size(), kTold + kTold + 1);
  const CheckResult& output = verdict_->checks[1];
  ASSERT_EQ(output.findings.size(), 1U);
  EXPECT_EQ(verdict_->findings[output.findings[0]].kind, Kind::kWrongOutput);
  EXPECT_EQ(output.message, "race 999999");
  const CheckResult& races = verdict_->checks[2];
  ASSERT_EQ(races.findings.size(), kTold);
  EXPECT_EQ(verdict_->findings[races.findings[1]].message, "race 1");
  EXPECT_EQ(races.message,
            "race 0; 899500 more were found than are told; 99499 more were found than are told");
}

void expect_whole(const std::string& report) {
  EXPECT_LT(report.size(), kLargestReport);
  EXPECT_THAT(report, HasSubstr("899500 more were found"));
}

TEST_F(ManyFindings, AreToldInWholeReports) {
  const std::string as_json = json_report(*verdict_, kTool);
  expect_whole(as_json);
  EXPECT_EQ(json::parse(as_json)["findings"].size(), verdict_->findings.size());
  const std::string gradescope = gradescope_report(*verdict_, kTool, {});
  expect_whole(gradescope);
  EXPECT_TRUE(json::accept(gradescope));
  const std::string junit = junit_report(*verdict_, {JunitFlavor::kExtended, "2026-01-01"});
  expect_whole(junit);
  tinyxml2::XMLDocument document;
  EXPECT_EQ(document.Parse(junit.c_str()), tinyxml2::XML_SUCCESS);
  const std::string html = html_report(*verdict_, kTool, {});
  expect_whole(html);
  EXPECT_THAT(html, EndsWith("</html>\n"));
  expect_whole(terminal_report(*verdict_, {}));
}

/// These have no place for what is about a check as a whole.
TEST_F(ManyFindings, AreToldInPartWhereThereIsNoRoomForMore) {
  const std::string sarif = sarif_report(*verdict_, kTool);
  EXPECT_LT(sarif.size(), kLargestReport);
  EXPECT_EQ(json::parse(sarif)["runs"][0]["results"].size(), verdict_->findings.size());
  const std::string classroom = classroom_report(*verdict_);
  EXPECT_LT(classroom.size(), kLargestReport);
  EXPECT_TRUE(json::accept(classroom));
}

}  // namespace
}  // namespace ipcgrade
