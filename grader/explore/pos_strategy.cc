#include "explore/pos_strategy.h"

#include <algorithm>
#include <map>

#include "explore/random.h"

namespace ipcgrade {
namespace {

class PosChooser : public Chooser {
 public:
  explicit PosChooser(Random random) : random_(random) {}

  [[nodiscard]] std::size_t choose(const Trace& so_far, const Decision& decision) override {
    const auto choices = choices_of(so_far, decision);
    std::erase_if(priorities_, [&](const auto& one) {
      return std::ranges::find(choices, one.first, &Choice::actor) == choices.end();
    });
    std::size_t best = choices.size();
    for (std::size_t i = 0; i < choices.size(); ++i) {
      const auto [place, is_new] = priorities_.try_emplace(choices[i].actor);
      if (is_new) place->second = random_.next();
      if (!choices[i].enabled) continue;
      if (best == choices.size() || place->second > priorities_[choices[best].actor]) best = i;
    }
    forget_racing(so_far, choices, choices[best]);
    return best;
  }

 private:
  /// Those are drawn anew at the next decision.
  void forget_racing(const Trace& so_far, std::span<const Choice> choices, const Choice& taken) {
    const auto touched = touches_of(so_far, taken);
    for (const Choice& choice : choices) {
      if (choice.actor == taken.actor || conflict(touches_of(so_far, choice), touched)) {
        priorities_.erase(choice.actor);
      }
    }
  }

  Random random_;
  std::map<Actor, std::uint64_t> priorities_;
};

}  // namespace

std::unique_ptr<Chooser> PosStrategy::start(std::uint64_t run) {
  return std::make_unique<PosChooser>(Random(seed_, run));
}

void PosStrategy::learn(std::uint64_t /*run*/, const Trace& /*trace*/) {}

}  // namespace ipcgrade
