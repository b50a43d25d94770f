#include "grade/inputs.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "detect/match.h"

namespace ipcgrade {
namespace {

using sandbox::Expected;

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

/// What may be the mark, the likeliest first: that text; the whole message, with the zero byte
/// behind the text; the text behind a letter that says what sort of message it is.
std::vector<std::string> marks_of(const std::string& message) {
  std::vector<std::string> marks{mark_of(message)};
  const std::string likeliest = marks.front();
  for (const std::string& other : {message, likeliest.empty() ? likeliest : likeliest.substr(1)}) {
    if (!other.empty() && std::ranges::find(marks, other) == marks.end()) marks.push_back(other);
  }
  return marks;
}

/// The outputs that are somebody's input.
void fill_in_outputs(Scenario& scenario) {
  for (Result& result : scenario.results) {
    for (ExpectedEnd& end : result.programs) {
      const auto giver =
          std::ranges::find(scenario.starts, end.output_is_input_of, &Start::program);
      if (giver != scenario.starts.end()) end.output = giver->input;
    }
  }
}

/// The message that the program sends last in the fair run of that scenario; nothing where there
/// is no such run, or program.
Expected<std::optional<std::string>> last_sent(const HeldSpec& spec, const std::string& scenario,
                                               const std::string& program) {
  const auto from = std::ranges::find(spec.assignment.scenarios, scenario, &Scenario::id);
  const auto index = static_cast<std::size_t>(from - spec.assignment.scenarios.begin());
  const auto run = replay_schedule(spec, Schedule{.scenario = index});
  if (!run) return std::unexpected(run.error());
  if (!*run) return std::nullopt;
  const auto sender = std::ranges::find((*run)->processes, program, &ProcessRecord::program);
  if (sender == (*run)->processes.end()) return std::nullopt;
  return sender->last_sent;
}

/// Fills in the first mark that the programs get wrong when it is data; the likeliest, where there
/// is none such. `start` is one of the scenario with that index.
Expected<void> fill_in_mark(const HeldSpec& spec, Assignment& filled, std::size_t index,
                            Start& start, const std::string& message) {
  Scenario& scenario = filled.scenarios[index];
  const std::vector<std::string> marks = marks_of(message);
  for (const std::string& mark : marks) {
    start.input = mark;
    if (marks.size() == 1) return {};
    fill_in_outputs(scenario);
    const auto run = replay_schedule(
        {spec.host, filled, spec.policy, spec.programs, spec.origin, {}, spec.search},
        Schedule{.scenario = index});
    if (!run) return std::unexpected(run.error());
    if (*run && matching_result(scenario, **run) == nullptr) return {};
  }
  start.input = marks.front();
  return {};
}

}  // namespace

Expected<Assignment> with_inputs(const HeldSpec& spec) {
  Assignment filled = spec.assignment;
  for (std::size_t index = 0; index < filled.scenarios.size(); ++index) {
    for (Start& start : filled.scenarios[index].starts) {
      if (start.input_last_sent.empty()) continue;
      const auto message = last_sent(spec, start.input_last_sent, start.program);
      if (!message) return std::unexpected(message.error());
      if (!*message) continue;
      const auto done = fill_in_mark(spec, filled, index, start, **message);
      if (!done) return std::unexpected(done.error());
    }
    fill_in_outputs(filled.scenarios[index]);
  }
  return filled;
}

}  // namespace ipcgrade
