// Work that is done in processes of their own, a few at a time, each on one core: what crashes,
// hangs or is killed there costs nobody else anything.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "sandbox/error.h"

namespace ipcgrade {

struct ProcessPoolOptions {
  std::vector<int> cores;  ///< a process at a time on each; a core may be there several times
  std::chrono::seconds most_time{3600};  ///< after that a process is killed
  int stop = -1;  ///< readable when no more are to be started; those that run see it, too
};

struct ProcessPoolWork {
  /// Makes the result, in a process that is a copy of this one. What it changes is lost but for
  /// that.
  std::function<std::string(std::size_t index)> work;
  /// Is told that it begins.
  std::function<void(std::size_t index)> begun;
  enum class Next {
    kGoOn,
    kAgain,  ///< this is to be done once more, after all others
    kEnd,    ///< all others are ended, and none begun
  };
  /// Is given the result, or why there is none: "was ended by SIGKILL".
  std::function<Next(std::size_t index, sandbox::Expected<std::string> result)> done;
};

/// Does the work of 0 to count - 1, in this order. REQUIRES: this process has one thread. An error
/// is the machine's: no process or no memory can be had. All processes have ended when it returns.
[[nodiscard]] sandbox::Expected<void> run_processes(std::size_t count,
                                                    const ProcessPoolOptions& options,
                                                    const ProcessPoolWork& work);

}  // namespace ipcgrade
