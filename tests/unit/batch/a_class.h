// A batch as if it had been graded.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "batch/graded.h"

namespace ipcgrade_test {

inline ipcgrade::Graded graded(const std::string& key, const std::string& id, double score,
                               const std::string& kind = "") {
  ipcgrade::Graded one;
  one.imported.handin.key = key;
  one.imported.handin.student = key;
  one.imported.handin.id = id;
  one.imported.handin.parts = {{key, ""}};
  ipcgrade::Grade grade{
      .outcome = score == 10 ? "passed" : "failed", .score = score, .max_score = 10};
  grade.json = R"({"checks": [{"id": "build", "outcome": "passed", "score": 1},
                   {"id": "output", "outcome": ")" +
               std::string(score == 10 ? "passed" : "failed") + R"(", "score": )" +
               std::to_string(score - 1) + R"(}], "findings": [)" +
               (kind.empty() ? "" : R"({"kind": ")" + kind + R"(", "severity": "error"},
                                   {"kind": "busy-wait", "severity": "note"})") +
               "]}";
  grade.junit =
      R"(<?xml version="1.0"?><testsuites><testsuite name="lab.)" + key +
      R"(" tests="2" failures="1" errors="0" skipped="0"><testcase name="build" classname="x"/>)" +
      "</testsuite></testsuites>";
  grade.html = "<p>" + key;
  one.grade = std::move(grade);
  return one;
}

inline ipcgrade::Graded ungraded(const std::string& key, const std::string& why) {
  ipcgrade::Graded one = graded(key, "", 0);
  one.grade = ipcgrade::Grade{.outcome = "ungraded", .ungraded_reason = why};
  return one;
}

}  // namespace ipcgrade_test
