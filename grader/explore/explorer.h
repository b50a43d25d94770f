// Runs strategies on a scenario, and keeps what was found: for each finding the run that shows it
// with the fewest switches. Knows neither programs nor detectors: runs and judges are passed in.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "explore/schedule.h"
#include "explore/strategy.h"
#include "explore/worker_pool.h"

namespace ipcgrade {

/// What makes two findings the same one: kind, places, whatever the judge puts in. Any bytes.
using FindingKey = std::string;

/// A run, which may be long: who keeps it shares it.
using SharedTrace = std::shared_ptr<const Trace>;

/// What is wrong in a run. Called in the thread that explores, in the order of the runs.
using Judge = std::function<std::vector<FindingKey>(const SharedTrace&)>;

struct Explored;

struct ExploreOptions {
  std::size_t scenario = 0;  ///< for the schedules
  RunOptions run;
  std::uint64_t seed = 1;
  std::size_t most_schedules = 20'000;
  /// In all runs together: long ones are fewer. Asked for anew after each few runs.
  std::function<std::size_t()> most_events = [] { return 1'000'000; };
  /// Whether the time is over, asked after each few runs. Where it ends the search, the result
  /// depends on the machine's speed.
  std::function<bool()> is_late = [] { return false; };
  /// Once something was found: so many runs without anything new end the search.
  std::size_t patience = 1'000;
  /// Traces of no more decisions than this, with more than one choice, are worth a search through
  /// all orders.
  std::size_t small = 2'000;
  std::function<bool()> stop = [] { return false; };  ///< asked now and then
  /// Is told now and then how far it has come: of the result, the counts and what was found.
  std::function<void(const Explored&)> progress = [](const Explored&) {};
};

enum class ExploreEnd : std::uint8_t {
  kGoesOn,
  kExhausted,  ///< all inequivalent orders were run
  kSchedules,  ///< most_schedules, or most_events
  kBudget,
  kPatience,
  kStopped,     ///< by ExploreOptions::stop
  kUnmodelled,  ///< a run came upon what can't be held: no verdict can be given
};

struct FoundOrder {
  FindingKey key;
  Schedule schedule;
  std::size_t switches = 0;
  std::size_t first_run = 0;  ///< counted from 0: how soon it was found
  std::size_t times = 0;      ///< in how many runs
  std::string strategy;       ///< that made the schedule
};

struct Explored {
  std::size_t schedules = 0;  ///< runs made, those that were abandoned too
  std::size_t distinct = 0;   ///< of them, not equivalent
  bool exhaustive = false;
  double seconds = 0;
  ExploreEnd end = ExploreEnd::kGoesOn;
  std::string unmodelled;         ///< Trace::unmodelled
  std::vector<FoundOrder> found;  ///< in the order in which they were found first
};

class Explorer {
 public:
  /// REQUIRES: the pool outlives the explorer.
  Explorer(WorkerPool& pool, Judge judge, ExploreOptions options);

  /// Makes up to `most` runs of `strategy`, numbered on from its earlier ones, until it gives none
  /// or the search is over. REQUIRES: strategies live until the last run. An error is a runner's;
  /// nothing more can be done then.
  [[nodiscard]] sandbox::Expected<void> run(Strategy& strategy, std::size_t most);

  /// The search is to end, whatever is left.
  [[nodiscard]] bool over() const { return result_.end != ExploreEnd::kGoesOn; }

  /// To be told when a strategy that goes through all orders has done so.
  void set_exhausted();

  [[nodiscard]] const Explored& result() const { return result_; }
  [[nodiscard]] Explored finish();

  [[nodiscard]] const ExploreOptions& options() const { return options_; }

 private:
  void take_in(Strategy& strategy, std::uint64_t number, const SharedTrace& run);
  void find(const Strategy& strategy, const SharedTrace& run);
  [[nodiscard]] std::size_t affordable() const;
  void decide_end();

  WorkerPool& pool_;
  Judge judge_;
  ExploreOptions options_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::map<const Strategy*, std::uint64_t> next_runs_;
  std::set<std::uint64_t> seen_;  ///< hashes of orders
  std::map<FindingKey, std::size_t> indices_;
  std::size_t events_ = 0;    ///< of all runs, by effort_of()
  std::size_t length_ = 0;    ///< of all runs
  std::size_t last_new_ = 0;  ///< the run that found the last new finding
  Explored result_;
};

}  // namespace ipcgrade
