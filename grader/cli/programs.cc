#include "cli/programs.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "cli/reports.h"

namespace ipcgrade {

void add_program_options(CLI::App& command, ProgramOptions& options) {
  command
      .add_option("--run", options.commands,
                  "A program to run, with its arguments; may be given again: all of them share a "
                  "folder, /tmp and IPC objects, and each may start at any moment within 5 seconds "
                  "of the others")
      ->option_text("'CMD'")
      ->allow_extra_args(false);
  command
      .add_option("--dir", options.folder,
                  "The folder that the programs see as theirs, a private copy; the current one "
                  "unless told")
      ->option_text("DIR");
  command
      .add_option("--build", options.build,
                  "Build in that copy first, with every compiler call in it instrumented, so that "
                  "atomic accesses are known from plain ones")
      ->option_text("'CMD'");
  command.add_option("--stdin", options.input, "What each program reads from its standard input")
      ->option_text("FILE");
  command
      .add_option("--stall", options.stall,
                  "For how long processes may be stalled in a run, all together (5)")
      ->check(CLI::NonNegativeNumber)
      ->option_text("SECONDS");
}

std::optional<ProgramsToExplore> programs_of(const Context& context,
                                             const ProgramOptions& options) {
  ProgramsToExplore programs;
  programs.commands = options.commands;
  programs.folder = options.folder;
  programs.build = options.build;
  programs.stall = std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>(options.stall));
  if (options.input.empty()) return programs;
  errno = 0;
  std::ifstream file(options.input, std::ios::binary);
  programs.input.assign(std::istreambuf_iterator<char>(file), {});
  std::error_code error;
  if (!file.bad() && file.is_open() && !std::filesystem::is_directory(options.input, error)) {
    return programs;
  }
  context.console.error(options.input + ": " +
                        (errno == 0 ? "can't be read" : std::strerror(errno)));
  return std::nullopt;
}

std::string text_of(const ProgramOptions& options) {
  const ProgramOptions usual;
  std::string text;
  const auto add = [&text](std::string_view name, const std::string& value) {
    text += fmt::format("{}{} {}", text.empty() ? "" : " ", name, quoted(value));
  };
  for (const std::string& command : options.commands) add("--run", command);
  if (options.folder != usual.folder) add("--dir", options.folder);
  if (!options.build.empty()) add("--build", options.build);
  if (!options.input.empty()) add("--stdin", options.input);
  if (options.stall != usual.stall) add("--stall", fmt::format("{}", options.stall));
  return text;
}

}  // namespace ipcgrade
