#include "batch/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "batch/rows.h"
#include "report/text.h"

namespace ipcgrade {
namespace {

std::optional<double> score_of(const Row* row) {
  if (row == nullptr || !row->has_grade()) return std::nullopt;
  return row->graded->grade->score;
}

std::vector<std::string> reasons(const Row& before, const Row& after) {
  std::vector<std::string> why;
  if (before.graded->imported.digest != after.graded->imported.digest) {
    why.emplace_back("the files are others");
  }
  for (const auto& [id, check] : after.checks) {
    const auto old = before.checks.find(id);
    if (old == before.checks.end()) {
      why.push_back(fmt::format("{} is new: {}", id, points(check.score)));
    } else if (old->second.score != check.score) {
      why.push_back(fmt::format("{} {} -> {}", id, points(old->second.score), points(check.score)));
    }
  }
  for (const auto& [id, check] : before.checks) {
    if (!after.checks.contains(id)) why.push_back(id + " is no more");
  }
  for (const std::string& kind : after.kinds) {
    if (!before.kinds.contains(kind)) why.push_back(kind + " is found now");
  }
  for (const std::string& kind : before.kinds) {
    if (!after.kinds.contains(kind)) why.push_back(kind + " is not found any more");
  }
  return why;
}

}  // namespace

std::vector<Change> compare(const Batch& before, const Batch& after) {
  const ClassRows old_rows = read_rows(before);
  const ClassRows new_rows = read_rows(after);
  std::map<std::string, std::pair<const Row*, const Row*>> all;
  for (const Row& one : old_rows.rows) all[one.handin().identity()].first = &one;
  for (const Row& one : new_rows.rows) all[one.handin().identity()].second = &one;
  std::vector<Change> changes;
  const bool is_told = before.origin.anonymous || !after.origin.anonymous;
  for (const auto& [identity, rows] : all) {
    const auto [old, now] = rows;
    Change change{"", score_of(old), score_of(now), {}};
    if (now != nullptr) {
      change.key = now->handin().key;
    } else {
      change.key = is_told ? old->handin().key : "somebody";
    }
    if (old == nullptr) {
      change.why = {"was not there before"};
    } else if (now == nullptr) {
      change.why = {"is not there any more"};
    } else {
      change.why = reasons(*old, *now);
      const bool same_checks = std::ranges::none_of(
          change.why, [](const std::string& one) { return one.contains(" -> "); });
      if (change.before == change.after && old->state() == now->state() && same_checks) continue;
      if (old->state() != now->state()) {
        change.why.insert(change.why.begin(),
                          fmt::format("{}, now {}", old->state(), now->state()));
      }
    }
    changes.push_back(std::move(change));
  }
  std::ranges::stable_sort(changes, {}, &Change::key);
  return changes;
}

}  // namespace ipcgrade
