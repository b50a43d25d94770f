// A scenario in every order: the fair run, the search, failing calls one by one; each finding made
// short, replayed and told.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "assignment/assignment.h"
#include "compile/build.h"
#include "explore/explorer.h"
#include "explore/schedule.h"
#include "explore/token.h"
#include "grade/progress.h"
#include "sandbox/policy.h"
#include "supervise/chooser.h"
#include "trace/trace.h"
#include "verdict/verdict.h"

namespace ipcgrade {

/// Why there is no verdict where SearchOptions::stop said so, or what the reason begins with.
inline constexpr const char* kWasStopped = "it was stopped before it was done";

[[nodiscard]] Ungraded kind_of(std::string_view ungraded_reason);

/// Processor time for each scenario, in all workers and programs together. Where it ends the
/// search, the result depends on the machine's speed, though not on what else it does: only
/// programs reach it that compute for long.
inline constexpr std::chrono::seconds kMostCpuTime{240};

struct SearchOptions {
  std::uint64_t seed = 1;
  std::size_t most_schedules = 2'000;
  std::size_t jobs = 1;  ///< workers; the result does not depend on it
  /// Seconds for each scenario. Where it ends the search, the result depends on the machine's
  /// speed, and on what else it does. Nothing: as much as it takes, up to kMostCpuTime.
  std::optional<double> budget{};
  int stop = -1;  ///< as in GradeOptions
  /// Told of each search: of Progress what, orders, most_orders, findings (its own) and
  /// seconds_left are set. May be empty.
  TellProgress progress{};
};

/// The command that replays an order, given its token.
using ReplayCommand = std::function<std::string(const std::string&)>;

struct HeldSpec {
  const sandbox::Host& host;
  const Assignment& assignment;
  const sandbox::Policy& policy;
  const std::vector<Program>& programs;  ///< instrumented, where that could be done
  Origin origin;                         ///< for tokens
  ReplayCommand replay;
  SearchOptions search;
  /// Programs that computed in an earlier scenario for as long as they may: they are not given as
  /// much again.
  std::set<std::string> burners{};
};

struct ScenarioReport {
  std::vector<Finding> findings;
  Exploration exploration;
  std::optional<sandbox::Isolation> isolation;
  /// What was found once and could not be shown again: faults of ours, which accuse nobody.
  std::vector<std::string> inconclusive;
  /// What every task did that can't be held; then there is no verdict.
  std::string unmodelled;
  /// The fair run went on for longer than is looked at: the run at full speed says what it prints.
  bool too_long = false;
  /// nullptr where a run at full speed says that the held ones are not to be used.
  SharedTrace fair;
  Schedule fair_schedule;
  std::set<std::string> burners;  ///< as in HeldSpec, of the fair run
};

/// The scenario at full speed.
struct FullSpeed {
  using Most = std::optional<std::chrono::milliseconds>;
  /// Its run, borrowed; nullptr where it goes on. It is waited for until it is over, or for `most`
  /// from its begin. Empty: there is none.
  std::function<sandbox::Expected<const Trace*>(Most most)> wait;
  /// Another, which is ended after `most`.
  std::function<sandbox::Expected<Trace>(Most most)> again;
};

/// `index` is the scenario's in the assignment. The run at full speed is a check on ourselves,
/// since what it came to must be what some order comes to; where it decides the scenario (run/),
/// what was found is not to be used. An error is the machine's or ours.
[[nodiscard]] sandbox::Expected<ScenarioReport> search_scenario(const HeldSpec& spec,
                                                                std::size_t index,
                                                                const FullSpeed& full_speed);

/// The same without a run at full speed, and with runs that somebody else makes: of `spec`, its
/// host, policy and programs are not looked at. ScenarioReport::isolation stays empty.
[[nodiscard]] sandbox::Expected<ScenarioReport> search_scenario(const HeldSpec& spec,
                                                                std::size_t index,
                                                                const RunnerMaker& make);

/// What is wrong where the run at full speed came to a limit, with what the fair run says, held: it
/// knows where the programs stood, and how they came there. `full_speed` alone, where that does not
/// come to the same limit, or not soon.
[[nodiscard]] sandbox::Expected<std::vector<Finding>> tell_limit(const HeldSpec& spec,
                                                                 std::size_t index,
                                                                 const Trace& full_speed);

/// The cores that this thread may use, at least one; workers take them in turn. The first is the
/// one that it runs on, which the kernel has chosen beside whatever else runs: several graders at
/// once do not all begin with the same one.
[[nodiscard]] std::vector<int> usable_cores();

/// One run of a schedule, with the places of its events. Nothing where it does not apply (any
/// more).
[[nodiscard]] sandbox::Expected<std::optional<Trace>> replay_schedule(const HeldSpec& spec,
                                                                      const Schedule& schedule);
[[nodiscard]] sandbox::Expected<std::optional<Trace>> replay_schedule(const Runner& runner,
                                                                      const Schedule& schedule);

}  // namespace ipcgrade
