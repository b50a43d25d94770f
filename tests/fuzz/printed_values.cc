// A program's output beside what is right, with values in it: "{k}". Up to a NUL the right one.
#include <string>

#include "detect/match.h"
#include "fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ipcgrade;
  using fuzz::expect;
  fuzz::Input input(data, size);
  ExpectedEnd expected;
  expected.program = "game";
  expected.output = input.take_until('\0');
  expected.values = {{"k", RoundsSoFar{}}, {"address", PeerAddress{}}};
  Trace trace;
  ProcessRecord& process = trace.processes.emplace_back();
  process.program = "game";
  process.end = sandbox::Exited{0};
  process.output = input.rest();
  const OutputMatch match = match_output(expected, process, trace);
  if (match.right) {
    expect(match.right_text == process.output, "what is right is what was printed");
    expect(match.wrong_value.empty(), "what is right has no wrong value");
  }
  if (expected.output.find('{') == std::string::npos) {
    expect(match.right == (expected.output == process.output),
           "without values, bytes are compared");
  }
  Scenario scenario;
  Result result;
  result.programs.push_back(expected);
  scenario.results.push_back(result);
  const bool is_matched = matching_result(scenario, trace) != nullptr;
  expect(is_matched == match.right, "a run is right where its output is");
  return 0;
}
