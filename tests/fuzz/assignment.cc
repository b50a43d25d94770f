// assignment.toml: every mistake has its place, and what is read can be graded by.
#include <algorithm>
#include <string>
#include <vector>

#include "assignment/parse.h"
#include "fuzz/fuzz.h"

namespace {

using namespace ipcgrade;
using fuzz::expect;

const std::vector<std::string_view> kGroups{
    "sysv-shared-memory", "sysv-semaphores", "sysv-queues", "posix-ipc",  "signals", "timers",
    "local-sockets",      "network",         "exec",        "peer-memory"};

std::expected<std::string, std::string> read_file(const std::string& name) {
  if (name.ends_with(".txt")) return "some text\n";
  return std::unexpected("there is none");
}

void check_places(const AssignmentError& error, std::string_view text) {
  expect(!error.diagnostics.empty(), "who is refused hears why");
  const auto lines = static_cast<std::uint32_t>(std::ranges::count(text, '\n') + 1);
  for (const Diagnostic& one : error.diagnostics) {
    expect(!one.message.empty(), "a mistake has a message");
    expect(one.file == "assignment.toml", "a mistake has its file");
    expect(one.line <= lines, "the line of a mistake is one of the file's");
    expect((one.line == 0) == (one.column == 0), "a line has a column");
  }
}

void check_lab(const Assignment& lab) {
  expect(!lab.name.empty() && !lab.title.empty(), "a lab has a name and a title");
  expect(!lab.programs.empty(), "a lab has programs");
  expect(!lab.checks.empty(), "a lab has checks");
  const auto is_program = [&](const std::string& name) {
    return std::ranges::find(lab.programs, name) != lab.programs.end();
  };
  for (const Check& check : lab.checks) expect(check.points >= 0, "no check takes points away");
  for (const Scenario& scenario : lab.scenarios) {
    expect(std::ranges::all_of(scenario.starts, is_program, &Start::program),
           "what a scenario starts is a program of the lab");
    for (const Result& result : scenario.results) {
      expect(std::ranges::all_of(result.programs, is_program, &ExpectedEnd::program),
             "a result is about programs of the lab");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::Input(data, size).rest();
  const auto lab = parse_assignment_text(text, "assignment.toml", kGroups, read_file);
  lab ? check_lab(*lab) : check_places(lab.error(), text);
  return 0;
}
