#include "explore/worker_pool.h"

#include <time.h>

#include <system_error>
#include <utility>

#include "supervise/tracee.h"

namespace ipcgrade {

namespace {

/// Of this thread, and of the programs that it held.
std::chrono::nanoseconds own_cpu_time() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec) +
         Tracee::cpu_time_of_ended();
}

}  // namespace

WorkerPool::WorkerPool(RunnerMaker make, std::size_t workers, Lessons known)
    : make_(std::move(make)), known_(std::move(known)) {
  for (std::size_t i = 1; i < workers; ++i) {
    try {
      threads_.emplace_back([this, i] { work(i); });
    } catch (const std::system_error&) {
      break;  // fewer do, too, if it were only the calling thread
    }
  }
}

WorkerPool::~WorkerPool() {
  {
    const std::scoped_lock lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
}

WorkerPool::Result WorkerPool::Worker::run(const RunnerMaker& make, const Job& job) {
  if (!runner_) {
    auto made = make(number_);
    if (!made) return std::unexpected(made.error());
    runner_ = std::move(*made);
  }
  return runner_(*job.chooser, job.options);
}

// A single job is the calling thread's: it needs no second runner.
void WorkerPool::work(std::size_t number) {
  Worker worker(number);
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock,
                    [this] { return closing_ || (jobs_.size() > 1 && next_ < jobs_.size()); });
      if (closing_) return;
    }
    run_next(worker);
  }
}

// False where nothing is left to be run.
bool WorkerPool::run_next(Worker& worker) {
  std::size_t index = 0;
  Job job{};
  {
    const std::scoped_lock lock(mutex_);
    if (next_ >= jobs_.size()) return false;
    index = next_++;
    job = jobs_[index];
    ++busy_;
  }
  job.options.known = &known_;
  Slot slot;
  const auto begin = own_cpu_time();
  try {
    slot.result = worker.run(make_, job);
  } catch (...) {
    slot.thrown = std::current_exception();
  }
  slot.ready = true;
  {
    const std::scoped_lock lock(mutex_);
    try {
      if (slot.result && *slot.result) learnt_.add((*slot.result)->learnt);
    } catch (...) {
      slot.thrown = std::current_exception();
    }
    slots_[index] = std::move(slot);
    cpu_time_ += own_cpu_time() - begin;
    --busy_;
  }
  changed_.notify_all();
  return true;
}

void WorkerPool::run_all(std::span<const Job> jobs,
                         const std::function<void(std::size_t, Result)>& done) {
  {
    const std::scoped_lock lock(mutex_);
    jobs_ = jobs;
    slots_ = std::vector<Slot>(jobs.size());
    next_ = 0;
  }
  changed_.notify_all();
  try {
    for (std::size_t i = 0; i < jobs.size(); ++i) hand_over(i, done);
  } catch (...) {
    abandon_rest();
    throw;
  }
  abandon_rest();
}

std::chrono::nanoseconds WorkerPool::cpu_time() {
  const std::scoped_lock lock(mutex_);
  return cpu_time_;
}

WorkerPool::Result WorkerPool::run(Chooser& chooser, const RunOptions& options) {
  const Job job{&chooser, options};
  Result result;
  run_all(std::span(&job, 1), [&](std::size_t, Result made) { result = std::move(made); });
  return result;
}

Runner WorkerPool::runner() {
  return [this](Chooser& chooser, const RunOptions& options) { return run(chooser, options); };
}

// The calling thread runs, too, but rather hands over what is ready: so that a lone worker holds
// one trace at a time.
void WorkerPool::hand_over(std::size_t index,
                           const std::function<void(std::size_t, Result)>& done) {
  const auto is_ready = [&] {
    const std::scoped_lock lock(mutex_);
    return slots_[index].ready;
  };
  while (!is_ready()) {
    if (run_next(first_)) continue;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return slots_[index].ready; });
  }
  Slot slot;
  {
    const std::scoped_lock lock(mutex_);
    slot = std::exchange(slots_[index], {});
  }
  if (slot.thrown) std::rethrow_exception(slot.thrown);
  done(index, std::move(*slot.result));
}

// The batch is over.
void WorkerPool::abandon_rest() {
  std::unique_lock lock(mutex_);
  next_ = jobs_.size();
  changed_.wait(lock, [this] { return busy_ == 0; });
  jobs_ = {};
  next_ = 0;
  known_.add(std::exchange(learnt_, {}));
}

}  // namespace ipcgrade
