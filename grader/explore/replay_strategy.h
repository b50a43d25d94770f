// Makes a run again: from a schedule, or as near as can be to a list of actors.
#pragma once

#include <cstddef>
#include <vector>

#include "explore/schedule.h"
#include "explore/strategy.h"

namespace ipcgrade {

/// Follows a schedule: its deviations, and the usual choice everywhere else.
class ReplayChooser : public Chooser {
 public:
  explicit ReplayChooser(Schedule schedule) : schedule_(std::move(schedule)) {}

  [[nodiscard]] std::size_t choose(const Trace& so_far, const Decision& decision) override;

  /// How many deviations could not be taken, since their actor could not go on at that decision,
  /// or since the run ended before it. Ask when the run is over: more than 0 means that this is
  /// not the run that the schedule was taken from.
  [[nodiscard]] std::size_t missed() const;

 private:
  Schedule schedule_;
  std::size_t next_ = 0;  ///< deviation
  std::size_t applied_ = 0;
};

/// The run of a schedule, as near to it as can be. `tell`: as in RunOptions.
[[nodiscard]] sandbox::Expected<Trace> replay(const Runner& runner, const Schedule& schedule,
                                              bool tell);

/// Follows a list of actors, leaving out those that can't go on when their turn comes; after it,
/// the usual choice. For trying orders that are like one that was seen.
class GuidedChooser : public Chooser {
 public:
  explicit GuidedChooser(std::vector<Actor> actors) : actors_(std::move(actors)) {}

  [[nodiscard]] std::size_t choose(const Trace& so_far, const Decision& decision) override;

 private:
  std::vector<Actor> actors_;
  std::size_t next_ = 0;
};

/// The one run of a schedule.
class ReplayStrategy : public Strategy {
 public:
  explicit ReplayStrategy(Schedule schedule) : schedule_(std::move(schedule)) {}

  [[nodiscard]] std::unique_ptr<Chooser> start(std::uint64_t run) override;
  void learn(std::uint64_t run, const Trace& trace) override;
  [[nodiscard]] bool exhausted() const override { return started_; }
  [[nodiscard]] std::string_view name() const override { return "replay"; }

 private:
  Schedule schedule_;
  bool started_ = false;
};

}  // namespace ipcgrade
