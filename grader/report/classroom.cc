#include "report/classroom.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "report/check_lines.h"
#include "report/escape.h"
#include "report/text.h"

namespace ipcgrade {
namespace {

using Json = nlohmann::ordered_json;

std::string_view status_of(CheckOutcome outcome) {
  switch (outcome) {
    case CheckOutcome::kPassed:
    case CheckOutcome::kWarning:
      return "pass";
    case CheckOutcome::kFailed:
    case CheckOutcome::kSkipped:
      return "fail";
    case CheckOutcome::kError:
      break;
  }
  return "error";
}

/// The first line that a finding of the check names; 0: none.
int line_of(const Verdict& verdict, const CheckResult& check) {
  for (const std::size_t index : findings_of(verdict, check)) {
    for (const Location& location : verdict.findings[index].locations) {
      if (location.line > 0) return location.line;
    }
  }
  return 0;
}

Json test_of(const Verdict& verdict, const CheckResult& check) {
  Lines lines;
  if (check.outcome != CheckOutcome::kPassed) lines.push_back(one_line(message_of(verdict, check)));
  const Lines told = told_lines(verdict, check);
  lines.insert(lines.end(), told.begin(), told.end());
  return {{"name", fmt::format("{}: {}", one_line(check.id), one_line(check.title))},
          {"status", status_of(check.outcome)},
          {"score", rounded(check.score)},
          {"message", defuse(capped_lines(lines, kTextCap))},
          {"line_no", line_of(verdict, check)}};
}

}  // namespace

std::string classroom_report(const Verdict& verdict) {
  Json json{{"version", 1}};
  if (verdict.outcome == VerdictOutcome::kUngraded) {
    json["status"] = "error";
    json["max_score"] = 0;
    json["tests"] = Json::array({{{"name", "grading"},
                                  {"status", "error"},
                                  {"score", 0},
                                  {"message", "not graded: " + one_line(verdict.ungraded_reason)},
                                  {"line_no", 0}}});
  } else {
    json["status"] = verdict.outcome == VerdictOutcome::kPassed ? "pass" : "fail";
    json["max_score"] = rounded(verdict.max_score);
    json["tests"] = Json::array();
    for (const CheckResult& check : verdict.checks) {
      json["tests"].push_back(test_of(verdict, check));
    }
  }
  return defuse_json(json.dump(-1, ' ', /*ensure_ascii=*/true)) + "\n";
}

}  // namespace ipcgrade
