#include "ipc/wake_queue.h"

#include <algorithm>

namespace ipcgrade {
namespace {

bool contains(const std::vector<TaskId>& tasks, TaskId task) {
  return std::ranges::find(tasks, task) != tasks.end();
}

bool is_within(const std::vector<TaskId>& some, const std::vector<TaskId>& all) {
  return std::ranges::all_of(some, [&](TaskId task) { return contains(all, task); });
}

}  // namespace

void WakeQueue::enter(TaskId task) {
  if (has(task)) return;
  waiters_.push_back(task);
  entered_[task] = wakes_;
}

bool WakeQueue::has(TaskId task) const { return contains(waiters_, task); }

std::size_t WakeQueue::wake(Machine& machine, std::size_t most, const Filter& filter) {
  Permits permits;
  for (const TaskId task : waiters_) {
    if (!filter || filter(task)) permits.eligible.push_back(task);
  }
  // Those that earlier wakes will have woken are asleep no more, whoever they are.
  std::size_t awake = 0;
  for (const Permits& earlier : permits_) {
    if (is_within(earlier.eligible, permits.eligible)) awake += earlier.left;
  }
  const std::size_t asleep = permits.eligible.size() - std::min(permits.eligible.size(), awake);
  permits.left = std::min(most, asleep);
  ++wakes_;
  last_found_nobody_ = permits.left == 0;
  last_by_ = machine.event().task;
  if (permits.left == 0) return 0;
  machine.hand_over(permits.by);
  const std::size_t woken = permits.left;
  permits_.push_back(std::move(permits));
  return woken;
}

bool WakeQueue::can_go(TaskId task) const {
  return std::ranges::any_of(permits_,
                             [&](const Permits& one) { return contains(one.eligible, task); });
}

void WakeQueue::go(Machine& machine, TaskId task) {
  const auto at = std::ranges::find_if(
      permits_, [&](const Permits& one) { return contains(one.eligible, task); });
  if (at != permits_.end()) {
    machine.comes_after(at->by);
    --at->left;
  }
  remove(task);
}

// Who could take an older permit could take a newer one, too, as long as it waits: so it is enough
// to look at each permit together with all older ones.
bool WakeQueue::must_go(TaskId task) const {
  std::size_t left = 0;
  for (const Permits& one : permits_) {
    left += one.left;
    if (!contains(one.eligible, task)) continue;
    if (left > one.eligible.size() - 1) return true;
  }
  return false;
}

bool WakeQueue::leave(Machine& machine, TaskId task) {
  if (must_go(task)) {
    go(machine, task);
    return false;
  }
  remove(task);
  return true;
}

void WakeQueue::forget_waiters() {
  waiters_.clear();
  entered_.clear();
  permits_.clear();
}

void WakeQueue::remove(TaskId task) {
  std::erase(waiters_, task);
  entered_.erase(task);
  for (Permits& one : permits_) std::erase(one.eligible, task);
  std::erase_if(permits_, [](const Permits& one) { return one.left == 0; });
}

bool WakeQueue::missed(TaskId task) const {
  const auto at = entered_.find(task);
  return last_found_nobody_ && last_by_ != task && at != entered_.end() && at->second == wakes_;
}

std::size_t WakeQueue::requeue(Machine& machine, WakeQueue& to, std::size_t wakes,
                               std::size_t moves) {
  std::vector<TaskId> asleep;
  for (const TaskId task : waiters_) {
    if (!can_go(task)) asleep.push_back(task);
  }
  const std::size_t first = std::min(wakes, asleep.size());
  const std::vector<TaskId> chosen(asleep.begin(),
                                   asleep.begin() + static_cast<std::ptrdiff_t>(first));
  std::size_t done =
      first == 0 ? 0 : wake(machine, first, [&](TaskId task) { return contains(chosen, task); });
  for (std::size_t i = first; i < asleep.size() && moves > 0; ++i, --moves, ++done) {
    remove(asleep[i]);
    to.enter(asleep[i]);
  }
  return done;
}

}  // namespace ipcgrade
