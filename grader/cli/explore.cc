#include <memory>

#include "cli/commands.h"
#include "cli/programs.h"
#include "cli/progress.h"
#include "cli/reports.h"
#include "grade/explore_programs.h"
#include "sandbox/host.h"

namespace ipcgrade {
namespace {

struct ExploreCommand {
  ProgramOptions programs;
  ReportTargets reports;
  SearchOptions search;
};

int explore_command(Context& context, const ExploreCommand& options) {
  if (!can_be_written(context, options.reports)) return kExitWrongInput;
  const auto programs = programs_of(context, options.programs);
  if (!programs) return kExitWrongInput;
  GradeOptions how;
  how.stop = context.stop.fd();
  const std::string programs_text = text_of(options.programs);
  how.command = context.program + " explore " + programs_text;
  how.replay = replay_command(context, programs_text);
  how.search = options.search;
  how.search.stop = context.stop.fd();
  const auto verdict = [&] {
    ProgressView view(context.console);
    view.watch(how);
    return explore_programs(sandbox::Host::find(), *programs, how);
  }();
  if (!verdict) {
    context.console.error(verdict.error().text());
    return kExitWrongInput;
  }
  return report(context, options.reports, *verdict, source_of_folder(programs->folder));
}

}  // namespace

void add_explore(CLI::App& app, Context& context) {
  auto options = std::make_shared<ExploreCommand>();
  CLI::App* command = app.add_subcommand(
      "explore", "Look for orders in which any programs, without a lab, go wrong");
  add_program_options(*command, options->programs);
  command->get_option("--run")->required();
  add_report_options(*command, options->reports);
  add_search_options(*command, options->search);
  command->footer(
      "An order goes wrong when it ends in a crash, a hang, something left behind, or an exit\n"
      "status that is not 0 where another order's is, or when two processes or threads touch the\n"
      "same bytes and nothing orders them. Other output, and an exit status that is never 0, are\n"
      "notes: they and warnings do not count, and the exit status is 0. Without --build, an "
      "access\n"
      "that could be atomic for all that the machine code says gives a warning, and memory that\n"
      "only the threads of one process share is not looked at. A token belongs to what is in the\n"
      "folder: write reports elsewhere.");
  add_common_options(*command, context);
  command->callback([&context, options] {
    context.action = [&context, options] { return explore_command(context, *options); };
  });
}

}  // namespace ipcgrade
