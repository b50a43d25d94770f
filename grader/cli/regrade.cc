#include <memory>
#include <string>

#include "batch/batch.h"
#include "cli/batch_run.h"
#include "cli/open_lab.h"
#include "cli/reports.h"

namespace ipcgrade {
namespace {

int regrade(Context& context, const StudentOptions& options) {
  BatchOptions again;
  {
    const auto batch = kept_batch(options.folder);
    if (!batch) return wrong(context, batch.error());
    for (const std::string& name : options.students) {
      const Graded* one = the_one(context, *batch, name);
      if (one == nullptr) return kExitWrongInput;
      again.again.push_back(one->imported.handin.key);
    }
    const auto assignment = open_lab(context, batch->origin.lab_path);
    if (!assignment) return kExitWrongInput;
    again.lab = batch->origin.lab_path;
    again.input = batch->origin.input.string();
    again.anonymous = batch->origin.anonymous;
    again.search.seed = batch->origin.seed;
    again.search.most_schedules = batch->origin.schedules;
    again.search.budget = batch->origin.budget;
    const auto grading = identity_of(*assignment, again.search);
    if (!grading) return wrong(context, grading.error());
    if (*grading != batch->origin.grading) {
      context.console.error(
          "the lab or ipcgrade is another than when this batch was graded: all would change");
      context.console.hint("ipcgrade batch … --out NEW --compare " + quoted(options.folder));
      return kExitWrongInput;
    }
  }
  again.out = options.folder;
  again.search.jobs = usable_cores().size();
  return batch(context, again);
}

}  // namespace

void add_regrade(CLI::App& app, Context& context) {
  auto options = std::make_shared<StudentOptions>();
  CLI::App* command = app.add_subcommand("regrade", "Grade students of a batch again");
  add_student_options(*command, context, *options);
  command->callback([&context, options] {
    context.action = [&context, options] { return regrade(context, *options); };
  });
}

}  // namespace ipcgrade
