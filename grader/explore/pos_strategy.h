// Partial order sampling (Yuan, Yang, Gu: Partial order aware concurrency sampling, CAV'18): each
// pending operation has a random priority and the highest goes on; then priorities are drawn anew
// for the actor that moved, and for those whose operation conflicts with the one that was done.
#pragma once

#include "explore/strategy.h"

namespace ipcgrade {

class PosStrategy : public Strategy {
 public:
  explicit PosStrategy(std::uint64_t seed) : seed_(seed) {}

  [[nodiscard]] std::unique_ptr<Chooser> start(std::uint64_t run) override;
  void learn(std::uint64_t run, const Trace& trace) override;
  [[nodiscard]] bool exhausted() const override { return false; }
  [[nodiscard]] std::string_view name() const override { return "pos"; }

 private:
  std::uint64_t seed_;
};

}  // namespace ipcgrade
