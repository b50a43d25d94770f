#include "cli/app.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <exception>
#include <system_error>

#include "assignment/did_you_mean.h"
#include "cli/commands.h"

namespace ipcgrade {
namespace {

constexpr const char* kFooter =
    "Exit status: 0 all passed, 1 something failed, 2 wrong command line or input, 3 the grader\n"
    "could not do its work (no grade is given), 130 or 143 stopped by a signal.";

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
  app.require_subcommand(0, 1);
  add_list(app, context);
  add_new(app, context);
  add_check(app, context);
  add_sandbox(app, context);
  add_doctor(app, context);
}

/// What an unknown word may have been meant to be.
std::string meant(const CLI::App& app, const std::string& word) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  const auto add_options = [&names](const CLI::App& command) {
    for (const CLI::Option* option : command.get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  };
  add_options(app);
  for (const CLI::App* command : app.get_subcommands({})) {
    if (command->parsed()) add_options(*command);
  }
  std::vector<std::string_view> views(names.begin(), names.end());
  const auto near = nearest_word(word, views);
  return near ? std::string(*near) : "";
}

int wrong_command_line(const CLI::App& app, const Context& context, const std::string& message,
                       const std::string& word) {
  context.console.error(message);
  if (const std::string near = meant(app, word); !near.empty()) {
    context.console.hint("did you mean " + near + "?");
  }
  std::string help = "ipcgrade";
  for (const CLI::App* command : app.get_subcommands({})) {
    if (command->parsed()) help += " " + command->get_name();
  }
  context.console.hint(help + " --help tells how it is used");
  return kExitWrongInput;
}

int parse_and_run(int argc, char** argv, CLI::App& app, Context& context) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {  // --help, --version
    std::string text;
    if (dynamic_cast<const CLI::CallForVersion*>(&asked) != nullptr) {
      text = std::string(asked.what()) + "\n";
    } else {
      text = app.help();
    }
    return context.console.result(text) ? kExitPassed : kExitUngraded;
  } catch (const CLI::ExtrasError&) {
    const std::vector<std::string> words = app.remaining(true);
    const std::string word = words.empty() ? "" : words.front();
    return wrong_command_line(app, context, "'" + word + "' is not understood here", word);
  } catch (const CLI::ParseError& error) {
    return wrong_command_line(app, context, error.what(), "");
  }
  if (app.count("--man") > 0) {
    return context.console.result(man_page(app)) ? kExitPassed : kExitUngraded;
  }
  if (!context.action) {
    context.console.note(app.help());
    return kExitWrongInput;
  }
  return context.action();
}

}  // namespace

std::string tool_name() { return "ipcgrade " IPCGRADE_VERSION; }

void add_common_options(CLI::App& command, Context& context) {
  command
      .add_option("--color", context.console.color_choice,
                  "Colour: auto, always or never; NO_COLOR is honoured")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->option_text("WHEN");
  command.add_flag("-q,--quiet", context.console.quiet, "Say only what failed");
  command.add_flag("-v,--verbose", context.console.verbose, "Say everything");
}

int run_app(int argc, char** argv) {
  Context context;
  try {
    context.assignments = find_assignments();
    CLI::App app;
    configure(app, context);
    bool man = false;
    app.add_flag("--man", man, "Print the man page: ipcgrade --man | man -l -");
    const int status = parse_and_run(argc, argv, app, context);
    if (context.stop.signal() != 0) return 128 + context.stop.signal();
    return status;
  } catch (const std::exception& error) {
    // Out of memory, or a mistake of ours: never the student's.
    context.console.error(std::string("this is a fault of ipcgrade itself: ") + error.what());
    return kExitUngraded;
  }
}

}  // namespace ipcgrade
