#include <unistd.h>

#include <algorithm>
#include <memory>

#include "cli/commands.h"
#include "cli/open_lab.h"
#include "cli/starter_makefile.h"
#include "compile/flags.h"
#include "report/write_file.h"

namespace ipcgrade {
namespace {

namespace fs = std::filesystem;

struct NewOptions {
  std::string lab;
  std::string folder;
};

/// What a user calls: the wrapper of the checkout, or this program where there is none.
fs::path own_program(const Context& context) {
  const fs::path wrapper = context.assignments.parent_path() / "ipcgrade";
  std::error_code error;
  const bool is_there = wrapper.is_absolute() && fs::is_regular_file(wrapper, error) &&
                        ::access(wrapper.c_str(), X_OK) == 0;
  return is_there ? wrapper : fs::read_symlink("/proc/self/exe", error);
}

/// The lab as the command line takes it in any folder.
std::string name_anywhere(const Context& context, const Assignment& assignment) {
  std::error_code error;
  const bool installed =
      fs::equivalent(assignment.folder.parent_path(), context.assignments, error);
  return (installed ? assignment.folder.filename() : assignment.folder).string();
}

/// A starter's own Makefile is left as it is. False where it could not be written, which is said.
bool add_makefile(const Context& context, const Assignment& assignment, const fs::path& folder) {
  std::error_code error;
  const auto is_there = [&](std::string_view name) { return fs::exists(folder / name, error); };
  if (std::ranges::any_of(kMakefiles, is_there)) return true;
  const auto text =
      starter_makefile(assignment, own_program(context), name_anywhere(context, assignment));
  if (!text) {
    context.console.hint("there is no Makefile in it: " + text.error());
    return true;
  }
  const auto written = write_report(folder / "Makefile", *text);
  if (!written) context.console.error(written.error().text());
  return written.has_value();
}

int make_starter(Context& context, const NewOptions& options) {
  const auto assignment = open_lab(context, options.lab);
  if (!assignment) return kExitWrongInput;
  const fs::path& lab = assignment->folder;
  const fs::path starter = lab / "starter";
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
  if (!error && fs::exists(lab / "HANDOUT.md")) {
    fs::copy_file(lab / "HANDOUT.md", fs::path(options.folder) / "HANDOUT.md", error);
  }
  if (error) {
    context.console.error(options.folder + ": " + error.message());
    return kExitUngraded;
  }
  if (!add_makefile(context, *assignment, options.folder)) return kExitUngraded;
  context.console.hint("the task is in " + (fs::path(options.folder) / "HANDOUT.md").string());
  return kExitPassed;
}

}  // namespace

void add_new(CLI::App& app, Context& context) {
  auto options = std::make_shared<NewOptions>();
  CLI::App* command =
      app.add_subcommand("new", "Lay out a starter folder for a student, with a Makefile");
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
