#include "explore/impatient_strategy.h"

#include <algorithm>
#include <memory>

#include "explore/rank_chooser.h"

namespace ipcgrade {
namespace {

constexpr std::size_t kMostTasks = 4;

}  // namespace

ImpatientStrategy::ImpatientStrategy(const Trace& fair)
    : tasks_(std::min(fair.tasks.size(), kMostTasks)) {}

std::unique_ptr<Chooser> ImpatientStrategy::start(std::uint64_t /*run*/) {
  if (exhausted()) return nullptr;
  return std::make_unique<RankChooser>(static_cast<TaskId>(next_++), Rank::kImpatient);
}

void ImpatientStrategy::learn(std::uint64_t /*run*/, const Trace& /*trace*/) {}

}  // namespace ipcgrade
