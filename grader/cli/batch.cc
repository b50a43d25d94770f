#include <memory>

#include "cli/batch_run.h"
#include "cli/reports.h"

namespace ipcgrade {

void add_batch(CLI::App& app, Context& context) {
  auto options = std::make_shared<BatchOptions>();
  CLI::App* command = app.add_subcommand(
      "batch",
      "Grade a folder of hand-ins, or what Canvas, Moodle or Gradescope hand out. A second run "
      "grades only what changed");
  command->add_option("LAB", options->lab, "A name that 'list' shows, or an assignment folder")
      ->required()
      ->option_text(" ");
  command
      ->add_option("INPUT", options->input,
                   "A folder of folders or of archives, or an archive of them")
      ->required()
      ->option_text(" ");
  command
      ->add_option(
          "--out", options->out,
          "The folder for results, grades, reports and feedback; new, or of an earlier run")
      ->required()
      ->option_text("DIR");
  add_gradebook_options(*command, options->gradebook);
  command
      ->add_option("--shard", options->shard,
                   "Only that part, such as 2/5, for 'merge' to put together; in a parallel job of "
                   "GitLab's, its own part unless told")
      ->option_text("I/N");
  command
      ->add_option(
          "--engine", options->engine,
          "local, or slurm: array jobs that are submitted, watched and merged, with --jobs "
          "cores each; all nodes have to see LAB, INPUT, DIR and ipcgrade")
      ->check(CLI::IsMember({"local", "slurm"}))
      ->option_text("NAME");
  command->add_option("--shards", options->shards, "How many parts of it for slurm (8)")
      ->check(CLI::Range(1, 1000))
      ->option_text("N");
  command
      ->add_option("--compare", options->compare,
                   "An earlier batch's folder: tell whose points change, and why")
      ->check(CLI::ExistingDirectory)
      ->option_text("DIR");
  command->add_flag(
      "--anonymous", options->anonymous,
      "Names show nowhere but in feedback.zip and the platform's import file, and in what is "
      "for ipcgrade alone: work and results.db. Not for shards or slurm");
  add_search_options(*command, options->search);
  add_common_options(*command, context);
  command->callback([&context, options] {
    context.action = [&context, options] { return batch(context, *options); };
  });
}

}  // namespace ipcgrade
