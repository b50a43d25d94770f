#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <memory>

#include "assignment/lab_finder.h"
#include "assignment/parse.h"
#include "cli/commands.h"
#include "compile/submission.h"
#include "grade/grade.h"
#include "report/json.h"
#include "report/junit.h"
#include "report/terminal.h"
#include "sandbox/host.h"
#include "sandbox/policy.h"

namespace ipcgrade {
namespace {

struct CheckOptions {
  std::string lab;
  std::string folder;
  std::string json;  ///< empty: not asked for; "-": stdout
  std::string junit;
  SearchOptions search;
};

std::string now_text() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::string text(32, '\0');
  text.resize(std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts));
  return text;
}

/// A word as a shell takes it, for commands that are shown to be copied.
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

/// The lab and the folder, as arguments of a command.
std::string subject(const CheckOptions& options) {
  const std::string dashes = options.folder.starts_with("-") ? "-- " : "";
  return quoted(options.lab) + " " + dashes + quoted(options.folder);
}

/// The line of the student's source at a place. From the copy that was read: a place that debug
/// information names may be any file of the machine's.
std::optional<std::string> source_line(const Submission& submission, const Location& location) {
  const SourceFile* file = submission.file(location.file);
  if (file == nullptr || location.line <= 0) return std::nullopt;
  std::size_t begin = 0;
  for (int line = 1; line < location.line; ++line) {
    begin = file->bytes.find('\n', begin);
    if (begin == std::string::npos) return std::nullopt;
    ++begin;
  }
  return file->bytes.substr(begin, file->bytes.find('\n', begin) - begin);
}

bool write_reports(Context& context, const CheckOptions& options, const Verdict& verdict) {
  TerminalOptions terminal;
  const bool stdout_taken = options.json == "-" || options.junit == "-";
  terminal.color = context.console.colored(stdout_taken ? STDERR_FILENO : STDOUT_FILENO);
  terminal.width = context.console.width();
  terminal.quiet = context.console.quiet;
  terminal.verbose = context.console.verbose;
  const auto submission = read_submission(options.folder);
  if (submission) {
    terminal.source_line = [&submission](const Location& location) {
      return source_line(*submission, location);
    };
  }
  const std::string text = terminal_report(verdict, terminal);
  bool written = true;
  if (stdout_taken) {
    context.console.note(text);
  } else {
    written = context.console.result(text);
  }
  // Each is tried, whatever becomes of the others.
  written &= write_to(context, options.json, json_report(verdict, tool_name()));
  written &=
      write_to(context, options.junit, junit_report(verdict, {JunitFlavor::kStrict, now_text()}));
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

int check(Context& context, const CheckOptions& options) {
  if (options.json == "-" && options.junit == "-") {
    context.console.error("only one report can go to stdout");
    return kExitWrongInput;
  }
  const auto lab = find_lab(options.lab, context.assignments);
  if (!lab) {
    context.console.error(lab.error());
    return kExitWrongInput;
  }
  std::vector<std::string_view> groups;
  for (const sandbox::PolicyGroup& group : sandbox::kPolicyGroups) groups.push_back(group.name);
  const auto assignment = parse_assignment(*lab, groups);
  if (!assignment) {
    context.console.error("the assignment file has mistakes\n" + assignment.error().text());
    return kExitWrongInput;
  }
  GradeOptions how;
  how.stop = context.stop.fd();
  how.command = "ipcgrade check " + subject(options);
  how.replay = subject(options);
  how.search = options.search;
  how.search.stop = context.stop.fd();
  how.progress = [&context](const std::string& text) { context.console.progress(text); };
  const auto verdict = grade(sandbox::Host::find(), *assignment, options.folder, how);
  context.console.progress("");
  if (!verdict) {
    context.console.error(verdict.error().text());
    return kExitWrongInput;
  }
  if (!write_reports(context, options, *verdict)) return kExitUngraded;
  if (verdict->outcome == VerdictOutcome::kUngraded && context.stop.signal() == 0) {
    context.console.hint("ipcgrade doctor tells what this machine offers and lacks");
  }
  return status_of(*verdict);
}

}  // namespace

void add_check(CLI::App& app, Context& context) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* command = app.add_subcommand("check", "Grade one submission");
  command->add_option("LAB", options->lab, "A name that 'list' shows, or an assignment folder")
      ->required()
      ->option_text(" ");
  command->add_option("DIR", options->folder, "The folder that was handed in")
      ->required()
      ->option_text(" ");
  command->add_option("--json", options->json, "Write the JSON report too; - is stdout")
      ->option_text("FILE");
  command->add_option("--junit", options->junit, "Write a JUnit XML report too; - is stdout")
      ->option_text("FILE");
  command->add_flag("--orders", options->search.orders,
                    "Explore the orders in which the programs can run");
  command
      ->add_option("--schedules", options->search.most_schedules,
                   "The most orders of a scenario to explore")
      ->check(CLI::PositiveNumber)
      ->option_text("N");
  command
      ->add_option("--budget", options->search.budget,
                   "The most time to explore for, per scenario; grades then depend on the machine")
      ->check(CLI::PositiveNumber)
      ->option_text("SECONDS");
  command
      ->add_option("--seed", options->search.seed,
                   "The same seed, input and version give the same report")
      ->option_text("N");
  add_common_options(*command, context);
  command->callback([&context, options] {
    context.action = [&context, options] { return check(context, *options); };
  });
}

}  // namespace ipcgrade
