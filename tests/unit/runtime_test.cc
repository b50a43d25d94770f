// The runtime where nobody holds the program: whatever it interposes is as libc's. The programs are
// in support/runtime.
#include "runtime/runtime.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <string>

namespace ipcgrade {
namespace {

std::string printed_by(const std::string& command) {
  std::FILE* output = ::popen(command.c_str(), "r");
  if (output == nullptr) throw std::runtime_error("popen");
  std::string printed;
  std::array<char, 4096> piece{};
  while (std::fgets(piece.data(), piece.size(), output) != nullptr) printed += piece.data();
  ::pclose(output);
  return printed;
}

std::string preloaded(const std::string& program) {
  return printed_by("LD_PRELOAD=" IPCGRADE_RUNTIME " timeout 120 " + program + " 2>&1");
}

TEST(RuntimeTest, StringFunctionsAreAsLibcs) {
  EXPECT_EQ(preloaded(IPCGRADE_STRINGS_GUEST), "ok\n");
}

TEST(RuntimeTest, SynchronisationIsLibcs) { EXPECT_EQ(preloaded(IPCGRADE_SYNC_GUEST), "ok\n"); }

TEST(RuntimeTest, InstrumentedProgramsRun) {
  EXPECT_EQ(preloaded(IPCGRADE_ATOMICS_GUEST), "ok\n");
  EXPECT_EQ(printed_by("timeout 120 " IPCGRADE_ATOMICS_GUEST), "ok\n") << "without LD_PRELOAD";
}

TEST(RuntimeTest, OtherPeoplesProgramsRun) {
  EXPECT_EQ(preloaded("sh -c 'echo x | sort | tr x y'"), "y\n");
}

TEST(RuntimeTest, ItsBytesArePartOfThisProgram) {
  std::ifstream file(IPCGRADE_RUNTIME, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(runtime_library(), bytes);
  EXPECT_THAT(bytes, testing::StartsWith("\x7f"
                                         "ELF"));
}

}  // namespace
}  // namespace ipcgrade
