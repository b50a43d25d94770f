// A failing order, made as short to tell as it will go.
#pragma once

#include <cstddef>
#include <functional>

#include "explore/schedule.h"
#include "supervise/chooser.h"

namespace ipcgrade {

struct Minimised {
  Schedule schedule;
  Trace trace;  ///< its run
  std::size_t switches = 0;
  std::size_t runs = 0;  ///< that were made to find it
  bool reproduced =
      false;  ///< false: the schedule did not fail again; nothing else is set but runs
};

/// `fails` tells whether a run shows the same finding. Makes up to `most_runs` runs, at least one.
/// Never gives a schedule whose run was not seen to fail, nor one of more switches than the
/// given one. An error is the runner's.
[[nodiscard]] sandbox::Expected<Minimised> minimise(const Runner& runner, const Schedule& schedule,
                                                    const RunOptions& options,
                                                    const std::function<bool(const Trace&)>& fails,
                                                    std::size_t most_runs = 300);

}  // namespace ipcgrade
