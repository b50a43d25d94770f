#include <memory>

#include "cli/commands.h"
#include "cli/open_lab.h"
#include "cli/progress.h"
#include "cli/reports.h"
#include "grade/grade.h"
#include "sandbox/host.h"

namespace ipcgrade {
namespace {

struct CheckOptions {
  std::string lab;
  std::string folder;
  ReportTargets reports;
  SearchOptions search;
};

/// The lab and the folder, as arguments of a command.
std::string subject(const CheckOptions& options) {
  const std::string dashes = options.folder.starts_with("-") ? "-- " : "";
  return quoted(options.lab) + " " + dashes + quoted(options.folder);
}

GradescopeOptions gradescope_options(const Assignment& assignment) {
  GradescopeOptions options{assignment.visibility.all, assignment.visibility.output, {}};
  for (const Check& check : assignment.checks) options.of_checks[check.id] = check.visibility;
  return options;
}

int check(Context& context, const CheckOptions& options) {
  if (!can_be_written(context, options.reports)) return kExitWrongInput;
  const auto assignment = open_lab(context, options.lab);
  if (!assignment) return kExitWrongInput;
  GradeOptions how;
  how.stop = context.stop.fd();
  how.command = context.program + " check " + subject(options);
  how.replay = replay_command(context, subject(options));
  how.search = options.search;
  how.search.stop = context.stop.fd();
  ReportTargets targets = options.reports;
  targets.on_gradescope = gradescope_options(*assignment);
  bool is_told_so_far = false;
  const auto verdict = [&] {
    ProgressView view(context.console);
    view.watch(how);
    how.so_far = [&](const Verdict& known) {
      is_told_so_far = report_so_far(context, targets, known);
    };
    return grade(sandbox::Host::find(), *assignment, options.folder, how);
  }();
  if (!verdict) {
    context.console.error(verdict.error().text());
    return status_of_unread(verdict.error());
  }
  // What was written then stays: who was out of time loses nothing that was known.
  if (is_told_so_far && verdict->ungraded == Ungraded::kStopped) targets.gradescope.clear();
  return report(context, targets, *verdict, source_of_submission(options.folder));
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
  add_report_options(*command, options->reports);
  add_search_options(*command, options->search);
  add_common_options(*command, context);
  command->callback([&context, options] {
    context.action = [&context, options] { return check(context, *options); };
  });
}

}  // namespace ipcgrade
