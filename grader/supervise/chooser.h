// What a held run asks at each of its moments: who goes on? Strategies of explore/ answer.
#pragma once

#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

#include "sandbox/error.h"
#include "trace/trace.h"

namespace ipcgrade {

class Chooser {
 public:
  /// An answer of choose: what follows is of no interest, since a run that was made already is
  /// equivalent. The run ends here, as RunEnd::kAbandoned.
  static constexpr std::size_t kStopRun = std::numeric_limits<std::size_t>::max();

  virtual ~Chooser() = default;

  /// Which choice of `decision` is taken: an index into choices_of(so_far, decision), an enabled
  /// one; or kStopRun. There is at least one. `so_far` is the run until now; its last decision is
  /// this one.
  [[nodiscard]] virtual std::size_t choose(const Trace& so_far, const Decision& decision) = 0;
};

struct RunOptions {
  std::optional<Injection> injection;
  std::vector<Watched> watched;  ///< of a program at most IPCGRADE_MOST_WATCHED
  bool tell = false;             ///< find the places of all events in the source: ten times slower
  std::size_t most_events = 1'000'000;
  int stop = -1;  ///< readable when the run is to end at once: Trace::stopped is Interrupted then
  const Lessons* known = nullptr;  ///< of earlier runs of the scenario; nothing: none
};

/// Makes one run of a scenario, from the beginning. Equal choices give equal traces. An error is
/// the machine's or ours.
using Runner = std::function<sandbox::Expected<Trace>(Chooser&, const RunOptions&)>;

/// Makes the runner of a worker, counted from 0: called in the thread that uses it and destroys it.
using RunnerMaker = std::function<sandbox::Expected<Runner>(std::size_t worker)>;

}  // namespace ipcgrade
