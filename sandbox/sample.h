// What a tree of processes used and waited for, read from /proc now and then: for what no cgroup
// counts.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace sandbox {

struct Sample {
  std::chrono::milliseconds cpu{};  ///< a lower bound: what SIG_IGN for SIGCHLD reaps is not in it
  std::uint64_t memory = 0;         ///< bytes: proportional set sizes, of this moment
  std::uint32_t tasks = 0;          ///< processes and threads, without the box's init
};

/// `proc` is the box's own /proc: it shows the box's processes and no others. Processes that come
/// or go meanwhile may be missed.
[[nodiscard]] Sample sample_tree(int proc);

/// The time that a tree of processes lost by waiting for a free processor: on a busy machine it must
/// not count against a limit on wall time. Source: /proc/PID/task/TID/schedstat, Linux
/// Documentation/scheduler/sched-stats.rst.
class LostTime {
 public:
  /// Adds what was lost since the last call: the most that any one task lost.
  void update(int proc);

  /// Since the first update(). Zero where the kernel does not count it.
  [[nodiscard]] std::chrono::nanoseconds total() const { return total_; }

 private:
  std::unordered_map<std::string, std::uint64_t> waited_;  ///< nanoseconds, by "PID/task/TID"
  std::chrono::nanoseconds total_{};
};

}  // namespace sandbox
