// What a thread does to memory of its own process between two stops has one place in the order of
// things, however often a loop does it: gathered here as ranges.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "trace/trace.h"

namespace ipcgrade {

class ThreadLog {
 public:
  /// `into` outlives this, and gets no more than `most`.
  ThreadLog(std::vector<LoggedAccess>& into, std::size_t most) : into_(into), most_(most) {}

  /// In the order in which they happened: LoggedAccess::before ascends. False: it was known
  /// already.
  bool add(const LoggedAccess& access);
  /// What was added is in the list afterwards.
  void finish();
  /// Something was left out, since there were too many.
  [[nodiscard]] bool is_full() const { return is_full_; }

 private:
  using Key = std::tuple<ObjectId, std::uint64_t, std::uint16_t, AccessOrder>;
  using Ranges = std::map<std::uint64_t, std::uint64_t>;  ///< begins and ends, not touching

  std::vector<LoggedAccess>& into_;
  std::size_t most_;
  bool is_full_ = false;
  TaskId task_ = kNoTask;
  EventId before_ = kNoEvent;
  std::map<Key, Ranges> accesses_;  ///< of that task before that event
};

}  // namespace ipcgrade
