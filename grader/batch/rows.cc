#include "batch/rows.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace ipcgrade {

using nlohmann::json;

namespace {

/// The ids of its checks, in their order. Our own, and yet from a file: of one that is damaged
/// nothing is told.
std::vector<std::string> read_report(const std::string& text, Row& row) try {
  const json report = json::parse(text);
  std::vector<std::string> ids;
  Row read = row;
  for (const json& check : report.value("checks", json::array())) {
    ids.push_back(check.value("id", ""));
    read.checks[ids.back()] = {check.value("outcome", ""), check.value("score", 0.0),
                               check.value("max_score", 0.0)};
  }
  for (const json& finding : report.value("findings", json::array())) {
    if (finding.value("severity", "") == "error") read.kinds.insert(finding.value("kind", ""));
  }
  row = std::move(read);
  return ids;
} catch (const json::exception&) {
  return {};
}

}  // namespace

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
    for (std::string& id : read_report(one.grade->json, row)) {
      if (std::ranges::find(all.checks, id) == all.checks.end())
        all.checks.push_back(std::move(id));
    }
  }
  return all;
}

}  // namespace ipcgrade
