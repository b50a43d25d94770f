#include "cli/reports.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "compile/folder_copy.h"
#include "compile/submission.h"
#include "report/classroom.h"
#include "report/gradescope.h"
#include "report/html.h"
#include "report/json.h"
#include "report/junit.h"
#include "report/sarif.h"
#include "report/terminal.h"

namespace ipcgrade {
namespace {

/// A line as gcc counts them: a carriage return ends one, too, with a newline behind it or without.
std::optional<std::string> source_line(const SourceText& source, const Location& location) {
  const std::string* text = source(location.file);
  if (text == nullptr || location.line <= 0) return std::nullopt;
  std::string_view rest = *text;
  for (int line = 1; !rest.empty(); ++line) {
    const std::size_t end = std::min(rest.find_first_of("\r\n"), rest.size());
    if (line == location.line) return std::string(rest.substr(0, end));
    const bool both = rest.substr(end).starts_with("\r\n");
    rest.remove_prefix(std::min(end + (both ? 2 : 1), rest.size()));
  }
  return std::nullopt;
}

bool write_all_reports(Context& context, const ReportTargets& targets, const Verdict& verdict,
                       const SourceText& source) {
  TerminalOptions terminal;
  const bool stdout_is_taken = targets.on_stdout() > 0;
  terminal.color = context.console.colored(stdout_is_taken ? STDERR_FILENO : STDOUT_FILENO);
  terminal.width = context.console.width();
  terminal.quiet = context.console.quiet;
  terminal.verbose = context.console.verbose;
  terminal.source_line = source_lines(source);
  const std::string text = terminal_report(verdict, terminal);
  bool written = true;
  if (stdout_is_taken) {
    context.console.note(text);
  } else {
    written = context.console.result(text);
  }
  // Each is tried, whatever becomes of the others.
  written &= write_to(context, targets.json, json_report(verdict, tool_name()));
  const JunitFlavor flavor =
      targets.junit_flavor == "strict" ? JunitFlavor::kStrict : JunitFlavor::kExtended;
  written &= write_to(context, targets.junit, junit_report(verdict, {flavor, now_text()}));
  written &= write_to(context, targets.sarif, sarif_report(verdict, tool_name()));
  written &=
      write_to(context, targets.html, html_report(verdict, tool_name(), terminal.source_line));
  written &= write_to(context, targets.gradescope,
                      gradescope_report(verdict, tool_name(), targets.on_gradescope));
  written &= write_to(context, targets.classroom, classroom_report(verdict));
  return written;
}

int status_of(const Verdict& verdict) {
  switch (verdict.outcome) {
    case VerdictOutcome::kPassed:
      return kExitPassed;
    case VerdictOutcome::kFailed:
      return kExitFailed;
    case VerdictOutcome::kUngraded:
      break;
  }
  return kExitUngraded;
}

}  // namespace

std::string now_text() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::string text(32, '\0');
  text.resize(std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts));
  return text;
}

void add_report_options(CLI::App& command, ReportTargets& targets) {
  command.add_option("--json", targets.json, "Write the JSON report too; - is stdout")
      ->option_text("FILE");
  command.add_option("--junit", targets.junit, "Write a JUnit XML report too; - is stdout")
      ->option_text("FILE");
  command
      .add_option("--junit-flavor", targets.junit_flavor,
                  "extended (with file and line, as most readers want it) or strict (valid against "
                  "jenkins-junit.xsd)")
      ->check(CLI::IsMember({"extended", "strict"}))
      ->option_text("FLAVOR");
  command.add_option("--sarif", targets.sarif, "Write a SARIF report, too; - is stdout")
      ->option_text("FILE");
  command.add_option("--html", targets.html, "Write the report as a page, too; - is stdout")
      ->option_text("FILE");
  command
      .add_option("--gradescope", targets.gradescope,
                  "Write Gradescope's results.json, too, anew as each part is decided; - is stdout")
      ->option_text("FILE");
  command
      .add_option("--classroom", targets.classroom,
                  "Write the result that GitHub Classroom's reporter takes, before base64; - is "
                  "stdout")
      ->option_text("FILE");
}

void add_search_options(CLI::App& command, SearchOptions& search) {
  search.jobs = usable_cores().size();
  command
      .add_option("--jobs", search.jobs,
                  "Workers; as many as there are usable cores unless told. The report is the same")
      ->check(CLI::Range(1, 1024))
      ->option_text("N");
  command
      .add_option("--schedules", search.most_schedules, "The most orders of a scenario to explore")
      ->check(CLI::Range(1, 1'000'000'000))
      ->option_text("N");
  command
      .add_option("--budget", search.budget,
                  "The most time to explore for, per scenario; results then depend on the machine. "
                  "Without it, 4 minutes of processor time, which few programs need")
      ->check(CLI::PositiveNumber)
      ->option_text("SECONDS");
  command
      .add_option("--seed", search.seed, "The same seed, input and version give the same report")
      ->option_text("N");
}

bool can_be_written(const Context& context, const ReportTargets& targets) {
  if (targets.on_stdout() <= 1) return true;
  context.console.error("only one report can go to stdout");
  return false;
}

SourceText source_of_submission(Submission submission) {
  return [submission = std::make_shared<const Submission>(std::move(submission))](
             const std::string& path) -> const std::string* {
    const SourceFile* file = submission->file(path);
    return file == nullptr ? nullptr : &file->bytes;
  };
}

SourceText source_of_submission(const std::filesystem::path& folder) {
  auto read = read_submission(folder);
  if (!read) return [](const std::string&) { return nullptr; };
  return source_of_submission(std::move(*read));
}

SourceText source_of_folder(const std::filesystem::path& folder) {
  auto copy = copy_folder(folder);
  if (!copy) return [](const std::string&) { return nullptr; };
  return [entries = std::make_shared<const FolderCopy>(*std::move(copy))](
             const std::string& path) -> const std::string* {
    const FolderEntry* entry = entries->find(path);
    return entry != nullptr && entry->kind == FolderEntry::Kind::kFile ? &entry->bytes : nullptr;
  };
}

FindSourceLine source_lines(SourceText source) {
  return [source = std::move(source)](const Location& location) {
    return source_line(source, location);
  };
}

bool report_so_far(Context& context, const ReportTargets& targets, const Verdict& verdict) {
  if (targets.gradescope.empty() || targets.gradescope == "-") return false;
  return write_to(context, targets.gradescope,
                  gradescope_report(verdict, tool_name(), targets.on_gradescope));
}

int report(Context& context, const ReportTargets& targets, const Verdict& verdict,
           const SourceText& source) {
  if (!write_all_reports(context, targets, verdict, source)) return kExitUngraded;
  if (verdict.outcome == VerdictOutcome::kUngraded && context.stop.signal() == 0) {
    context.console.hint("ipcgrade doctor tells what this machine offers and lacks");
  }
  return status_of(verdict);
}

std::string quoted(const std::string& word) {
  constexpr const char* kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+,:@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  const auto is_control = [](unsigned char c) { return c < ' ' || c == 0x7f; };
  if (std::ranges::any_of(word, is_control)) {
    std::string text = "$'";  // where \n is a line's end
    for (const char c : word) {
      if (is_control(static_cast<unsigned char>(c))) {
        text += fmt::format("\\{:03o}", c);
      } else {
        if (c == '\'' || c == '\\') text += '\\';
        text += c;
      }
    }
    return text + "'";
  }
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

}  // namespace ipcgrade
