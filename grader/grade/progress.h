// How far a grading has come, for those who wait for it.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace ipcgrade {

struct Progress {
  std::string what{};           ///< is being done: "build", "explore"
  std::string scenario{};       ///< its title; empty: of none
  std::size_t number = 0;       ///< of the scenario, from 1
  std::size_t scenarios = 0;    ///< in all; 0: there is but one thing to do
  bool done = false;            ///< that scenario, or the build, is over
  std::size_t orders = 0;       ///< of this scenario that were run so far
  std::size_t most_orders = 0;  ///< of them that are run at the most
  std::size_t findings = 0;     ///< so far, of everything; some may turn out to be the same fault
  double seconds_left = 0;      ///< of the scenario's budget; only where there are orders
};

/// Called in the thread that grades, up to some hundred times a second.
using TellProgress = std::function<void(const Progress&)>;

}  // namespace ipcgrade
