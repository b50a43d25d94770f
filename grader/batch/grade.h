// What came of a hand-in, as a batch keeps it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sandbox/error.h"

namespace ipcgrade {

/// A hand-in, graded; or not, with the reason.
struct Grade {
  std::string outcome{};          ///< as in the JSON report: "passed", "failed", "ungraded"
  std::string ungraded_reason{};  ///< a sentence
  bool is_final = true;           ///< false: to grade it again may help
  double score = 0, max_score = 0;
  double seconds = 0;                   ///< wall time of the grading
  std::string json{}, junit{}, html{};  ///< the reports
};

[[nodiscard]] inline bool is_graded(const Grade& result) { return result.outcome != "ungraded"; }

/// For another process of this program.
[[nodiscard]] std::string packed(const std::vector<Grade>& results);
/// An error where they are not what packed() gave.
[[nodiscard]] sandbox::Expected<std::vector<Grade>> unpacked(std::string_view bytes);

}  // namespace ipcgrade
