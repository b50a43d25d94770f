// Calls that are made to fail, one in each run, and what comes of it.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "assignment/assignment.h"
#include "explore/schedule.h"
#include "explore/worker_pool.h"
#include "trace/finding.h"
#include "trace/trace.h"

namespace ipcgrade {

/// A scenario whose fair run is right. All is borrowed.
struct FailureSpec {
  const Assignment& assignment;
  std::size_t index = 0;  ///< of the scenario
  const Trace& fair;
  std::vector<Watched> watched;
  /// EINTR in calls that no handler could interrupt in the fair run, in an order in which one can.
  std::span<const Schedule> interruptions;
  WorkerPool& pool;
  std::function<bool(const Trace&)> is_faultless;  ///< of a run in which nothing was made to fail
  std::function<bool()> is_over;                   ///< asked between runs: no more are begun
};

struct FoundFailure {
  Finding finding;
  Schedule schedule;  ///< that shows it
};

struct FailureReport {
  std::vector<FoundFailure> found;
  std::vector<std::string> inconclusive;  ///< as in ScenarioReport
};

/// Each call of the fair run is made to fail once in each way; of a call that is made again and
/// again from one place, the first two times and the last. An error is the runner's.
[[nodiscard]] sandbox::Expected<FailureReport> search_failures(const FailureSpec& spec);

}  // namespace ipcgrade
