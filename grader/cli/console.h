// stdout and stderr: results to the one, everything else to the other; colour where it is wanted.
#pragma once

#include <string>
#include <string_view>

namespace ipcgrade {

class Console {
 public:
  bool quiet = false;
  bool verbose = false;
  std::string color_choice = "auto";  ///< "auto", "always" or "never"

  /// Whether text for this descriptor is to be coloured: --color, then NO_COLOR, CLICOLOR_FORCE,
  /// then whether it is a terminal.
  [[nodiscard]] bool colored(int fd) const;
  struct Size {
    int columns = 80;
    int lines = 24;
  };
  /// Of the terminal; the usual ones where there is none.
  [[nodiscard]] Size size() const;
  [[nodiscard]] int width() const { return size().columns; }
  /// Whether somebody sits there: keys come from a terminal, and a screen goes to one.
  [[nodiscard]] bool converses() const;

  /// Writes to stdout. False where that failed (a full disk, a closed pipe); said on stderr.
  bool result(std::string_view text);
  /// "ipcgrade: TEXT" on stderr. Bytes that are not ours are made visible.
  void error(std::string_view text) const;
  /// "hint: TEXT" on stderr.
  void hint(std::string_view text) const;
  /// Text on stderr, as it is.
  void note(std::string_view text) const;
  /// Whether stderr is a terminal on which a line can be replaced.
  [[nodiscard]] bool animates() const;
  /// One line of progress that the next one replaces: where that can be done. Empty: takes it away.
  void progress(std::string_view text);

 private:
  bool progress_shown_ = false;
};

}  // namespace ipcgrade
