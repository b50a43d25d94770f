// Each mechanism in two programs of mechanisms/: in NAME_orders.c it alone orders two processes,
// and nothing may be found; NAME_forgot.c forgot or misplaced it, and says in its first line what
// is to be found. A pair is added by adding the two files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "../support/process.h"
#include "counted_kinds.h"

namespace ipcgrade::test {
namespace {

using testing::Contains;
using testing::IsEmpty;

const std::filesystem::path kPrograms = IPCGRADE_MECHANISMS;

std::vector<std::string> programs() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kPrograms)) {
    if (entry.path().extension() == ".c") names.push_back(entry.path().stem());
  }
  std::ranges::sort(names);
  return names;
}

class MechanismTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const Ran ran = run({IPCGRADE_BINARY, "sandbox", "--", "true"});
    if (ran.status != 0) GTEST_SKIP() << ran.errors;
  }

  Ran explore() const {
    const std::string source = GetParam() + ".c";
    std::filesystem::create_directories(folder_ / "programs");
    for (const auto& entry : std::filesystem::directory_iterator(kPrograms)) {
      const std::filesystem::path name = entry.path().filename();
      if (name != source && name.extension() != ".h") continue;
      std::filesystem::copy_file(entry.path(), folder_ / "programs" / name);
    }
    return run({IPCGRADE_BINARY, "explore", "--dir", folder_ / "programs", "--build",
                "gcc -D_GNU_SOURCE -g -O1 -pthread -o program " + source, "--run", "./program",
                "--schedules", "100", "--json", folder_ / "report.json"});
  }

  std::vector<std::string> kinds() const { return counted_kinds(folder_ / "report.json"); }

  /// The kind in "// finds: data-race", the first line; empty without one.
  static std::string expected() {
    constexpr std::string_view kFinds = "// finds: ";
    const std::string text = contents(kPrograms / (GetParam() + ".c"));
    if (!text.starts_with(kFinds)) return "";
    return text.substr(kFinds.size(), text.find('\n') - kFinds.size());
  }

  TemporaryFolder folder_;
};

TEST_P(MechanismTest, IsJudgedRight) {
  const Ran ran = explore();
  if (GetParam().ends_with("_orders")) {
    EXPECT_EQ(expected(), "");
    EXPECT_EQ(ran.status, 0) << ran.output << ran.errors;
    EXPECT_THAT(kinds(), IsEmpty()) << ran.output;
  } else {
    EXPECT_EQ(ran.status, 1) << ran.output << ran.errors;
    EXPECT_THAT(kinds(), Contains(expected())) << ran.output;
  }
}

INSTANTIATE_TEST_SUITE_P(Mechanisms, MechanismTest, testing::ValuesIn(programs()),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace ipcgrade::test
