// What came of a hand-in, as a batch keeps it.
#pragma once

#include <string>

namespace ipcgrade {

/// A hand-in, graded; or not, with the reason.
struct Grade {
  std::string outcome{};          ///< as in the JSON report: "passed", "failed", "ungraded"
  std::string ungraded_reason{};  ///< a sentence
  bool is_final = true;           ///< false: to grade it again may help
  double score = 0, max_score = 0;
  double seconds = 0;                           ///< wall time of the grading
  std::string json{}, junit{}, html{}, text{};  ///< the reports; text: for a terminal, all of it
};

[[nodiscard]] inline bool is_graded(const Grade& grade) { return grade.outcome != "ungraded"; }

}  // namespace ipcgrade
