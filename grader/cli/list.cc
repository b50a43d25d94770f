#include <fmt/format.h>

#include <algorithm>

#include "assignment/lab_finder.h"
#include "cli/commands.h"
#include "report/escape.h"

namespace ipcgrade {
namespace {

int list(Context& context) {
  const auto labs = installed_labs(context.assignments);
  std::size_t width = 0;
  for (const LabEntry& lab : labs) width = std::max(width, lab.name.size());
  std::string text;
  for (const LabEntry& lab : labs) {
    text += fmt::format("{:<{}}  {}\n", visible(lab.name, Newlines::kEscape), width,
                        visible(lab.title, Newlines::kEscape));
  }
  return context.console.result(text) ? kExitPassed : kExitUngraded;
}

}  // namespace

void add_list(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("list", "Show the labs that are installed");
  add_common_options(*command, context);
  command->callback([&context] { context.action = [&context] { return list(context); }; });
}

}  // namespace ipcgrade
