// Findings and checks to points.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "assignment/assignment.h"
#include "verdict/verdict.h"

namespace ipcgrade {

/// What became of the stages of one submission.
struct Results {
  std::vector<std::string> warnings;  ///< of the build
  std::vector<Finding> findings;      ///< of all stages
  /// What comes of a fault that one of these tells already: decides nothing.
  std::vector<Finding> told_elsewhere{};
};

/// Fills checks, score, max_score, findings and outcome. A finding counts for the first check that
/// names its stage and kind. The rules on prerequisites and on points are those of labs.md.
[[nodiscard]] Verdict judge(const Assignment& assignment, Results results);

/// The same while the first `done` scenarios are over and the others are not. What `results` has
/// fails the checks that it fails; what may still fail is kError. Verdict::unfinished is set.
[[nodiscard]] Verdict judge_so_far(const Assignment& assignment, Results results, std::size_t done);

}  // namespace ipcgrade
