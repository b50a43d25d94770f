#include "batch/rows.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace ipcgrade {

using nlohmann::json;

Handin Row::shown() const {
  if (!anonymous) return handin();
  Handin shown;
  shown.key = handin().key;
  shown.late = handin().late;
  return shown;
}

std::string Row::state() const {
  if (!graded->grade) return "not yet graded";
  return graded->grade->outcome;
}

std::vector<Unmatched> shown_unmatched(const Batch& batch) {
  std::vector<Unmatched> all = batch.unmatched;
  if (batch.origin.anonymous) {
    for (Unmatched& one : all) one.name = "(a name that is not told)";
  }
  return all;
}

ClassRows read_rows(const Batch& batch) {
  ClassRows all;
  for (const Graded& one : batch.handins) {
    Row& row = all.rows.emplace_back(Row{.graded = &one, .anonymous = batch.origin.anonymous});
    if (!row.has_grade()) continue;
    // Our own, and yet from a file.
    const json report = json::parse(one.grade->json, nullptr, false);
    if (report.is_discarded()) continue;
    for (const json& check : report.value("checks", json::array())) {
      const std::string id = check.value("id", "");
      row.checks[id] = {check.value("outcome", ""), check.value("score", 0.0),
                        check.value("max_score", 0.0)};
      if (std::ranges::find(all.checks, id) == all.checks.end()) all.checks.push_back(id);
    }
    for (const json& finding : report.value("findings", json::array())) {
      if (finding.value("severity", "") == "error") row.kinds.insert(finding.value("kind", ""));
    }
  }
  return all;
}

}  // namespace ipcgrade
