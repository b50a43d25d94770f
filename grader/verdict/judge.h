// Findings and checks to points.
#pragma once

#include <string>
#include <vector>

#include "assignment/assignment.h"
#include "verdict/verdict.h"

namespace ipcgrade {

/// What became of the stages of one submission.
struct Results {
  std::vector<std::string> warnings;  ///< of the build
  std::vector<Finding> findings;      ///< of all stages
};

/// Fills checks, score, max_score, findings and outcome. A finding counts for the first check that
/// names its stage and kind. The rules on prerequisites and on points are those of labs.md.
[[nodiscard]] Verdict judge(const Assignment& assignment, Results results);

}  // namespace ipcgrade
