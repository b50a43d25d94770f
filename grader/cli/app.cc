#include "cli/app.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "cli/commands.h"
#include "cli/reports.h"

namespace ipcgrade {
namespace {

constexpr const char* kFooter =
    "Exit status: 0 all passed (explore: nothing found, verify: all as expected), 1 something "
    "failed\n"
    "(or was found, or was not as expected), 2 wrong command line or input, 3 the grader could "
    "not\n"
    "do its work (no grade is given), 130 or 143 stopped by a signal.";

/// The checkout that this program was built in: the folder above it that holds the labs.
std::filesystem::path find_assignments() {
  std::error_code error;
  std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe", error);
  while (folder.has_relative_path()) {
    folder = folder.parent_path();
    const auto labs = folder / "assignments";
    if (std::filesystem::is_directory(labs, error)) return labs;
  }
  return "assignments";
}

void configure(CLI::App& app, Context& context) {
  app.name("ipcgrade");
  app.description("Grades operating-systems labs on inter-process communication.");
  app.footer(kFooter);
  app.set_help_flag("-h,--help", "Show this help");
  app.set_version_flag("--version", tool_name(), "Show the version");
  app.add_flag("--man", context.man, "Print the man page: ipcgrade --man | man -l -");
  app.require_subcommand(0, 1);
  add_list(app, context);
  add_new(app, context);
  add_check(app, context);
  add_batch(app, context);
  add_merge(app, context);
  add_regrade(app, context);
  add_show(app, context);
  add_explore(app, context);
  add_replay(app, context);
  add_explain(app, context);
  add_export(app, context);
  add_verify(app, context);
  add_sandbox(app, context);
  add_doctor(app, context);
}

/// Whoever calls this program by another, the script at the top of the checkout, says so.
std::string find_name() {
  const char* name = std::getenv("IPCGRADE_COMMAND");
  return name == nullptr || *name == '\0' ? "ipcgrade" : quoted(name);
}

}  // namespace

int run_app(int argc, char** argv) {
  open_standard_descriptors();
  return or_ungraded([&] {
    Context context;
    context.assignments = find_assignments();
    context.program = find_name();
    CLI::App app;
    configure(app, context);
    return parse_and_run(argc, argv, app, context);
  });
}

}  // namespace ipcgrade
