#include "grade/channels.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "detect/identity.h"
#include "detect/wrong_channel.h"

namespace ipcgrade {
namespace {

using sandbox::Expected;

/// Nothing: the lab does not ask for it.
std::optional<Stage> stage_of(const Assignment& assignment, Kind kind) {
  const auto check = std::ranges::find_if(assignment.checks, [&](const Check& one) {
    return std::ranges::find(one.kinds, kind) != one.kinds.end();
  });
  return check == assignment.checks.end() ? std::nullopt : std::optional(check->stage);
}

class ChannelSearch {
 public:
  ChannelSearch(const HeldSpec& spec, const FairRuns& fair) : spec_(spec), fair_(fair) {}

  Expected<ChannelReport> go() {
    const auto stage = stage_of(spec_.assignment, Kind::kWrongChannel);
    for (const Channel& channel : spec_.assignment.channels) {
      const auto one = fair_.find(channel.scenario);
      const auto other = fair_.find(channel.other_scenario);
      if (!stage || one == fair_.end() || other == fair_.end()) continue;
      if (auto done = judge(channel, *stage, one->second, other->second); !done) {
        return std::unexpected(done.error());
      }
    }
    return std::move(report_);
  }

 private:
  [[nodiscard]] std::optional<Finding> detect(const Channel& channel, Stage stage,
                                              const FairRun& one, const FairRun& other,
                                              const Trace& trace, const Trace& other_trace) const {
    const auto& scenarios = spec_.assignment.scenarios;
    return detect_wrong_channel(channel, stage, {scenarios[one.schedule.scenario], trace},
                                {scenarios[other.schedule.scenario], other_trace});
  }

  Expected<void> judge(const Channel& channel, Stage stage, const FairRun& one,
                       const FairRun& other) {
    const auto found = detect(channel, stage, one, other, *one.trace, *other.trace);
    if (!found) return {};
    const auto again = replay_schedule(spec_, one.schedule);
    if (!again) return std::unexpected(again.error());
    const auto other_again = replay_schedule(spec_, other.schedule);
    if (!other_again) return std::unexpected(other_again.error());
    std::optional<Finding> told;
    if (*again && *other_again) {
      told = detect(channel, stage, one, other, **again, **other_again);
    }
    if (!told || identity(*told) != identity(*found)) {
      report_.inconclusive.push_back(identity(*found));
      return {};
    }
    const FairRun& shown = told->scenario == channel.scenario ? one : other;
    told->schedule = encode({spec_.origin, shown.schedule});
    told->replay = spec_.replay(told->schedule);
    report_.findings.push_back(*std::move(told));
    return {};
  }

  const HeldSpec& spec_;
  const FairRuns& fair_;
  ChannelReport report_;
};

}  // namespace

bool is_in_channel(const Assignment& assignment, const std::string& scenario) {
  return std::ranges::any_of(assignment.channels, [&](const Channel& one) {
    return one.scenario == scenario || one.other_scenario == scenario;
  });
}

Expected<ChannelReport> search_channels(const HeldSpec& spec, const FairRuns& fair) {
  return ChannelSearch(spec, fair).go();
}

}  // namespace ipcgrade
