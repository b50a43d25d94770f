// Orders in which one task goes before all others and its time-outs strike as soon as they may:
// whether it gives up too early. Of a long run, no other strategy is likely to come upon them.
#pragma once

#include <cstddef>
#include <string_view>

#include "explore/strategy.h"

namespace ipcgrade {

/// One run for each of the first tasks of the fair run.
class ImpatientStrategy final : public Strategy {
 public:
  explicit ImpatientStrategy(const Trace& fair);

  [[nodiscard]] std::unique_ptr<Chooser> start(std::uint64_t run) override;
  void learn(std::uint64_t run, const Trace& trace) override;
  [[nodiscard]] bool exhausted() const override { return next_ == tasks_; }
  [[nodiscard]] std::string_view name() const override { return "impatient"; }

 private:
  std::size_t tasks_;
  std::size_t next_ = 0;
};

}  // namespace ipcgrade
