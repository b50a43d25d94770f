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

/// When there has been enough of it; the first run is made anyway. What is given in runs and events
/// depends on the programs alone.
struct MinimiseBounds {
  std::size_t runs = 300;
  std::size_t events = 100'000;  ///< of all runs together
  std::function<bool()> stop = [] { return false; };
};

/// `fails` tells whether a run shows the same finding. Never gives a schedule whose run was not
/// seen to fail, nor one of more switches than the given one. An error is the runner's.
[[nodiscard]] sandbox::Expected<Minimised> minimise(const Runner& runner, const Schedule& schedule,
                                                    const std::function<bool(const Trace&)>& fails,
                                                    const MinimiseBounds& bounds = {});

}  // namespace ipcgrade
