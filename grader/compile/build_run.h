// What every build has in common: it is one command in a box, and ends in an error that is cut to
// what helps, or in none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compile/build.h"
#include "compile/messages.h"
#include "sandbox/box.h"
#include "sandbox/error.h"
#include "trace/finding.h"

namespace ipcgrade {

inline constexpr std::uint64_t kMostOfProgram = 64ULL << 20;  ///< bytes

/// Generous to an honest build on a slow machine; an endless one is over in a minute.
[[nodiscard]] sandbox::Limits build_limits();

struct BuildRun {
  std::string printed;  ///< stdout and stderr
  sandbox::CommandEnd end;
  std::optional<sandbox::Cause> cause;

  [[nodiscard]] bool succeeded() const;    ///< with status 0
  [[nodiscard]] bool was_stopped() const;  ///< by sandbox::BoxSpec::stop
  /// Whether something else than the box ended the compiler, or a part of it, by SIGKILL: a machine
  /// without memory does. Only of a build in which no code of the student's runs.
  [[nodiscard]] bool was_killed_from_outside() const;
};

/// Runs a command in a box to its end; nothing of the box runs afterwards. `words` with the name
/// that it is called by. An error is the machine's.
[[nodiscard]] sandbox::Expected<BuildRun> run_build(sandbox::Box& box, const std::string& path,
                                                    std::vector<std::string> words,
                                                    Instrument instrument);

[[nodiscard]] Finding build_error(std::string message, std::string hint = "");

/// Why a build was ended by something else than itself; nothing where it was not.
[[nodiscard]] std::optional<Finding> cut_short(const std::string& what, const BuildRun& run);

/// Of a build that ended with a status that is not 0: `what`, "server.c does not compile", and the
/// first errors.
[[nodiscard]] Finding compile_error(const std::string& what, const std::string& program,
                                    const std::string& printed,
                                    const std::vector<CompilerMessage>& messages);

/// The same Makefile rule or header warns in each program: a line is told once.
void add_warnings(std::vector<std::string>& warnings, const std::vector<CompilerMessage>& messages);

}  // namespace ipcgrade
