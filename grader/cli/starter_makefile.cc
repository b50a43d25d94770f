#include "cli/starter_makefile.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "cli/reports.h"
#include "compile/flags.h"

namespace ipcgrade {
namespace {

constexpr std::array<std::string_view, 4> kTargets{"all", "check", "clean", "always"};

/// A word of a shell's command, as the value of a make variable: make sees $ and # before the shell
/// does, and takes a backslash before a # for its own.
std::string make_word(const std::string& word) {
  std::string text;
  for (const char c : quoted(word)) {
    if (c == '#') {
      const std::size_t other = text.find_last_not_of('\\') + 1;  // npos + 1 is 0
      text.append(text.size() - other + 1, '\\');
    }
    text += c == '$' ? "$$" : std::string(1, c);
  }
  return text;
}

bool has_control(const std::string& text) {
  return std::ranges::any_of(text, [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

std::string sources_of_target() {
  std::string text;
  for (const std::string_view ending : kSourceEndings) {
    text += fmt::format("{}$@{}", text.empty() ? "" : " ", ending);
  }
  return text;
}

}  // namespace

std::expected<std::string, std::string> starter_makefile(const Assignment& assignment,
                                                         const std::filesystem::path& program,
                                                         const std::string& lab) {
  for (const std::string_view target : kTargets) {
    if (std::ranges::find(assignment.programs, target) != assignment.programs.end()) {
      return std::unexpected(fmt::format("a program of the lab is called {}", target));
    }
  }
  if (has_control(program.string()) || has_control(lab)) {
    return std::unexpected("a path has a character that no Makefile can hold");
  }
  return fmt::format(
      R"(# make         builds the programs as ipcgrade does: each from the one source of its name
# make check   grades this folder
# make clean   removes what was built
#
# If you hand this file in, ipcgrade builds with it, too: `make {first}` must give the program.

PROGRAMS = {programs}

# What grades. Another one: make check IPCGRADE=/path/to/ipcgrade
IPCGRADE ?= {program}
LAB = {lab}

SOURCE = $(wildcard {sources})

all: $(PROGRAMS)

# Anew each time: this file does not know which headers a source includes.
$(PROGRAMS): always
	$(if $(SOURCE),,$(error there is no source for $@: {sources}))
	$(if $(word 2,$(SOURCE)),$(error there are $(words $(SOURCE)) sources for $@: $(SOURCE)))
	$(if $(filter %{c},$(SOURCE)),gcc {c_standard},g++ {cxx_standard}) {flags} $(SOURCE) -o $@

check:
	$(IPCGRADE) check $(LAB) .

clean:
	rm -f $(PROGRAMS)

.PHONY: all check clean always
)",
      fmt::arg("first", assignment.programs.front()),
      fmt::arg("programs", fmt::join(assignment.programs, " ")),
      fmt::arg("program", make_word(program.string())), fmt::arg("lab", make_word(lab)),
      fmt::arg("sources", sources_of_target()), fmt::arg("c", kSourceEndings.front()),
      fmt::arg("c_standard", kCStandard), fmt::arg("cxx_standard", kCxxStandard),
      fmt::arg("flags", fmt::join(kCompilerFlags, " ")));
}

}  // namespace ipcgrade
