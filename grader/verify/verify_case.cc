#include "verify/verify_case.h"

#include <utility>

namespace ipcgrade {

sandbox::Expected<CaseReport> verify_case(const sandbox::Host& host, const Assignment& assignment,
                                          const Case& one, const GradeOptions& options,
                                          std::size_t times) {
  CaseReport report;
  for (std::size_t time = 0; time < times; ++time) {
    auto verdict = grade(host, assignment, one.folder, options);
    if (!verdict) return std::unexpected(verdict.error());
    if (verdict->outcome == VerdictOutcome::kUngraded)
      return CaseReport{std::move(*verdict), {}, ""};
    if (time == 0) {
      report.differences = compare(one.expectation, *verdict);
      report.verdict = std::move(*verdict);
    } else if (report.unstable.empty()) {
      report.unstable = instability(report.verdict, *verdict);
    }
  }
  return report;
}

}  // namespace ipcgrade
