#include <fmt/format.h>

#include "cli/commands.h"

namespace ipcgrade {
namespace {

/// Text as roff shows it: nothing in it is a request or an escape.
std::string roff(std::string_view text) {
  std::string result;
  bool line_begins = true;
  for (const char c : text) {
    // \& keeps a dot or a quote at the beginning of a line from being a request.
    if (line_begins && (c == '.' || c == '\'')) result += "\\&";
    line_begins = c == '\n';
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else {
      result += c;
    }
  }
  return result;
}

std::string options_of(const CLI::App& command) {
  std::string page;
  for (const CLI::Option* option : command.get_options()) {
    const std::string value = option->get_option_text();
    const bool positional = option->get_positional();
    std::string name = positional ? option->get_name(true) : option->get_name(false, true);
    if (!positional && value.find_first_not_of(' ') != std::string::npos) name += " " + value;
    page += fmt::format(".TP\n.B {}\n{}\n", roff(name), roff(option->get_description()));
  }
  return page;
}

std::string synopsis_of(const CLI::App& command) {
  std::string words = ".B ipcgrade " + roff(command.get_name());
  std::string arguments;
  bool has_options = false;
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_positional()) {
      arguments += " " + option->get_name(true);
    } else {
      has_options = true;
    }
  }
  return words + "\n" + (has_options ? "[OPTION]..." : "") + roff(arguments) + "\n";
}

}  // namespace

std::string man_page(const CLI::App& app) {
  std::string page = fmt::format(".TH IPCGRADE 1 \"\" \"{}\"\n.SH NAME\nipcgrade \\- {}\n",
                                 tool_name(), roff(app.get_description()));
  page += ".SH SYNOPSIS\n";
  for (const CLI::App* command : app.get_subcommands({})) {
    page += synopsis_of(*command) + ".br\n";
  }
  page += ".SH OPTIONS\n" + options_of(app);
  for (const CLI::App* command : app.get_subcommands({})) {
    page += fmt::format(".SH \"{}\"\n{}\n{}", roff("ipcgrade " + command->get_name()),
                        roff(command->get_description()), options_of(*command));
    if (!command->get_footer().empty())
      page += ".PP\n.nf\n" + roff(command->get_footer()) + "\n.fi\n";
  }
  page += ".SH \"EXIT STATUS\"\n" + roff(app.get_footer()) + "\n";
  return page;
}

}  // namespace ipcgrade
