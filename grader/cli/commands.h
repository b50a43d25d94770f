// What the subcommands share: how they are added, and what they are given.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <string>

#include "cli/console.h"
#include "cli/stop.h"
#include "sandbox/error.h"

namespace ipcgrade {

/// Exit statuses. Scripts rely on them.
inline constexpr int kExitPassed = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitWrongInput = 2;
inline constexpr int kExitUngraded = 3;

struct Context {
  Console console;
  Stop stop;
  std::filesystem::path assignments;  ///< the folder of the installed labs
  std::string program = "ipcgrade";   ///< how it was called, for commands to be copied
  bool man = false;                   ///< the man page is wanted, and nothing else
  /// Set by the subcommand that was given; run after everything is parsed.
  std::function<int()> action;
};

/// A command line that replays an order: what grades now, the token, and `subject`, which says of
/// what.
[[nodiscard]] std::function<std::string(const std::string&)> replay_command(
    const Context& context, const std::string& subject);

/// "ipcgrade 0.1.0"
[[nodiscard]] std::string tool_name();

/// Opens /dev/null in the place of a standard descriptor that is closed (`ipcgrade … <&-`), so that
/// 0, 1 and 2 are never another file's; writing to stdout fails as before. Before any Context is
/// made.
void open_standard_descriptors();

/// `act`'s exit status; where it throws, for want of memory or by a mistake of ours and never of a
/// student's, that of a grader that could not do its work, which is said without needing memory.
[[nodiscard]] int or_ungraded(const std::function<int()>& act) noexcept;

/// The exit status for an input that could not be read: wrong, but where the machine is in trouble.
[[nodiscard]] int status_of_unread(const sandbox::Error& error);

/// Parses, runs Context::action and gives the exit status.
[[nodiscard]] int parse_and_run(int argc, char** argv, CLI::App& app, Context& context);

/// Writes a report where it was asked for: nowhere (empty), to stdout (-) or to a file. True unless
/// that failed, which is said.
bool write_to(Context& context, const std::string& target, const std::string& text);

/// --color, -q and -v, which every subcommand has.
void add_common_options(CLI::App& command, Context& context);

void add_list(CLI::App& app, Context& context);
void add_new(CLI::App& app, Context& context);
void add_batch(CLI::App& app, Context& context);
void add_check(CLI::App& app, Context& context);
void add_explore(CLI::App& app, Context& context);
void add_replay(CLI::App& app, Context& context);
void add_explain(CLI::App& app, Context& context);
void add_export(CLI::App& app, Context& context);
void add_merge(CLI::App& app, Context& context);
void add_regrade(CLI::App& app, Context& context);
void add_show(CLI::App& app, Context& context);
void add_verify(CLI::App& app, Context& context);
void add_sandbox(CLI::App& app, Context& context);
void add_doctor(CLI::App& app, Context& context);

/// A man page (roff) of the whole command line, made from the same descriptions as --help.
[[nodiscard]] std::string man_page(const CLI::App& app);

}  // namespace ipcgrade
