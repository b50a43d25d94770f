// One task before all others: its calls come before what they would wait for.
#pragma once

#include "explore/strategy.h"

namespace ipcgrade {

/// Lets the task go on whenever it can, and makes the usual choice where it can't.
class EagerChooser : public Chooser {
 public:
  explicit EagerChooser(TaskId task) : task_(task) {}

  [[nodiscard]] std::size_t choose(const Trace& so_far, const Decision& decision) override;

 private:
  TaskId task_;
};

}  // namespace ipcgrade
