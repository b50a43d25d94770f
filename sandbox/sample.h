// What a tree of processes used and waited for, read from /proc now and then: for what no cgroup
// counts.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "sandbox/listing.h"

namespace sandbox {

struct Sample {
  std::chrono::milliseconds cpu{};  ///< a lower bound: what SIG_IGN for SIGCHLD reaps is not in it
  /// Bytes of this moment: proportional set sizes, and what of segments and anonymous files is in
  /// nobody's address space. Not what tmpfs holds, which has a limit of its own.
  std::uint64_t memory = 0;
  std::uint32_t tasks = 0;  ///< processes and threads, without the box's init
};

/// The box's own /proc shows its processes and no others. Processes that come or go meanwhile may
/// be missed.
[[nodiscard]] Sample sample_tree(const BoxViews& views);

/// The time that a tree of processes lost by waiting for a free processor: on a busy machine it
/// must not count against a limit on wall time. Source: /proc/PID/task/TID/schedstat, Linux
/// Documentation/scheduler/sched-stats.rst.
class LostTime {
 public:
  /// Adds what was lost since the last call: the most that any one task lost.
  void update(const BoxViews& views);

  /// Since the first update(). Zero where the kernel does not count it.
  [[nodiscard]] std::chrono::nanoseconds total() const { return total_; }

 private:
  std::unordered_map<std::string, std::uint64_t> waited_;  ///< nanoseconds, by "PID/task/TID"
  std::chrono::nanoseconds total_{};
};

}  // namespace sandbox
