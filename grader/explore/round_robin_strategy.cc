#include "explore/round_robin_strategy.h"

#include "explore/replay_strategy.h"

namespace ipcgrade {

std::unique_ptr<Chooser> RoundRobinStrategy::start(std::uint64_t /*run*/) {
  if (started_) return nullptr;
  started_ = true;
  return std::make_unique<ReplayChooser>(Schedule{});
}

void RoundRobinStrategy::learn(std::uint64_t /*run*/, const Trace& /*trace*/) {}

}  // namespace ipcgrade
