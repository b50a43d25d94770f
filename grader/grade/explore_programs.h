// Any programs in every order, without a lab: what `explore` shows.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "grade/grade.h"
#include "sandbox/error.h"
#include "sandbox/host.h"
#include "verdict/verdict.h"

namespace ipcgrade {

struct ProgramsToExplore {
  std::vector<std::string> commands;  ///< as --run gave them
  std::filesystem::path folder;       ///< they see a private copy of it
  std::string build;                  ///< the command that builds in that copy; empty: none
  std::string input;                  ///< stdin of each
  std::chrono::nanoseconds stall{};   ///< how long tasks may stand still in a run, all together
};

/// A verdict without points: each check says whether its sort of fault was found. An error is wrong
/// input, a sentence: a folder that can't be read, a command that is not found.
[[nodiscard]] sandbox::Expected<Verdict> explore_programs(const sandbox::Host& host,
                                                          const ProgramsToExplore& programs,
                                                          const GradeOptions& options);

/// As replay_token(), of a token that explore_programs() gave.
[[nodiscard]] sandbox::Expected<Replayed> replay_programs(const sandbox::Host& host,
                                                          const ProgramsToExplore& programs,
                                                          const std::string& token, int stop);

}  // namespace ipcgrade
