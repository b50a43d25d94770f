#include "explore/plan.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "explore/dpor_strategy.h"
#include "explore/impatient_strategy.h"
#include "explore/pct_strategy.h"
#include "explore/pos_strategy.h"
#include "explore/random_strategy.h"
#include "explore/round_robin_strategy.h"
#include "explore/stall_strategy.h"

namespace ipcgrade {
namespace {

// Runs. An answer "all orders explored" is had at once where there are hardly any; else the
// samplers, which find most of what there is soon, come first.
constexpr std::size_t kFirstLook = 24;
constexpr std::size_t kFirstStalls = 2;  // what they find in few runs nothing else finds
constexpr std::size_t kBriefSample = 48;
constexpr std::size_t kTurn = 8;   // before another sampler of the portfolio has its turn
constexpr std::size_t kShare = 4;  // of most_schedules: for a search before bounds are tried

using Made = sandbox::Expected<void>;

/// Samplers that take turns, since no single one finds everything.
class Portfolio {
 public:
  Portfolio(std::uint64_t seed, std::size_t steps) {
    samplers_.push_back(std::make_unique<PctStrategy>(seed, 2, steps));
    samplers_.push_back(std::make_unique<PosStrategy>(seed));
    samplers_.push_back(std::make_unique<RandomStrategy>(seed));
    samplers_.push_back(std::make_unique<PctStrategy>(seed, 3, steps));
    samplers_.push_back(std::make_unique<PctStrategy>(seed, 1, steps));
  }

  Made run(Explorer& explorer, std::size_t runs) {
    for (; runs > 0 && !explorer.over(); runs -= std::min(runs, kTurn)) {
      Strategy& sampler = *samplers_[turn_++ % samplers_.size()];
      if (auto made = explorer.run(sampler, std::min(runs, kTurn)); !made) return made;
    }
    return {};
  }

 private:
  std::vector<std::unique_ptr<Strategy>> samplers_;
  std::size_t turn_ = 0;
};

class Plan {
 public:
  /// `steps`: of the fair run, that count.
  Plan(Explorer& explorer, StallStrategy& stalls, SharedTrace fair, std::size_t steps)
      : explorer_(explorer),
        stalls_(stalls),
        fair_(std::move(fair)),
        is_small_(steps <= explorer.options().small),
        impatient_(*fair_),
        portfolio_(explorer.options().seed, steps) {}

  Made carry_out() {
    if (explorer_.over()) return {};
    // Else not first: stalls are looked for in every run, in the usual ones before these.
    const bool has_few_runs = explorer_.options().most_schedules <= kFirstLook;
    if (has_few_runs) {
      if (auto made = explorer_.run(impatient_, kBriefSample); !made || explorer_.over())
        return made;
    }
    if (auto made = explorer_.run(stalls_, kFirstStalls); !made || explorer_.over()) return made;
    return is_small_ ? search_all() : sample();
  }

 private:
  Made sample() {
    if (auto made = explorer_.run(impatient_, kBriefSample); !made) return made;
    while (!explorer_.over()) {
      if (auto made = portfolio_.run(explorer_, kBriefSample); !made) return made;
      if (auto made = explorer_.run(stalls_, kBriefSample); !made) return made;
    }
    return {};
  }

  Made search_all() {
    // The fair run is the first one of this search, too.
    (void)all_.start(0);
    all_.learn(0, *fair_);
    const std::size_t share = explorer_.options().most_schedules / kShare;
    if (auto made = search(all_, kFirstLook); !made || explorer_.over()) return made;
    if (auto made = portfolio_.run(explorer_, kBriefSample); !made) return made;
    if (auto made = explorer_.run(stalls_, kBriefSample); !made) return made;
    if (auto made = explorer_.run(impatient_, kBriefSample); !made) return made;
    if (auto made = search(all_, share); !made || explorer_.over()) return made;
    for (DporStrategy& bounded : bounded_) {
      if (auto made = search(bounded, share / bounded_.size()); !made || explorer_.over()) {
        return made;
      }
    }
    // Deep first, the search may stay for long in one corner of the orders; samplers do not.
    while (!explorer_.over()) {
      if (auto made = search(all_, kBriefSample); !made) return made;
      if (auto made = portfolio_.run(explorer_, kBriefSample); !made) return made;
    }
    return {};
  }

  Made search(DporStrategy& strategy, std::size_t runs) {
    auto made = explorer_.run(strategy, runs);
    if (!made || !strategy.covered_all()) return made;
    made = explorer_.run(stalls_, kBriefSample);
    if (made) explorer_.set_exhausted();
    return made;
  }

  Explorer& explorer_;
  StallStrategy& stalls_;
  SharedTrace fair_;
  bool is_small_;  ///< enough for a search through all orders
  ImpatientStrategy impatient_;
  Portfolio portfolio_;
  DporStrategy all_;
  std::array<DporStrategy, 3> bounded_{DporStrategy(0), DporStrategy(1), DporStrategy(2)};
};

}  // namespace

sandbox::Expected<Explored> explore(WorkerPool& pool, const Judge& judge,
                                    const ExploreOptions& options) {
  SharedTrace fair;
  std::size_t steps = 0;
  StallStrategy stalls(options.scenario);
  const Judge keep_fair = [&, is_first = true](const SharedTrace& run) mutable {
    if (std::exchange(is_first, false)) {
      steps = contended_decisions(*run);
      fair = run;
    }
    stalls.look_at(*run);
    return judge(run);
  };
  Explorer explorer(pool, keep_fair, options);
  RoundRobinStrategy round_robin;
  if (auto made = explorer.run(round_robin, 1); !made) return std::unexpected(made.error());
  if (fair == nullptr) return explorer.finish();
  if (auto made = Plan(explorer, stalls, fair, steps).carry_out(); !made)
    return std::unexpected(made.error());
  return explorer.finish();
}

}  // namespace ipcgrade
