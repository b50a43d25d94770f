// Several runs at once, each runner in a thread of its own.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "supervise/chooser.h"

namespace ipcgrade {

/// Each runner is called from one thread only, always the same, since a held task knows its
/// supervisor by the thread: the first runner from the thread that calls run_all, the others from
/// threads that live as long as the pool.
class WorkerPool {
 public:
  /// REQUIRES: at least one runner; they outlive the pool.
  explicit WorkerPool(std::span<const Runner> runners);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  ~WorkerPool();

  /// One run for each chooser. `done` gets their results in the choosers' order, in the calling
  /// thread, each as early as can be. What a run or `done` throws is thrown on, when no run is
  /// under way any more.
  using Result = sandbox::Expected<Trace>;
  void run_all(std::span<Chooser* const> choosers, const RunOptions& options,
               const std::function<void(std::size_t, Result)>& done);

 private:
  struct Slot {
    std::optional<Result> result;
    std::exception_ptr thrown;
    bool ready = false;
  };

  void work(const Runner& runner);
  bool run_next(const Runner& runner);
  void hand_over(std::size_t index, const std::function<void(std::size_t, Result)>& done);
  void abandon_rest();

  std::span<const Runner> runners_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by the mutex.
  std::span<Chooser* const> choosers_;
  const RunOptions* options_ = nullptr;
  std::vector<Slot> slots_;
  std::size_t next_ = 0;  ///< chooser that nobody has taken yet
  std::size_t busy_ = 0;
  bool closing_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace ipcgrade
