#include "cli/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "report/escape.h"
#include "sandbox/files.h"

namespace ipcgrade {
namespace {

/// Set and not empty, as no-color.org has it.
bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

bool dumb_terminal() {
  const char* term = std::getenv("TERM");
  return term == nullptr || std::string_view(term) == "dumb";
}

void write_line(std::string_view prefix, std::string_view text) {
  std::string line(prefix);
  line += visible(text, Newlines::kKeep);
  line += '\n';
  // Nobody is left to be told that stderr is closed.
  (void)sandbox::write_all(STDERR_FILENO, line);
}

}  // namespace

bool Console::colored(int fd) const {
  if (color_choice == "always") return true;
  if (color_choice == "never" || is_set("NO_COLOR")) return false;
  if (is_set("CLICOLOR_FORCE")) return true;
  return ::isatty(fd) == 1 && !dumb_terminal();
}

Console::Size Console::size() const {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return {};
  return {size.ws_col, size.ws_row == 0 ? Size{}.lines : size.ws_row};
}

bool Console::converses() const {
  return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1 && !dumb_terminal();
}

bool Console::result(std::string_view text) {
  const auto written = sandbox::write_all(STDOUT_FILENO, text);
  if (!written) error("stdout: " + written.error().text());
  return written.has_value();
}

void Console::error(std::string_view text) const { write_line("ipcgrade: ", text); }
void Console::hint(std::string_view text) const { write_line("hint: ", text); }
void Console::note(std::string_view text) const { (void)sandbox::write_all(STDERR_FILENO, text); }

bool Console::animates() const { return ::isatty(STDERR_FILENO) == 1 && !dumb_terminal(); }

void Console::progress(std::string_view text) {
  if (quiet || !animates()) return;
  if (text.empty() && !progress_shown_) return;
  progress_shown_ = !text.empty();
  note("\r\x1b[K" + visible(text, Newlines::kEscape));
}

}  // namespace ipcgrade
