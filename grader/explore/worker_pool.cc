#include "explore/worker_pool.h"

#include <utility>

namespace ipcgrade {

WorkerPool::WorkerPool(std::span<const Runner> runners) : runners_(runners) {
  for (const Runner& runner : runners_.subspan(1)) {
    threads_.emplace_back([this, &runner] { work(runner); });
  }
}

WorkerPool::~WorkerPool() {
  {
    const std::scoped_lock lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
}

void WorkerPool::work(const Runner& runner) {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return closing_ || next_ < choosers_.size(); });
      if (closing_) return;
    }
    run_next(runner);
  }
}

// False where nothing is left to be run.
bool WorkerPool::run_next(const Runner& runner) {
  std::size_t index = 0;
  Chooser* chooser = nullptr;
  const RunOptions* options = nullptr;
  {
    const std::scoped_lock lock(mutex_);
    if (next_ >= choosers_.size()) return false;
    index = next_++;
    chooser = choosers_[index];
    options = options_;
    ++busy_;
  }
  Slot slot;
  try {
    slot.result = runner(*chooser, *options);
  } catch (...) {
    slot.thrown = std::current_exception();
  }
  slot.ready = true;
  {
    const std::scoped_lock lock(mutex_);
    slots_[index] = std::move(slot);
    --busy_;
  }
  changed_.notify_all();
  return true;
}

void WorkerPool::run_all(std::span<Chooser* const> choosers, const RunOptions& options,
                         const std::function<void(std::size_t, Result)>& done) {
  {
    const std::scoped_lock lock(mutex_);
    choosers_ = choosers;
    options_ = &options;
    slots_ = std::vector<Slot>(choosers.size());
    next_ = 0;
  }
  changed_.notify_all();
  try {
    for (std::size_t i = 0; i < choosers.size(); ++i) hand_over(i, done);
  } catch (...) {
    abandon_rest();
    throw;
  }
  abandon_rest();
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
    if (run_next(runners_.front())) continue;
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

void WorkerPool::abandon_rest() {
  std::unique_lock lock(mutex_);
  next_ = choosers_.size();
  changed_.wait(lock, [this] { return busy_ == 0; });
  choosers_ = {};
  next_ = 0;
}

}  // namespace ipcgrade
