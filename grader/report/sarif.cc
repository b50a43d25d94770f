#include "report/sarif.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "report/catalogue.h"
#include "report/escape.h"
#include "report/picture.h"
#include "report/text.h"

namespace ipcgrade {
namespace {

using Json = nlohmann::ordered_json;

// "[words](target)" is a link in a message of SARIF (2.1.0, 3.11.6).
Json message(std::string_view text) { return {{"text", replaced(sentence(text), "](", "] (")}}; }

Json physical(const std::string& file, int line) {
  const std::string path = std::filesystem::path(file).lexically_normal();
  Json place{{"artifactLocation", {{"uri", uri_of(path)}}}};
  if (line > 0) place["region"] = {{"startLine", line}};
  return place;
}

/// Whether it can be a file of the hand-in. A source can call itself anything: #line.
bool is_inside(const std::string& file) {
  const auto path = std::filesystem::path(file).lexically_normal();
  return !path.empty() && !path.is_absolute() && *path.begin() != "..";
}

Json location_of(const Location& location) {
  Json json{{"physicalLocation", physical(location.file, location.line)}};
  if (!location.function.empty()) {
    json["logicalLocations"] = {{{"name", sentence(location.function)}, {"kind", "function"}}};
  }
  if (!location.process.empty()) json["message"] = message(location.process);
  return json;
}

/// One of them for each process that takes part: SARIF 3.37.
Json thread_flows(const std::vector<StoryStep>& story) {
  Json flows = Json::array();
  for (const std::string& process : lanes_of(story)) {
    Json locations = Json::array();
    for (const StoryStep& step : story) {
      if (step.process != process) continue;
      Json location{{"message", message(step.text)}};
      if (is_inside(step.file)) location["physicalLocation"] = physical(step.file, step.line);
      locations.push_back({{"executionOrder", step.step},
                           {"importance", step.is_key ? "essential" : "important"},
                           {"location", std::move(location)}});
    }
    flows.push_back({{"id", sentence(process)}, {"locations", std::move(locations)}});
  }
  return flows;
}

class Run {
 public:
  explicit Run(const Verdict& verdict) : verdict_(verdict) {}

  Json write(std::string_view tool) {
    const std::size_t space = std::min(tool.find(' '), tool.size());
    Json results = Json::array();
    if (verdict_.outcome != VerdictOutcome::kUngraded) {
      for (const ToldFinding& told : findings_to_tell(verdict_)) results.push_back(result(told));
    }
    Json rules = Json::array();
    for (const Kind kind : kinds_) rules.push_back(rule(kind));
    Json run{{"tool",
              {{"driver",
                {{"name", std::string(tool.substr(0, space))},
                 {"version", std::string(tool.substr(std::min(space + 1, tool.size())))},
                 {"rules", std::move(rules)}}}}},
             {"columnKind", "unicodeCodePoints"},
             {"invocations", Json::array({invocation()})},
             {"results", std::move(results)}};
    return run;
  }

 private:
  static Json rule(Kind kind) {
    const CatalogueEntry words = catalogue_entry(kind);
    return {{"id", std::string(name_of(kind))},
            {"shortDescription", message(words.title)},
            {"fullDescription", message(words.explanation)},
            {"help", message(words.hint)}};
  }

  [[nodiscard]] Json invocation() const {
    const bool graded = verdict_.outcome != VerdictOutcome::kUngraded;
    Json json{{"executionSuccessful", graded}};
    if (!graded) {
      json["toolExecutionNotifications"] = {
          {{"level", "error"}, {"message", message(verdict_.ungraded_reason)}}};
    }
    return json;
  }

  Json result(const ToldFinding& told) {
    const Finding& finding = verdict_.findings[told.index];
    auto rule = std::ranges::find(kinds_, finding.kind);
    if (rule == kinds_.end()) rule = kinds_.insert(kinds_.end(), finding.kind);
    Json json{{"ruleId", std::string(name_of(finding.kind))},
              {"ruleIndex", rule - kinds_.begin()},
              {"level", std::string(name_of(finding.severity))},
              {"message", message(text_of(finding))}};
    Json places = Json::array();
    for (const Location& location : finding.locations) {
      if (is_inside(location.file)) places.push_back(location_of(location));
    }
    // Viewers show the first alone.
    if (!places.empty()) {
      json["locations"] = Json::array({places.front()});
      places.erase(places.begin());
      if (!places.empty()) json["relatedLocations"] = std::move(places);
    }
    if (Json flows = thread_flows(finding.story); !flows.empty()) {
      json["codeFlows"] = Json::array({{{"threadFlows", std::move(flows)}}});
    }
    Json properties = Json::object();
    if (told.check != nullptr) properties["check"] = sentence(told.check->id);
    if (!finding.scenario.empty()) properties["scenario"] = sentence(finding.scenario);
    if (!finding.replay.empty()) properties["replay"] = sentence(finding.replay);
    if (!properties.empty()) json["properties"] = std::move(properties);
    return json;
  }

  static std::string text_of(const Finding& finding) {
    std::string text = finding.message;
    // What races says itself that nothing orders the two.
    const std::string order = finding.kind == Kind::kDataRace ? "" : missing_order(finding);
    for (const std::string& more : {order, std::string(hint_of(finding))}) {
      if (!more.empty()) text += ". " + more;
    }
    return text;
  }

  const Verdict& verdict_;
  std::vector<Kind> kinds_;
};

}  // namespace

std::string sarif_report(const Verdict& verdict, std::string_view tool) {
  const Json log{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                 {"version", "2.1.0"},
                 {"runs", Json::array({Run(verdict).write(tool)})}};
  return defuse_json(log.dump(2, ' ', /*ensure_ascii=*/true)) + "\n";
}

}  // namespace ipcgrade
