// Programs in the manner of the IPC chapters of Unix programming textbooks (textbook/), with their
// habits: nothing may be found in them. "// run: COMMAND" lines of its head are what is started
// together; without one, ./program. Where there is a line "// FORGOT finds: KIND", that is found
// when the program is built with -DFORGOT. A program is added by adding its file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "../support/process.h"
#include "counted_kinds.h"

namespace ipcgrade::test {
namespace {

using testing::Contains;
using testing::IsEmpty;

const std::filesystem::path kPrograms = IPCGRADE_TEXTBOOK;
constexpr std::string_view kFinds = "// FORGOT finds: ";
constexpr std::string_view kForgot = "_forgot";

std::vector<std::string> programs() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kPrograms)) {
    if (entry.path().extension() != ".c") continue;
    names.push_back(entry.path().stem());
    if (contents(entry.path()).contains(kFinds))
      names.push_back(names.back() + std::string(kForgot));
  }
  std::ranges::sort(names);
  return names;
}

class TextbookTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const Ran ran = run({IPCGRADE_BINARY, "sandbox", "--", "true"});
    if (ran.status != 0) GTEST_SKIP() << ran.errors;
    std::istringstream lines(contents(kPrograms / source()));
    for (std::string line; std::getline(lines, line) && line.starts_with("// ");) {
      constexpr std::string_view kRun = "// run: ";
      if (forgot() && line.starts_with(kFinds)) finds_ = line.substr(kFinds.size());
      if (line.starts_with(kRun)) commands_.push_back(line.substr(kRun.size()));
    }
    if (commands_.empty()) commands_.emplace_back("./program");
  }

  static bool forgot() { return GetParam().ends_with(kForgot); }
  static std::string source() {
    const std::string& name = GetParam();
    return name.substr(0, name.size() - (forgot() ? kForgot.size() : 0)) + ".c";
  }

  Ran explore() const {
    const std::filesystem::path programs = folder_ / "programs";
    std::filesystem::create_directories(programs);
    for (const std::string& name : {source(), std::string("textbook.h")}) {
      std::filesystem::copy_file(kPrograms / name, programs / name);
    }
    std::vector<std::string> command{IPCGRADE_BINARY,
                                     "explore",
                                     "--dir",
                                     programs,
                                     "--build",
                                     "gcc -D_GNU_SOURCE -g -O1 -pthread " +
                                         std::string(forgot() ? "-DFORGOT " : "") + "-o program " +
                                         source()};
    for (const std::string& one : commands_) command.insert(command.end(), {"--run", one});
    command.insert(command.end(), {"--schedules", "80", "--json", folder_ / "report.json"});
    return run(command);
  }

  std::vector<std::string> kinds() const { return counted_kinds(folder_ / "report.json"); }

  std::string finds_;
  std::vector<std::string> commands_;
  TemporaryFolder folder_;
};

TEST_P(TextbookTest, IsJudgedRight) {
  const Ran ran = explore();
  EXPECT_EQ(ran.status, finds_.empty() ? 0 : 1) << ran.output << ran.errors;
  if (finds_.empty()) {
    EXPECT_THAT(kinds(), IsEmpty()) << ran.output;
  } else {
    EXPECT_THAT(kinds(), Contains(finds_)) << ran.output;
  }
}

INSTANTIATE_TEST_SUITE_P(Textbook, TextbookTest, testing::ValuesIn(programs()),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace ipcgrade::test
