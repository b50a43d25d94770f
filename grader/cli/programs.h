// The options that say which programs are run where there is no lab: of `explore` and `replay`.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "grade/explore_programs.h"

namespace ipcgrade {

struct ProgramOptions {
  std::vector<std::string> commands;
  std::string folder = ".";
  std::string build;
  std::string input;  ///< a file
  double stall = 5;   ///< seconds
};

/// --run, --dir, --build, --stdin, --stall
void add_program_options(CLI::App& command, ProgramOptions& options);

/// What they say. Nothing where the file of --stdin can't be read, which is said.
[[nodiscard]] std::optional<ProgramsToExplore> programs_of(const Context& context,
                                                           const ProgramOptions& options);

/// The options as they are typed, without those that have their usual value.
[[nodiscard]] std::string text_of(const ProgramOptions& options);

}  // namespace ipcgrade
