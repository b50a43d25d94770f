#include <memory>

#include "cli/commands.h"
#include "cli/open_lab.h"
#include "cli/reports.h"
#include "compile/submission.h"
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
  how.progress = [&context](const std::string& text) { context.console.progress(text); };
  const auto verdict = grade(sandbox::Host::find(), *assignment, options.folder, how);
  context.console.progress("");
  if (!verdict) {
    context.console.error(verdict.error().text());
    return kExitWrongInput;
  }
  const auto submission = read_submission(options.folder);
  return report(context, options.reports, *verdict,
                [&submission](const std::string& path) -> const std::string* {
                  const SourceFile* file = submission ? submission->file(path) : nullptr;
                  return file == nullptr ? nullptr : &file->bytes;
                });
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
