// Whether data went the way that a lab's channels say: the fair runs of two scenarios, compared.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "explore/explorer.h"
#include "explore/schedule.h"
#include "grade/held_scenario.h"
#include "trace/finding.h"

namespace ipcgrade {

struct FairRun {
  SharedTrace trace;
  Schedule schedule;
};
using FairRuns = std::map<std::string, FairRun>;  ///< by the scenarios' ids

struct ChannelReport {
  std::vector<Finding> findings;
  std::vector<std::string> inconclusive;  ///< as in ScenarioReport
};

/// Whether a channel compares that scenario.
[[nodiscard]] bool is_in_channel(const Assignment& assignment, const std::string& scenario);

/// Of the channels whose scenarios both have a fair run. What is found is replayed, and told only
/// when the same comes out. An error is the machine's or ours.
[[nodiscard]] sandbox::Expected<ChannelReport> search_channels(const HeldSpec& spec,
                                                               const FairRuns& fair);

}  // namespace ipcgrade
