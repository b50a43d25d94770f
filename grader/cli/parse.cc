#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <exception>
#include <new>
#include <string_view>
#include <system_error>

#include "assignment/did_you_mean.h"
#include "cli/commands.h"
#include "report/write_file.h"
#include "sandbox/files.h"

namespace ipcgrade {
namespace {

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

int not_understood(const CLI::App& app, const Context& context) {
  std::vector<std::string> words = app.remaining(true);
  std::erase(words, "--");
  const std::string word = words.empty() ? "" : words.front();
  const int status =
      wrong_command_line(app, context, "'" + word + "' is not understood here", word);
  if (word.starts_with('-') && ::access(word.c_str(), F_OK) == 0) {
    context.console.hint("a folder or file of that name is written ./" + word);
  }
  return status;
}

int parse_and_act(int argc, char** argv, CLI::App& app, Context& context) {
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
    return not_understood(app, context);
  } catch (const CLI::RequiredError& error) {
    // A folder called -x is taken for an option, and then missed.
    if (!app.remaining(true).empty()) return not_understood(app, context);
    return wrong_command_line(app, context, error.what(), "");
  } catch (const CLI::ParseError& error) {
    return wrong_command_line(app, context, error.what(), "");
  }
  if (context.man) {
    return context.console.result(man_page(app)) ? kExitPassed : kExitUngraded;
  }
  if (!context.action) {
    context.console.note(app.help());
    return kExitWrongInput;
  }
  return context.action();
}

}  // namespace

std::function<std::string(const std::string&)> replay_command(const Context& context,
                                                              const std::string& subject) {
  return [program = context.program, subject](const std::string& token) {
    return fmt::format("{} replay {} {}", program, token, subject);
  };
}

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

void open_standard_descriptors() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) continue;
    // The lowest free number is taken, which is this one. Only for reading: a result that cannot be
    // told must not look as if it had been.
    (void)::open("/dev/null", O_RDONLY);
  }
}

bool write_to(Context& context, const std::string& target, const std::string& text) {
  if (target.empty()) return true;
  if (target == "-") return context.console.result(text);
  const auto written = write_report(target, text);
  if (!written) context.console.error(written.error().text());
  return written.has_value();
}

int parse_and_run(int argc, char** argv, CLI::App& app, Context& context) {
  const int status = parse_and_act(argc, argv, app, context);
  return context.stop.signal() != 0 ? 128 + context.stop.signal() : status;
}

int status_of_unread(const sandbox::Error& error) {
  return sandbox::is_of_the_machine(error.error_number) ? kExitUngraded : kExitWrongInput;
}

int or_ungraded(const std::function<int()>& act) noexcept {
  const auto tell = [](std::string_view what, std::string_view why) {
    for (const std::string_view part : {std::string_view("ipcgrade: "), what, why}) {
      [[maybe_unused]] const ssize_t wrote = ::write(STDERR_FILENO, part.data(), part.size());
    }
    [[maybe_unused]] const ssize_t ended = ::write(STDERR_FILENO, "\n", 1);
    return kExitUngraded;
  };
  try {
    return act();
  } catch (const std::bad_alloc&) {
    return tell("there is not enough memory", "");
  } catch (const std::system_error& error) {
    return tell("this machine does not give what is needed: ", error.what());
  } catch (const std::exception& error) {
    return tell("this is a fault of ipcgrade itself: ", error.what());
  }
}

}  // namespace ipcgrade
