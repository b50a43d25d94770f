// The fair run: the yardstick, and what every schedule is told as a deviation from.
#pragma once

#include "explore/strategy.h"

namespace ipcgrade {

/// One run, the usual choice always: no switch without need, every task in its turn.
class RoundRobinStrategy : public Strategy {
 public:
  [[nodiscard]] std::unique_ptr<Chooser> start(std::uint64_t run) override;
  void learn(std::uint64_t run, const Trace& trace) override;
  [[nodiscard]] bool exhausted() const override { return started_; }
  [[nodiscard]] std::string_view name() const override { return "fair"; }

 private:
  bool started_ = false;
};

}  // namespace ipcgrade
