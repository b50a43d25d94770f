// A random walk: each choice that can be taken is as likely as the others.
#pragma once

#include "explore/strategy.h"

namespace ipcgrade {

class RandomStrategy : public Strategy {
 public:
  explicit RandomStrategy(std::uint64_t seed) : seed_(seed) {}

  [[nodiscard]] std::unique_ptr<Chooser> start(std::uint64_t run) override;
  void learn(std::uint64_t run, const Trace& trace) override;
  [[nodiscard]] bool exhausted() const override { return false; }
  [[nodiscard]] std::string_view name() const override { return "random"; }

 private:
  std::uint64_t seed_;
};

}  // namespace ipcgrade
