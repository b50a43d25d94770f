// One hand-in whose grade is known: graded as any other, some times over, and compared.
#pragma once

#include <cstddef>
#include <string>

#include "assignment/assignment.h"
#include "grade/grade.h"
#include "sandbox/error.h"
#include "sandbox/host.h"
#include "verdict/verdict.h"
#include "verify/cases.h"
#include "verify/compare.h"

namespace ipcgrade {

struct CaseReport {
  Verdict verdict;  ///< the first; where one of them is `ungraded`, that one, and nothing else
  Differences differences;
  std::string unstable;  ///< where a later verdict differs from the first; empty: nowhere

  [[nodiscard]] bool is_ungraded() const { return verdict.outcome == VerdictOutcome::kUngraded; }
  [[nodiscard]] bool as_expected() const {
    return !is_ungraded() && differences.none() && unstable.empty();
  }
};

/// Grades `times` times, at least once. An error is that of grade().
[[nodiscard]] sandbox::Expected<CaseReport> verify_case(const sandbox::Host& host,
                                                        const Assignment& assignment,
                                                        const Case& one,
                                                        const GradeOptions& options,
                                                        std::size_t times);

}  // namespace ipcgrade
