#include "report/gradescope.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "report/check_lines.h"
#include "report/escape.h"
#include "report/text.h"

namespace ipcgrade {
namespace {

using Json = nlohmann::ordered_json;

std::string joined(const Lines& lines) { return capped_lines(lines, kTextCap); }

void set_visibility(Json& json, const char* key, const std::string& visibility) {
  if (!visibility.empty()) json[key] = visibility;
}

/// What is said above the tests.
Lines summary(const Verdict& verdict) {
  if (verdict.outcome == VerdictOutcome::kUngraded) {
    Lines lines{"not graded: " + one_line(verdict.ungraded_reason),
                "This is not the submission's fault: the grader could not do its work. No points "
                "were given, and none were taken. Your instructor can run it again."};
    append_lines(lines, "missing: ", verdict.isolation.missing);
    return lines;
  }
  const ScoreText text = score_text(verdict);
  Lines lines;
  if (verdict.unfinished) {
    lines.push_back(
        "The grader had not finished when this was written. What it had not decided has no points "
        "yet, and lost none: your instructor can run it again, with more time.");
  } else {
    lines.push_back(text.score + ": " + text.checks);
  }
  for (const Exploration& explored : verdict.exploration) {
    lines.push_back(exploration_text(explored));
  }
  if (!verdict.isolation.tier.empty()) {
    lines.push_back("sandbox: " + one_line(verdict.isolation.tier));
  }
  return lines;
}

Json test_of(const Verdict& verdict, const CheckResult& check, std::size_t number,
             const std::string& visibility) {
  Json test = Json::object();
  const bool is_decided = check.outcome != CheckOutcome::kError;
  if (check.max_score > 0 && (is_decided || check.score > 0)) {
    test["score"] = rounded(check.score);
    test["max_score"] = rounded(check.max_score);
  }
  if (is_decided) {
    const bool passed =
        check.outcome == CheckOutcome::kPassed || check.outcome == CheckOutcome::kWarning;
    test["status"] = passed ? "passed" : "failed";
  }
  test["name"] = fmt::format("{}: {}", one_line(check.id), one_line(check.title));
  test["name_format"] = "text";
  test["number"] = fmt::format("{}", number);
  Lines lines{one_line(message_of(verdict, check))};
  const Lines told = told_lines(verdict, check);
  lines.insert(lines.end(), told.begin(), told.end());
  test["output"] = joined(lines);
  test["output_format"] = "text";
  set_visibility(test, "visibility", visibility);
  return test;
}

}  // namespace

std::string gradescope_report(const Verdict& verdict, std::string_view tool,
                              const GradescopeOptions& options) {
  Json json{{"output", joined(summary(verdict))}, {"output_format", "text"}};
  set_visibility(json, "visibility", options.visibility);
  set_visibility(json, "stdout_visibility", options.stdout_visibility);
  if (verdict.outcome != VerdictOutcome::kUngraded) {
    json["execution_time"] = rounded(verdict.seconds);
    json["tests"] = Json::array();
    std::size_t number = 0;
    for (const CheckResult& check : verdict.checks) {
      const auto own = options.of_checks.find(check.id);
      json["tests"].push_back(
          test_of(verdict, check, ++number, own == options.of_checks.end() ? "" : own->second));
    }
  }
  json["extra_data"] = {{"tool", one_line(tool)}, {"lab", one_line(verdict.lab)}};
  return defuse_json(json.dump(2, ' ', /*ensure_ascii=*/true)) + "\n";
}

}  // namespace ipcgrade
