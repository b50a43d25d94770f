// The use of a tree of processes where no cgroup counts it: read from /proc, now and then.
#pragma once

#include <chrono>
#include <cstdint>

namespace sandbox {

struct Sample {
  std::chrono::milliseconds cpu{};  ///< a lower bound: what SIG_IGN for SIGCHLD reaps is not in it
  std::uint64_t memory = 0;         ///< bytes: proportional set sizes, of this moment
  std::uint32_t tasks = 0;          ///< processes and threads, without the box's init
};

/// `proc` is the box's own /proc: it shows the box's processes and no others. Processes that come
/// or go meanwhile may be missed.
[[nodiscard]] Sample sample_tree(int proc);

}  // namespace sandbox
