// Orders in which one task is let look again and again for as long as the others may be stalled:
// whether who polls gives up too early. Every other strategy leaves a poll alone until somebody
// could have changed what it looks at.
#pragma once

#include <cstddef>
#include <set>
#include <string_view>
#include <tuple>
#include <vector>

#include "explore/schedule.h"
#include "explore/strategy.h"

namespace ipcgrade {

class StallStrategy final : public Strategy {
 public:
  explicit StallStrategy(std::size_t scenario) : scenario_(scenario) {}

  /// A run of any strategy: what could have been done there.
  void look_at(const Trace& trace);

  [[nodiscard]] std::unique_ptr<Chooser> start(std::uint64_t run) override;
  void learn(std::uint64_t run, const Trace& trace) override;
  [[nodiscard]] bool exhausted() const override { return next_ == schedules_.size(); }
  [[nodiscard]] std::string_view name() const override { return "stall"; }

 private:
  void add(const Trace& trace, std::size_t first, std::size_t more,
           const std::vector<Actor>& actors);

  std::size_t scenario_;
  std::vector<Schedule> schedules_;
  std::size_t next_ = 0;
  bool too_long_ = false;  ///< a stall takes more steps than a run may have: no use in more of them
  /// Who looks again, who is stalled, and how far that one had come.
  std::set<std::tuple<TaskId, TaskId, std::size_t>> known_;
};

}  // namespace ipcgrade
