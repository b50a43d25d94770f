#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "assignment/did_you_mean.h"
#include "assignment/kind.h"
#include "cli/commands.h"
#include "report/catalogue.h"
#include "report/text.h"

namespace ipcgrade {
namespace {

constexpr std::size_t kWidth = 79;

std::string paragraph(std::string_view text) {
  std::string lines;
  for (const std::string& line : wrapped(text, kWidth)) lines += line + '\n';
  return lines;
}

/// All kinds, a line each.
std::string all_of_them() {
  std::size_t width = 0;
  for (const Kind kind : all_kinds()) width = std::max(width, name_of(kind).size());
  std::string text;
  for (const Kind kind : all_kinds()) {
    text += fmt::format("{:<{}}  {}\n", name_of(kind), width, catalogue_entry(kind).title);
  }
  return text;
}

std::string explanation_of(Kind kind) {
  const CatalogueEntry entry = catalogue_entry(kind);
  return fmt::format("{}: {}\n\n{}\n{}", name_of(kind), entry.title, paragraph(entry.explanation),
                     paragraph("What to try: " + std::string(entry.hint)));
}

int explain(Context& context, const std::string& word) {
  if (word.empty()) return context.console.result(all_of_them()) ? kExitPassed : kExitUngraded;
  const auto kind = kind_named(word);
  if (!kind) {
    std::vector<std::string_view> known;
    for (const Kind one : all_kinds()) known.push_back(name_of(one));
    context.console.error(fmt::format("there is no kind of finding \"{}\"", word));
    const std::string meant = did_you_mean(word, known);
    context.console.hint(meant.empty() ? "`ipcgrade explain` lists them" : meant);
    return kExitWrongInput;
  }
  return context.console.result(explanation_of(*kind)) ? kExitPassed : kExitUngraded;
}

}  // namespace

void add_explain(CLI::App& app, Context& context) {
  auto word = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand(
      "explain", "Say what a kind of finding means and what to try, or list the kinds");
  command->add_option("KIND", *word, "A kind, such as lost-wakeup")->option_text(" ");
  add_common_options(*command, context);
  command->callback(
      [&context, word] { context.action = [&context, word] { return explain(context, *word); }; });
}

}  // namespace ipcgrade
