// One task before all others, so that its calls come before what they would wait for; or after all
// others, so that they come when all is there; or before them, and its time-outs, too.
#pragma once

#include "explore/strategy.h"

namespace ipcgrade {

enum class Rank : std::uint8_t { kFirst, kLast, kImpatient };

/// Lets the task go on whenever it can, or only when no other has something to do, or whenever it
/// can and as soon as its time is over; and makes the usual choice where it can't.
class RankChooser : public Chooser {
 public:
  RankChooser(TaskId task, Rank rank) : task_(task), rank_(rank) {}

  [[nodiscard]] std::size_t choose(const Trace& so_far, const Decision& decision) override;

 private:
  TaskId task_;
  Rank rank_;
};

}  // namespace ipcgrade
