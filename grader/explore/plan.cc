#include "explore/plan.h"

#include <memory>
#include <utility>
#include <vector>

#include "explore/pct_strategy.h"
#include "explore/pos_strategy.h"
#include "explore/random_strategy.h"
#include "explore/round_robin_strategy.h"

namespace ipcgrade {
namespace {

constexpr std::size_t kTurn = 8;  // runs, before another sampler of the portfolio has its turn

/// Samplers that take turns.
class Portfolio {
 public:
  Portfolio(std::uint64_t seed, std::size_t steps) {
    samplers_.push_back(std::make_unique<PctStrategy>(seed, 2, steps));
    samplers_.push_back(std::make_unique<PosStrategy>(seed));
    samplers_.push_back(std::make_unique<RandomStrategy>(seed));
    samplers_.push_back(std::make_unique<PctStrategy>(seed, 3, steps));
    samplers_.push_back(std::make_unique<PctStrategy>(seed, 1, steps));
  }

  [[nodiscard]] std::size_t size() const { return samplers_.size(); }
  [[nodiscard]] Strategy& next() { return *samplers_[turn_++ % samplers_.size()]; }

 private:
  std::vector<std::unique_ptr<Strategy>> samplers_;
  std::size_t turn_ = 0;
};

}  // namespace

sandbox::Expected<Explored> explore(std::span<const Runner> workers, const Judge& judge,
                                    const ExploreOptions& options) {
  Trace fair;
  const Judge keep_fair = [&, is_first = true](const Trace& trace) mutable {
    if (std::exchange(is_first, false)) fair = trace;
    return judge(trace);
  };
  Explorer explorer(workers, keep_fair, options);
  RoundRobinStrategy round_robin;
  if (const auto made = explorer.run(round_robin, 1); !made) return std::unexpected(made.error());
  Portfolio portfolio(options.seed, contended_decisions(fair));
  while (!explorer.over()) {
    if (const auto made = explorer.run(portfolio.next(), kTurn); !made) {
      return std::unexpected(made.error());
    }
  }
  return explorer.finish();
}

}  // namespace ipcgrade
