#include "grade/inputs.h"

#include <algorithm>
#include <string>

namespace ipcgrade {
namespace {

/// What a program marks the end with, when its last message says so: a text in it, or, where there
/// is none, the whole of it.
std::string mark_of(const std::string& message) {
  std::string longest;
  for (std::size_t begin = 0; begin < message.size();) {
    const std::size_t end = std::min(message.find('\0', begin), message.size());
    if (end - begin > longest.size()) longest = message.substr(begin, end - begin);
    begin = end + 1;
  }
  return longest.empty() ? message : longest;
}

}  // namespace

sandbox::Expected<Assignment> with_inputs(const HeldSpec& spec) {
  Assignment filled = spec.assignment;
  for (Scenario& scenario : filled.scenarios) {
    for (Start& start : scenario.starts) {
      if (start.input_last_sent.empty()) continue;
      const auto from =
          std::ranges::find(spec.assignment.scenarios, start.input_last_sent, &Scenario::id);
      const auto index = static_cast<std::size_t>(from - spec.assignment.scenarios.begin());
      const auto run = replay_schedule(spec, Schedule{.scenario = index});
      if (!run) return std::unexpected(run.error());
      if (!*run) continue;
      const auto sender =
          std::ranges::find((*run)->processes, start.program, &ProcessRecord::program);
      if (sender != (*run)->processes.end()) start.input = mark_of(sender->last_sent);
    }
    for (Result& result : scenario.results) {
      for (ExpectedEnd& end : result.programs) {
        const auto giver =
            std::ranges::find(scenario.starts, end.output_is_input_of, &Start::program);
        if (giver != scenario.starts.end()) end.output = giver->input;
      }
    }
  }
  return filled;
}

}  // namespace ipcgrade
