#include "explore/replay_strategy.h"

namespace ipcgrade {

std::size_t ReplayChooser::choose(const Trace& so_far, const Decision& decision) {
  const std::size_t now = so_far.decisions.size() - 1;
  const auto& deviations = schedule_.deviations;
  while (next_ < deviations.size() && deviations[next_].decision < now) ++next_;
  // The first of several that is possible.
  for (; next_ < deviations.size() && deviations[next_].decision == now; ++next_) {
    const Actor actor = deviations[next_].actor;
    if (const auto choice = possible_choice(so_far, decision, actor)) {
      ++applied_;
      return *choice;
    }
  }
  return decision.usual;
}

std::size_t ReplayChooser::missed() const { return schedule_.deviations.size() - applied_; }

sandbox::Expected<Trace> replay(const Runner& runner, const Schedule& schedule, bool tell) {
  ReplayChooser chooser(schedule);
  RunOptions options = options_of(schedule);
  options.tell = tell;
  return runner(chooser, options);
}

std::size_t GuidedChooser::choose(const Trace& so_far, const Decision& decision) {
  while (next_ < actors_.size()) {
    const Actor actor = actors_[next_++];
    if (const auto choice = enabled_choice(so_far, decision, actor)) return *choice;
  }
  return decision.usual;
}

std::unique_ptr<Chooser> ReplayStrategy::start(std::uint64_t /*run*/) {
  if (started_) return nullptr;
  started_ = true;
  return std::make_unique<ReplayChooser>(schedule_);
}

void ReplayStrategy::learn(std::uint64_t /*run*/, const Trace& /*trace*/) {}

}  // namespace ipcgrade
