#include "explore/pct_strategy.h"

#include <algorithm>
#include <compare>
#include <map>
#include <vector>

#include "explore/random.h"

namespace ipcgrade {
namespace {

class PctChooser : public Chooser {
 public:
  PctChooser(Random random, std::size_t depth, std::size_t steps) : random_(random), depth_(depth) {
    for (std::size_t i = 1; i < depth; ++i) changes_.push_back({random_.below(steps), i});
    std::ranges::sort(changes_);
  }

  [[nodiscard]] std::size_t choose(const Trace& so_far, const Decision& decision) override {
    const auto choices = choices_of(so_far, decision);
    forget_absent(choices);
    for (const Choice& choice : choices) {
      // Above all priorities that a change gives.
      if (!priorities_.contains(choice.actor)) {
        priorities_[choice.actor] = (random_.next() >> 1) + depth_;
      }
    }
    std::size_t highest = highest_of(choices);
    if (enabled_count(so_far, decision) < 2) return highest;
    for (; next_ < changes_.size() && changes_[next_].step == step_; ++next_) {
      priorities_[choices[highest].actor] = changes_[next_].priority;
      highest = highest_of(choices);
    }
    ++step_;
    return highest;
  }

 private:
  /// In the order of steps; the priorities, all below the first ones, are in a random order.
  struct Change {
    std::uint64_t step;
    std::uint64_t priority;
    auto operator<=>(const Change&) const = default;
  };

  void forget_absent(std::span<const Choice> choices) {
    std::erase_if(priorities_, [&](const auto& one) {
      return std::ranges::find(choices, one.first, &Choice::actor) == choices.end();
    });
  }

  [[nodiscard]] std::size_t highest_of(std::span<const Choice> choices) const {
    std::size_t best = choices.size();
    for (std::size_t i = 0; i < choices.size(); ++i) {
      if (!choices[i].enabled) continue;
      if (best == choices.size() ||
          priorities_.at(choices[i].actor) > priorities_.at(choices[best].actor)) {
        best = i;
      }
    }
    return best;
  }

  Random random_;
  std::size_t depth_;
  std::map<Actor, std::uint64_t> priorities_;
  std::vector<Change> changes_;
  std::size_t next_ = 0;  ///< change
  std::uint64_t step_ = 0;
};

}  // namespace

PctStrategy::PctStrategy(std::uint64_t seed, std::size_t depth, std::size_t steps)
    : seed_(seed),
      depth_(depth),
      steps_(std::max<std::size_t>(steps, 1)),
      name_("pct-" + std::to_string(depth)) {}

std::unique_ptr<Chooser> PctStrategy::start(std::uint64_t run) {
  return std::make_unique<PctChooser>(Random(seed_, run), depth_, steps_);
}

void PctStrategy::learn(std::uint64_t /*run*/, const Trace& trace) {
  steps_ = std::max(steps_, contended_decisions(trace));
}

}  // namespace ipcgrade
