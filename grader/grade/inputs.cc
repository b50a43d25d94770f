#include "grade/inputs.h"

#include <algorithm>
#include <string>

namespace ipcgrade {
namespace {

/// What a program marks the end with, when its last message says so: the text that it begins with,
/// or has behind numbers; or, where there is none, the whole of it. What stands behind that may be
/// left from earlier messages.
std::string mark_of(const std::string& message) {
  const auto is_text = [](unsigned char letter) { return letter >= ' ' && letter < 0x7f; };
  const std::string first = message.substr(0, message.find('\0'));
  const std::size_t zeros = std::min(message.find_first_not_of('\0', first.size()), message.size());
  const bool is_number =
      zeros >= sizeof(int) && first.size() < sizeof(int) && !std::ranges::all_of(first, is_text);
  for (std::size_t begin = 0; begin < message.size(); begin += sizeof(int)) {
    if (begin == 0 && is_number) continue;
    const std::string piece = message.substr(begin, message.find('\0', begin) - begin);
    if (!piece.empty() && (begin == 0 || is_text(static_cast<unsigned char>(piece.front())))) {
      return piece;
    }
  }
  return first.empty() ? message : first;
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
