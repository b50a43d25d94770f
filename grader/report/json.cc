#include "report/json.h"

#include <fmt/format.h>

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "report/escape.h"
#include "report/text.h"
#include "report/utf8.h"

namespace ipcgrade {
namespace {

using Json = nlohmann::ordered_json;

// As it is, but for what is left out of the middle of more than anybody reads.
std::string text_of(std::string_view bytes) {
  if (bytes.size() <= kTextCap) return valid_utf8(bytes);
  std::size_t head = kTextCap / 2;
  std::size_t tail = bytes.size() - kTextCap / 2;
  head += to_boundary(bytes, head);
  tail += to_boundary(bytes, tail);
  return fmt::format("{} [... {} bytes left out here ...] {}", valid_utf8(bytes.substr(0, head)),
                     tail - head, valid_utf8(bytes.substr(tail)));
}

Json strings(const std::vector<std::string>& values) {
  Json list = Json::array();
  for (const std::string& value : values) list.push_back(text_of(value));
  return list;
}

template <typename Items, typename ToJson>
Json list_of(const Items& items, ToJson to_json) {
  Json list = Json::array();
  for (const auto& item : items) list.push_back(to_json(item));
  return list;
}

Json json_of(const Location& location) {
  return {{"program", text_of(location.program)},
          {"process", text_of(location.process)},
          {"file", text_of(location.file)},
          {"line", location.line},
          {"function", text_of(location.function)}};
}

Json json_of(const StoryStep& step) {
  return {{"step", step.step},
          {"process", text_of(step.process)},
          {"file", text_of(step.file)},
          {"line", step.line},
          {"text", text_of(step.text)}};
}

Json json_of(const Finding& finding) {
  Json json{{"kind", name_of(finding.kind)},
            {"severity", name_of(finding.severity)},
            {"message", text_of(finding.message)}};
  json["locations"] = Json::array();
  for (const Location& location : finding.locations) {
    json["locations"].push_back(json_of(location));
    for (const Location& caller : location.callers) json["locations"].push_back(json_of(caller));
  }
  json["story"] = list_of(finding.story, [](const StoryStep& step) { return json_of(step); });
  json["schedule"] = text_of(finding.schedule);
  json["replay"] = text_of(finding.replay);
  if (const auto hint = hint_of(finding); !hint.empty()) json["hint"] = text_of(hint);
  if (!finding.scenario.empty()) json["scenario"] = text_of(finding.scenario);
  if (!finding.details.empty()) json["details"] = strings(finding.details);
  return json;
}

Json json_of(const Verdict& verdict, const CheckResult& check) {
  Json json{{"id", text_of(check.id)},
            {"title", text_of(check.title)},
            {"outcome", name_of(check.outcome)}};
  if (verdict.outcome != VerdictOutcome::kUngraded) {
    json["score"] = rounded(check.score);
    json["max_score"] = rounded(check.max_score);
  }
  json["message"] = text_of(check.message);
  json["findings"] = findings_of(verdict, check);
  if (!check.details.empty()) json["details"] = strings(check.details);
  return json;
}

Json json_of(const Exploration& explored) {
  return {{"scenario", text_of(explored.scenario)},
          {"schedules", explored.schedules},
          {"distinct", explored.distinct},
          {"exhaustive", explored.exhaustive},
          {"seconds", rounded(explored.seconds)}};
}

}  // namespace

std::string json_report(const Verdict& verdict, std::string_view tool) {
  Json json{{"schema", 1},
            {"tool", text_of(tool)},
            {"lab", text_of(verdict.lab)},
            {"submission", text_of(verdict.submission)},
            {"outcome", name_of(verdict.outcome)}};
  if (verdict.outcome == VerdictOutcome::kUngraded) {
    json["ungraded_reason"] = text_of(verdict.ungraded_reason);
  } else {
    json["score"] = rounded(verdict.score);
    json["max_score"] = rounded(verdict.max_score);
  }
  json["checks"] =
      list_of(verdict.checks, [&](const CheckResult& check) { return json_of(verdict, check); });
  json["findings"] =
      list_of(verdict.findings, [](const Finding& finding) { return json_of(finding); });
  json["exploration"] =
      list_of(verdict.exploration, [](const Exploration& explored) { return json_of(explored); });
  json["sandbox"] = {{"tier", text_of(verdict.isolation.tier)},
                     {"missing", strings(verdict.isolation.missing)}};
  json["seconds"] = rounded(verdict.seconds);
  return defuse_json(json.dump(2, ' ', /*ensure_ascii=*/true)) + "\n";
}

}  // namespace ipcgrade
