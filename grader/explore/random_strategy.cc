#include "explore/random_strategy.h"

#include "explore/random.h"

namespace ipcgrade {
namespace {

class RandomChooser : public Chooser {
 public:
  explicit RandomChooser(Random random) : random_(random) {}

  [[nodiscard]] std::size_t choose(const Trace& so_far, const Decision& decision) override {
    std::uint64_t left = random_.below(enabled_count(so_far, decision));
    const auto choices = choices_of(so_far, decision);
    std::size_t at = 0;
    while (!choices[at].enabled || left-- != 0) ++at;
    return at;
  }

 private:
  Random random_;
};

}  // namespace

std::unique_ptr<Chooser> RandomStrategy::start(std::uint64_t run) {
  return std::make_unique<RandomChooser>(Random(seed_, run));
}

void RandomStrategy::learn(std::uint64_t /*run*/, const Trace& /*trace*/) {}

}  // namespace ipcgrade
