#include "verdict/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <ranges>

namespace ipcgrade {
namespace {

/// So many findings of a check are told: nobody reads more.
constexpr std::size_t kMostTold = 500;

bool is_left_behind(Kind kind) {
  return kind == Kind::kLeakedObject || kind == Kind::kLeakedProcess ||
         kind == Kind::kUnreapedChild;
}

/// What is left behind in some order only counts where what the fair run leaves does.
bool decides_stage(const Check& check, const Finding& finding) {
  return finding.stage == check.stage ||
         (finding.stage == Stage::kOrders && check.stage == Stage::kFair &&
          is_left_behind(finding.kind));
}

bool decides(const Check& check, const Finding& finding) {
  return finding.severity == Severity::kError && decides_stage(check, finding) &&
         std::ranges::find(check.kinds, finding.kind) != check.kinds.end();
}

class Judge {
 public:
  /// `done`: scenarios that are over; nothing: all of them, and there is no more to come.
  Judge(const Assignment& assignment, Results results, std::optional<std::size_t> done)
      : assignment_(assignment), results_(std::move(results)), done_(done) {}

  Verdict decide() {
    verdict_.lab = assignment_.name;
    verdict_.unfinished = done_.has_value();
    for (const Check& check : assignment_.checks) verdict_.checks.push_back(decide(check));
    for (const CheckResult& check : verdict_.checks) {
      verdict_.score += check.score;
      verdict_.max_score += check.max_score;
    }
    const bool failed = std::ranges::any_of(verdict_.checks, [](const CheckResult& check) {
      return check.outcome == CheckOutcome::kFailed;
    });
    verdict_.outcome = failed ? VerdictOutcome::kFailed : VerdictOutcome::kPassed;
    keep_what_is_told();
    return std::move(verdict_);
  }

 private:
  /// Moves the findings to the verdict: of each check, and of those that are of none, the first
  /// few.
  void keep_what_is_told() {
    const std::size_t count = results_.findings.size();
    std::vector<bool> is_told(count);
    std::vector<bool> is_of_none(count, true);
    for (CheckResult& check : verdict_.checks) {
      for (const std::size_t index : check.findings) is_of_none[index] = false;
      keep_first(check.findings, check, is_told);
    }
    std::vector<std::size_t> others;
    for (std::size_t i = 0; i < count; ++i) {
      if (is_of_none[i]) others.push_back(i);
    }
    if (!verdict_.checks.empty()) keep_first(others, verdict_.checks.back(), is_told);
    std::vector<std::size_t> places(count);
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_told[i]) continue;
      places[i] = verdict_.findings.size();
      verdict_.findings.push_back(std::move(results_.findings[i]));
    }
    for (CheckResult& check : verdict_.checks) {
      for (std::size_t& index : check.findings) index = places[index];
    }
  }

  /// Of the findings `indices`; `check` says how many more there are.
  static void keep_first(std::vector<std::size_t>& indices, CheckResult& check,
                         std::vector<bool>& is_told) {
    if (indices.size() > kMostTold) {
      check.message += fmt::format("{}{} more were found than are told",
                                   check.message.empty() ? "" : "; ", indices.size() - kMostTold);
      indices.resize(kMostTold);
    }
    for (const std::size_t index : indices) is_told[index] = true;
  }

  CheckResult decide(const Check& check) {
    CheckResult result{check.id, check.title, CheckOutcome::kPassed, check.points, check.points, "",
                       {},       {}};
    for (std::size_t i = 0; i < results_.findings.size(); ++i) {
      if (first_check_for(results_.findings[i]) == &check) result.findings.push_back(i);
    }
    if (check.stage == Stage::kBuild) result.details = results_.warnings;
    // What it found is still told, but decides nothing.
    if (!prerequisite_.empty()) return skip(result, prerequisite_);
    if (!result.findings.empty()) {
      fail(check, result);
    } else if (done_ && check.stage != Stage::kBuild) {
      leave_open(check, result);
    } else if (!wrong_in_some_.empty() && is_about_results(check)) {
      result.message = fmt::format("but for the scenarios that '{}' found wrong", wrong_in_some_);
    } else if (std::ranges::any_of(results_.told_elsewhere, [&](const Finding& one) {
                 return first_check_for(one) == &check;
               })) {
      result.message = "but for what comes of a fault that another check tells";
    }
    note_prerequisite(check, result);
    return result;
  }

  static bool is_about_results(const Check& check) {
    return check.stage == Stage::kOrders &&
           std::ranges::find(check.kinds, Kind::kOrderDependentResult) != check.kinds.end();
  }

  static CheckResult& skip(CheckResult& result, std::string why) {
    result.outcome = CheckOutcome::kSkipped;
    result.score = 0;
    result.message = std::move(why);
    return result;
  }

  void fail(const Check& check, CheckResult& result) const {
    result.outcome = CheckOutcome::kFailed;
    result.score = 0;
    result.message = results_.findings[result.findings.front()].message;
    if (check.per_scenario) result.score = check.points * share_of(result);
  }

  void leave_open(const Check& check, CheckResult& result) const {
    result.outcome = CheckOutcome::kError;
    result.score = check.per_scenario ? check.points * share_of(result) : 0;
    result.message = fmt::format("not decided yet: {} of {} scenarios are done", *done_,
                                 assignment_.scenarios.size());
  }

  /// Of the scenarios, those that are known to be right.
  [[nodiscard]] double share_of(const CheckResult& result) const {
    // What goes wrong where something fails from the beginning is another check's affair.
    const auto all = std::ranges::count(assignment_.scenarios, false, &Scenario::failure);
    if (all == 0) return 0;
    const auto right = std::ranges::count_if(
        assignment_.scenarios | std::views::take(done_.value_or(assignment_.scenarios.size())),
        [&](const Scenario& scenario) { return !scenario.failure && !fails(result, scenario); });
    return static_cast<double>(right) / static_cast<double>(all);
  }

  [[nodiscard]] bool fails(const CheckResult& result, const Scenario& scenario) const {
    return std::ranges::any_of(result.findings, [&](std::size_t index) {
      return results_.findings[index].scenario == scenario.id;
    });
  }

  /// The build, and the first scenario of a check with scenarios, carry all that comes after.
  void note_prerequisite(const Check& check, const CheckResult& result) {
    if (result.outcome != CheckOutcome::kFailed) return;
    if (check.per_scenario) wrong_in_some_ = check.id;
    if (check.stage == Stage::kBuild) {
      prerequisite_ = fmt::format("'{}' failed, and everything else needs it", check.id);
    } else if (check.per_scenario && fails(result, assignment_.scenarios.front())) {
      prerequisite_ =
          fmt::format("'{}' failed in its first scenario, and this builds on it", check.id);
    }
  }

  [[nodiscard]] const Check* first_check_for(const Finding& finding) const {
    // A check of the finding's own stage goes before one that only takes it in.
    auto found = std::ranges::find_if(assignment_.checks, [&](const Check& check) {
      return check.stage == finding.stage && decides(check, finding);
    });
    if (found == assignment_.checks.end()) {
      found = std::ranges::find_if(assignment_.checks,
                                   [&](const Check& check) { return decides(check, finding); });
    }
    return found == assignment_.checks.end() ? nullptr : &*found;
  }

  const Assignment& assignment_;
  Results results_;
  std::optional<std::size_t> done_;
  Verdict verdict_;
  std::string wrong_in_some_;  ///< the check by scenarios that failed; empty: none
  std::string prerequisite_;   ///< why what comes next is skipped; empty while nothing is
};

}  // namespace

Verdict judge(const Assignment& assignment, Results results) {
  return Judge(assignment, std::move(results), std::nullopt).decide();
}

Verdict judge_so_far(const Assignment& assignment, Results results, std::size_t done) {
  return Judge(assignment, std::move(results), done).decide();
}

}  // namespace ipcgrade
