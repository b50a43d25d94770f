// What a semaphore's value consists of: units, each with the V that put it there. A P takes the
// oldest ones and comes after their Vs, and only those: whatever order the others had, this P could
// have gone through without them. A unit that was there from the beginning orders nothing.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <utility>

#include "ipc/machine.h"

namespace ipcgrade {

class Tokens {
 public:
  void add(EventId by, std::int64_t count) {
    if (count <= 0) return;
    count_ += count;
    if (!units_.empty() && units_.back().first == by) {
      units_.back().second += count;
    } else {
      units_.emplace_back(by, count);
    }
  }

  /// Takes as many as there are, at most `count`; the current event comes after them.
  void take(Machine& machine, std::int64_t count) {
    count = std::min(count, count_);
    count_ -= count;
    while (count > 0) {
      auto& [by, left] = units_.front();
      machine.comes_after(by);
      const std::int64_t part = std::min(count, left);
      left -= part;
      count -= part;
      if (left == 0) units_.pop_front();
    }
  }

  void reset(EventId by, std::int64_t count) {
    units_.clear();
    count_ = 0;
    add(by, count);
  }

  /// The value was changed behind our back (it lies in memory): forgets the oldest, or adds units
  /// that nobody is known to have put there.
  void match(std::int64_t count) {
    if (count < 0) count = 0;
    add(kNoEvent, count - count_);
    while (count_ > count) {
      auto& left = units_.front().second;
      const std::int64_t part = std::min(count_ - count, left);
      left -= part;
      count_ -= part;
      if (left == 0) units_.pop_front();
    }
  }

  [[nodiscard]] std::int64_t count() const { return count_; }

 private:
  std::deque<std::pair<EventId, std::int64_t>> units_;
  std::int64_t count_ = 0;
};

}  // namespace ipcgrade
