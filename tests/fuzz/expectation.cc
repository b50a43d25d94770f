// NAME.toml beside a hand-in whose grade is known.
#include "verify/expectation.h"

#include <string>

#include "fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ipcgrade;
  using fuzz::expect;
  static const Assignment kLab = [] {
    Assignment lab;
    for (const char* id : {"build", "output", "every-order"}) {
      Check check;
      check.id = id;
      check.points = 2;
      lab.checks.push_back(check);
    }
    Scenario scenario;
    scenario.id = "together";
    lab.scenarios.push_back(scenario);
    return lab;
  }();
  const std::string_view text = fuzz::Input(data, size).rest();
  const auto read = parse_expectation(text, "x.toml", kLab, Sort::kWrong);
  if (!read) {
    expect(!read.error().diagnostics.empty(), "who is refused hears why");
    return 0;
  }
  expect(!read->about.empty(), "it says what it is about");
  expect(!read->score || (*read->score >= 0 && *read->score <= 6), "points are those of the lab");
  for (const std::string& line : read->lines) {
    expect(read->kinds.contains(line.substr(0, line.find(' '))), "a line is of a kind it has");
  }
  return 0;
}
