#include <fmt/format.h>

#include <memory>
#include <string>

#include "batch/batch.h"
#include "cli/batch_run.h"
#include "report/text.h"

namespace ipcgrade {
namespace {

int show(Context& context, const StudentOptions& options) {
  const auto batch = kept_batch(options.folder);
  if (!batch) return wrong(context, batch.error());
  for (const std::string& name : options.students) {
    const Graded* one = the_one(context, *batch, name);
    if (one == nullptr) return kExitWrongInput;
    const Handin& handin = one->imported.handin;
    std::string text = fmt::format("{}: {}\n", handin.key,
                                   one->grade ? grade_text(*one->grade) : "not yet graded");
    if (!batch->origin.anonymous) {
      text += fmt::format("student: {}{}{}\n", sentence(handin.student),
                          handin.email.empty() ? "" : ", " + sentence(handin.email),
                          handin.late ? ", late" : "");
      for (const std::string& note : handin.notes) text += "note: " + sentence(note) + "\n";
      text += "files: " + sentence(one->imported.folder.string()) + "\n";
    }
    if (one->grade) text += "\n" + one->grade->text;
    if (!context.console.result(text)) return kExitUngraded;
  }
  return kExitPassed;
}

}  // namespace

void add_show(CLI::App& app, Context& context) {
  auto options = std::make_shared<StudentOptions>();
  CLI::App* command = app.add_subcommand("show", "Show what a batch found of a student");
  add_student_options(*command, context, *options);
  command->callback([&context, options] {
    context.action = [&context, options] { return show(context, *options); };
  });
}

}  // namespace ipcgrade
