#include <memory>

#include "assignment/lab_finder.h"
#include "cli/commands.h"

namespace ipcgrade {
namespace {

namespace fs = std::filesystem;

struct NewOptions {
  std::string lab;
  std::string folder;
};

int make_starter(Context& context, const NewOptions& options) {
  const auto lab = find_lab(options.lab, context.assignments);
  if (!lab) {
    context.console.error(lab.error());
    return kExitWrongInput;
  }
  const fs::path starter = *lab / "starter";
  std::error_code error;
  if (!fs::is_directory(starter, error)) {
    context.console.error("this lab has no starter folder");
    return kExitWrongInput;
  }
  if (fs::exists(options.folder, error) && !fs::is_empty(options.folder, error)) {
    context.console.error(options.folder + " exists already and is not an empty folder");
    context.console.hint("name one that does not exist yet: nothing is overwritten");
    return kExitWrongInput;
  }
  fs::create_directories(options.folder, error);
  if (!error) fs::copy(starter, options.folder, fs::copy_options::recursive, error);
  if (!error && fs::exists(*lab / "HANDOUT.md")) {
    fs::copy_file(*lab / "HANDOUT.md", fs::path(options.folder) / "HANDOUT.md", error);
  }
  if (error) {
    context.console.error(options.folder + ": " + error.message());
    return kExitUngraded;
  }
  context.console.hint("the task is in " + (fs::path(options.folder) / "HANDOUT.md").string());
  return kExitPassed;
}

}  // namespace

void add_new(CLI::App& app, Context& context) {
  auto options = std::make_shared<NewOptions>();
  CLI::App* command = app.add_subcommand("new", "Lay out a starter folder for a student");
  command->add_option("LAB", options->lab, "A name that 'list' shows, or an assignment folder")
      ->required()
      ->option_text(" ");
  command->add_option("DIR", options->folder, "The folder to make")->required()->option_text(" ");
  add_common_options(*command, context);
  command->callback([&context, options] {
    context.action = [&context, options] { return make_starter(context, *options); };
  });
}

}  // namespace ipcgrade
