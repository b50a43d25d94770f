// Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte: A randomized
// scheduler with probabilistic guarantees of finding bugs, ASPLOS'10): the actor of the highest
// priority goes on; d - 1 times, at random steps, it falls below all others. Finds a bug of depth
// d with probability 1/(n k^(d-1)) or more in each run, of n actors and k steps.
//
// Other than there, steps count only where more than one could go on, and an actor that was away
// (a further signal, another wait's time-out) gets a new priority when it is back: each is a
// thread that begins then, in the paper's terms.
#pragma once

#include <string>

#include "explore/strategy.h"

namespace ipcgrade {

class PctStrategy : public Strategy {
 public:
  /// REQUIRES: depth >= 1. `steps` is a first guess of k, the longest run that is learnt a better.
  PctStrategy(std::uint64_t seed, std::size_t depth, std::size_t steps);

  [[nodiscard]] std::unique_ptr<Chooser> start(std::uint64_t run) override;
  void learn(std::uint64_t run, const Trace& trace) override;
  [[nodiscard]] bool exhausted() const override { return false; }
  [[nodiscard]] std::string_view name() const override { return name_; }

 private:
  std::uint64_t seed_;
  std::size_t depth_;
  std::size_t steps_;
  std::string name_;
};

}  // namespace ipcgrade
