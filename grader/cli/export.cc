#include <fmt/format.h>

#include <memory>
#include <system_error>

#include "cli/commands.h"
#include "cli/open_lab.h"
#include "cli/reports.h"
#include "export/autograder.h"
#include "export/workflow.h"
#include "report/write_file.h"

namespace ipcgrade {
namespace {

namespace fs = std::filesystem;

struct ExportOptions {
  std::string system;
  std::string lab;
  std::string source;
  std::string out;
};

/// Nothing is overwritten. The exit status.
int write_new(Context& context, const fs::path& path, const std::string& text) {
  std::error_code error;
  if (fs::exists(path, error)) {
    context.console.error(path.string() + " exists already");
    context.console.hint("name another place with --out: nothing is overwritten");
    return kExitWrongInput;
  }
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  if (error) {
    context.console.error(path.parent_path().string() + ": " + error.message());
    return kExitUngraded;
  }
  if (const auto written = write_report(path, text); !written) {
    context.console.error(written.error().text());
    return kExitUngraded;
  }
  return context.console.result(path.string() + "\n") ? kExitPassed : kExitUngraded;
}

int export_gradescope(Context& context, const ExportOptions& options,
                      const Assignment& assignment) {
  const fs::path checkout = context.assignments.parent_path();
  std::error_code error;
  if (!fs::is_regular_file(checkout / "ipcgrade", error)) {
    context.console.error("the grader's sources, which go into the zip, are not there");
    context.console.hint("call the ipcgrade of a checkout");
    return kExitUngraded;
  }
  const auto zip = autograder_zip(checkout, assignment);
  if (!zip) {
    context.console.error(zip.error().text());
    return kExitUngraded;
  }
  const std::string name = assignment.folder.filename().string() + "-autograder.zip";
  const int status =
      write_new(context, options.out.empty() ? fs::path(name) : fs::path(options.out), *zip);
  if (status == kExitPassed) {
    context.console.hint(
        "on Gradescope: Configure Autograder, upload it, take a base image of Debian 12 or newer");
  }
  return status;
}

int export_workflow(Context& context, const ExportOptions& options, const Assignment& assignment) {
  std::error_code error;
  if (!fs::equivalent(assignment.folder.parent_path(), context.assignments, error)) {
    context.console.error("only a lab of the assignments/ folder can be named there");
    context.console.hint("put " + assignment.folder.string() +
                         " into assignments/ of the copy that --source names");
    return kExitWrongInput;
  }
  if (options.source.empty()) {
    context.console.error("--source is missing: from where is git to get the grader?");
    context.console.hint(
        fmt::format("{} export {} {} --source https://git.example.edu/ipcgrade.git",
                    context.program, options.system, quoted(options.lab)));
    return kExitWrongInput;
  }
  const std::string lab = assignment.folder.filename().string();
  const auto workflow = workflow_of(options.system, lab, quoted(options.source));
  return write_new(context, fs::path(options.out) / workflow->path, workflow->text);
}

int export_lab(Context& context, const ExportOptions& options) {
  const auto assignment = open_lab(context, options.lab);
  if (!assignment) return kExitWrongInput;
  if (options.system == "gradescope") return export_gradescope(context, options, *assignment);
  return export_workflow(context, options, *assignment);
}

}  // namespace

void add_export(CLI::App& app, Context& context) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* command =
      app.add_subcommand("export", "Make what another system needs to grade with ipcgrade");
  command
      ->add_option("SYSTEM", options->system,
                   "gradescope (an autograder's zip), github, gitlab or jenkins (a file that says "
                   "what is run for each push)")
      ->required()
      ->check(CLI::IsMember({"gradescope", "github", "gitlab", "jenkins"}))
      ->option_text(" ");
  command->add_option("LAB", options->lab, "A name that 'list' shows, or an assignment folder")
      ->required()
      ->option_text(" ");
  command
      ->add_option("--source", options->source,
                   "Where git finds the grader: of github, gitlab and jenkins, which need it")
      ->option_text("URL");
  command
      ->add_option("--out", options->out,
                   "The zip, LAB-autograder.zip unless told; or the top of the repository that the "
                   "file is for, the current folder unless told")
      ->option_text("PATH");
  add_common_options(*command, context);
  command->callback([&context, options] {
    context.action = [&context, options] { return export_lab(context, *options); };
  });
}

}  // namespace ipcgrade
