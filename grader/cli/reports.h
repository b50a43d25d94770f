// A verdict as it leaves the program: on the terminal, in the files that were asked for, as the
// exit status. And the options for that, and for how it is searched.
#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <string>

#include "cli/commands.h"
#include "grade/held_scenario.h"
#include "report/gradescope.h"
#include "report/text.h"
#include "verdict/verdict.h"

namespace ipcgrade {

/// Where reports go: nowhere (empty), to stdout (-) or to a file.
struct ReportTargets {
  std::string json;
  std::string junit;
  std::string html;
  std::string sarif;
  std::string gradescope;
  std::string classroom;
  std::string junit_flavor = "extended";
  GradescopeOptions on_gradescope{};

  /// All of them.
  [[nodiscard]] std::array<const std::string*, 6> files() const {
    return {&json, &junit, &html, &sarif, &gradescope, &classroom};
  }
  /// How many go to stdout.
  [[nodiscard]] std::size_t on_stdout() const {
    return static_cast<std::size_t>(
        std::ranges::count(files(), "-", [](const std::string* one) { return *one; }));
  }
};

/// --json, --junit and --junit-flavor, --html, --sarif, --gradescope, --classroom
void add_report_options(CLI::App& command, ReportTargets& targets);
/// --schedules, --budget, --seed
void add_search_options(CLI::App& command, SearchOptions& search);

/// The text of a source file of what was graded; nullptr for what is none.
using SourceText = std::function<const std::string*(const std::string& path)>;

/// Of a hand-in, and of the folder of programs without a lab, as they are now; of one that can't be
/// read, nothing.
[[nodiscard]] SourceText source_of_submission(const std::filesystem::path& folder);
[[nodiscard]] SourceText source_of_submission(Submission submission);
[[nodiscard]] SourceText source_of_folder(const std::filesystem::path& folder);

/// Its lines. From the copy that was read: a place that debug information names may be any file of
/// the machine's.
[[nodiscard]] FindSourceLine source_lines(SourceText source);

/// False where two of them can't both be had, which is said.
[[nodiscard]] bool can_be_written(const Context& context, const ReportTargets& targets);
/// Writes what can be had before all is known, into files only: results.json of Gradescope. True
/// where that was done.
bool report_so_far(Context& context, const ReportTargets& targets, const Verdict& verdict);
/// Writes all of them, and gives the exit status.
[[nodiscard]] int report(Context& context, const ReportTargets& targets, const Verdict& verdict,
                         const SourceText& source);

/// When it is, as JUnit has it: 2026-01-31T12:00:00, of UTC.
[[nodiscard]] std::string now_text();

/// A word as a shell takes it, for commands that are shown to be copied.
[[nodiscard]] std::string quoted(const std::string& word);

}  // namespace ipcgrade
