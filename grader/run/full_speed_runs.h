// The scenarios of an assignment at full speed, beside what else is done meanwhile.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "run/full_speed.h"
#include "sandbox/fd.h"

namespace ipcgrade {

/// Some at once, in the order of the scenarios and in threads of their own: where programs wait for
/// ever each takes as long as it may, and little of the processor.
class FullSpeedRuns {
 public:
  /// A run that is over.
  struct Run {
    Trace trace;
    std::optional<sandbox::Isolation> isolation;  ///< of its box
  };

  /// `spec` is borrowed. Where `at_once` is 0 no run is made, and none may be asked for.
  FullSpeedRuns(const RunSpec& spec, std::size_t at_once);
  FullSpeedRuns(const FullSpeedRuns&) = delete;
  FullSpeedRuns& operator=(const FullSpeedRuns&) = delete;
  /// Ends what goes on.
  ~FullSpeedRuns();

  /// REQUIRES: no signal comes from outside in it; it is not run at full speed then, at which
  /// moments can't be chosen. Waits until the run of that scenario is over, but no longer than
  /// `most` from its begin; nullptr where it goes on. The run is ours.
  [[nodiscard]] sandbox::Expected<const Run*> wait(
      std::size_t scenario, std::optional<std::chrono::milliseconds> most = std::nullopt);

  /// Makes another run of it, of `most` at the most, beside those.
  [[nodiscard]] sandbox::Expected<Run> make(
      std::size_t index, std::optional<std::chrono::milliseconds> most = std::nullopt) const;

  /// Nobody waits for that one any more: makes room for the next.
  void cut(std::size_t scenario);

 private:
  struct Slot {
    sandbox::Fd cut;   ///< an eventfd
    sandbox::Fd stop;  ///< an epoll: readable when that or the spec's `stop` is
    std::optional<std::chrono::steady_clock::time_point> began;
    std::optional<sandbox::Expected<Run>> run;
  };

  [[nodiscard]] sandbox::Expected<Slot> make_slot() const;
  void make_runs(const std::stop_token& stop);
  [[nodiscard]] sandbox::Expected<Run> made_or_why_not(std::size_t index) const;

  const RunSpec& spec_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Slot> slots_;  ///< one for each scenario; `began` and `run` guarded by the mutex
  std::size_t next_ = 0;     ///< likewise
  std::vector<std::jthread> threads_;
};

}  // namespace ipcgrade
