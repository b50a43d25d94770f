// Several runs at once, each worker in a thread of its own.
#pragma once

#include <chrono>
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

/// The one way to make runs of a scenario. Runs are made in batches: what one run of a batch learnt
/// is known to those of later batches only, so that nothing depends on which worker made which.
///
/// A runner is made, called and destroyed in one thread, since a held task knows its supervisor by
/// the thread: the first worker's in the thread that owns the pool and calls run_all, the others'
/// in threads of the pool; each when there is something for it to do.
class WorkerPool {
 public:
  using Result = sandbox::Expected<Trace>;
  struct Job {
    Chooser* chooser;  ///< borrowed
    RunOptions options;
  };

  /// `known`: what the runs of other scenarios learnt. REQUIRES: workers > 0.
  explicit WorkerPool(RunnerMaker make, std::size_t workers = 1, Lessons known = {});
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  ~WorkerPool();

  /// `done` gets the results in the jobs' order, in the calling thread, each as early as can be.
  /// What a run or `done` throws is thrown on, when no run is under way any more.
  void run_all(std::span<const Job> jobs, const std::function<void(std::size_t, Result)>& done);

  /// One run, in the calling thread.
  [[nodiscard]] Result run(Chooser& chooser, const RunOptions& options);

  /// Processor time of all runs so far, in all workers, and of the programs in them: on a busy
  /// machine about what it is on an idle one.
  [[nodiscard]] std::chrono::nanoseconds cpu_time();

  /// The pool as a runner: a batch for each run.
  [[nodiscard]] Runner runner();

 private:
  struct Slot {
    std::optional<Result> result;
    std::exception_ptr thrown;
    bool ready = false;
  };

  /// A worker's own, made when it is needed.
  class Worker {
   public:
    explicit Worker(std::size_t number) : number_(number) {}
    Result run(const RunnerMaker& make, const Job& job);

   private:
    std::size_t number_;
    Runner runner_;
  };

  void work(std::size_t number);
  bool run_next(Worker& worker);
  void hand_over(std::size_t index, const std::function<void(std::size_t, Result)>& done);
  void abandon_rest();

  RunnerMaker make_;
  Worker first_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by the mutex.
  std::span<const Job> jobs_;
  std::vector<Slot> slots_;
  std::size_t next_ = 0;  ///< job that nobody has taken yet
  std::size_t busy_ = 0;
  bool closing_ = false;
  std::chrono::nanoseconds cpu_time_{};
  Lessons learnt_;  ///< in this batch
  Lessons known_;   ///< from before; changes only while no run is under way
  std::vector<std::jthread> threads_;
};

}  // namespace ipcgrade
