// What a report of `explore` counts: for tests of many small programs.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "../support/process.h"

namespace ipcgrade::test {

/// The kinds of its findings: no notes, but for an exit status that is never 0. None where there is
/// no report.
inline std::vector<std::string> counted_kinds(const std::filesystem::path& report_file) {
  std::vector<std::string> kinds;
  const std::string text = contents(report_file);
  if (text.empty()) return kinds;
  const auto report = nlohmann::json::parse(text);
  for (const auto& finding : report["findings"]) {
    if (finding["severity"] != "note" || finding["kind"] == "wrong-exit") {
      kinds.push_back(finding["kind"]);
    }
  }
  return kinds;
}

}  // namespace ipcgrade::test
