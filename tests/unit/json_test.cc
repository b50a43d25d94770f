// The JSON report: the whole of it is compared.
#include "report/json.h"

#include <gtest/gtest.h>

#include <clocale>
#include <nlohmann/json.hpp>

#include "report/junit.h"
#include "unit/reports.h"

namespace ipcgrade {
namespace {

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

}  // namespace
}  // namespace ipcgrade
