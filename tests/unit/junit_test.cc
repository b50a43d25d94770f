// The JUnit report, in both of its forms.
#include "report/junit.h"

#include <gtest/gtest.h>
#include <tinyxml2.h>

#include "unit/reports.h"

namespace ipcgrade {
namespace {

TEST(Junit, HasTheStrictFormUnlessTold) {
  EXPECT_EQ(junit_report(failed_verdict(), {.timestamp = "2026-01-31T12:00:00"}),
            R"golden(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="ipcgrade" tests="4" failures="2" errors="0" time="1.500">
    <testsuite name="shared-memory/alice" tests="4" failures="2" errors="0" time="1.500" skipped="1" timestamp="2026-01-31T12:00:00" hostname="localhost" id="0" package="shared-memory">
        <properties>
            <property name="lab" value="shared-memory"/>
            <property name="submission" value="alice"/>
            <property name="score" value="2.6"/>
            <property name="max_score" value="4"/>
            <property name="points.build" value="1/1"/>
            <property name="points.output" value="1.6/2"/>
            <property name="points.clean-up" value="0/1"/>
            <property name="sandbox" value="A: root, namespaces, cgroup v2"/>
            <property name="sandbox.missing" value="Landlock: not in this kernel"/>
        </properties>
        <testcase name="build" classname="shared-memory.alice" time="0.000">
            <system-out>server.c:3:1: warning: return type defaults to 'int'</system-out>
        </testcase>
        <testcase name="output" classname="shared-memory.alice" time="0.000">
            <failure message="1.6/2 points: client printed 3 bytes and should print nothing." type="wrong-output">1.6/2 points: client printed 3 bytes and should print nothing.
the programs print and exit as they should

wrong-output: client printed 3 bytes and should print nothing.
scenario: alone
| expected: (nothing)
| printed:  abc
hint: Compare the two outputs from the first place where they differ. Every byte counts, also spaces and the last newline; what is meant for you and not for the grader goes to stderr.
replay: ipcgrade check shared-memory alice</failure>
        </testcase>
        <testcase name="every-order" classname="shared-memory.alice" time="0.000">
            <skipped>not decided by this version; its 3 points do not count</skipped>
        </testcase>
        <testcase name="clean-up" classname="shared-memory.alice" time="0.000">
            <failure message="0/1 points: 1 object was left behind" type="leaked-object">0/1 points: 1 object was left behind
nothing is left behind

leaked-object: When both programs had ended, a System V shared memory segment was still there: key 5678, 27 bytes.
at server.c:19, in main
scenario: together
hint: Remove it with shmctl(id, IPC_RMID, NULL).
replay: ipcgrade check shared-memory alice</failure>
        </testcase>
        <system-out/>
        <system-err/>
    </testsuite>
</testsuites>
)golden");
}

TEST(Junit, AddsPlacesAndPointsInTheExtendedForm) {
  const std::string report =
      junit_report(failed_verdict(), {.flavor = JunitFlavor::kExtended, .timestamp = {}});
  EXPECT_NE(report.find(R"(time="0.000" file="server.c" line="19">)"), std::string::npos);
  EXPECT_NE(report.find(R"(<property name="points" value="1.6/2"/>)"), std::string::npos);
  EXPECT_NE(report.find(R"(errors="0" time="1.500" skipped="1">)"), std::string::npos);
}

TEST(Junit, HasOneErrorWhenUngradedAndNeverAFailure) {
  tinyxml2::XMLDocument document;
  ASSERT_EQ(document.Parse(junit_report(ungraded_verdict()).c_str()), tinyxml2::XML_SUCCESS);
  const auto* suites = document.RootElement();
  EXPECT_EQ(suites->IntAttribute("tests"), 5);
  EXPECT_EQ(suites->IntAttribute("errors"), 1);
  EXPECT_EQ(suites->IntAttribute("failures"), 0);
  const auto* test = suites->FirstChildElement("testsuite")->FirstChildElement("testcase");
  EXPECT_STREQ(test->Attribute("name"), "grading");
  for (test = test->NextSiblingElement(); test != nullptr;
       test = test->NextSiblingElement("testcase")) {
    EXPECT_NE(test->FirstChildElement("skipped"), nullptr);
  }
}

TEST(Junit, TellsTheGradersErrorFromTheStudentsFailure) {
  Verdict verdict = failed_verdict();
  verdict.checks[0].outcome = CheckOutcome::kError;
  const std::string report = junit_report(verdict);
  EXPECT_NE(report.find(R"( failures="2" errors="1")"), std::string::npos);
  EXPECT_NE(report.find(R"(<error message="1/1 points: both programs build" type="grader">)"),
            std::string::npos);
}

TEST(Junit, MakesNoTreeOfDotsInNames) {
  Verdict verdict = passed_verdict();
  verdict.lab = "os.2026";
  verdict.submission = "alice.smith@example.org";
  EXPECT_NE(junit_report(verdict).find(R"(classname="os_2026.alice_smith@example_org")"),
            std::string::npos);
}

TEST(Junit, KeepsNewlinesInAttributes) {
  Verdict verdict = failed_verdict();
  verdict.checks[1].message = "one\ntwo\t<&\">";
  const std::string report = junit_report(verdict);
  EXPECT_NE(report.find(R"(message="1.6/2 points: one&#10;two&#9;&lt;&amp;&quot;&gt;")"),
            std::string::npos);
  tinyxml2::XMLDocument document;
  ASSERT_EQ(document.Parse(report.c_str()), tinyxml2::XML_SUCCESS);
}

TEST(Junit, NamesASubmissionThatHasNoName) {
  Verdict verdict = passed_verdict();
  verdict.submission = " ";
  EXPECT_NE(junit_report(verdict).find(R"(name="shared-memory/submission")"), std::string::npos);
}

TEST(Junit, LetsNoHarmThrough) {
  for (const JunitFlavor flavor : {JunitFlavor::kStrict, JunitFlavor::kExtended}) {
    const std::string report = junit_report(hostile_verdict(), {.flavor = flavor, .timestamp = {}});
    expect_no_harm(report);
    EXPECT_EQ(report.find("<evil"), std::string::npos);
    EXPECT_EQ(report.find("]]>"), std::string::npos);
    EXPECT_FALSE(has_line_command(report));
    EXPECT_LT(report.size(), std::size_t{1} << 20);
    tinyxml2::XMLDocument document;
    EXPECT_EQ(document.Parse(report.c_str()), tinyxml2::XML_SUCCESS);
  }
}

}  // namespace
}  // namespace ipcgrade
