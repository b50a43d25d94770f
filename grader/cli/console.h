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
  /// Columns of the terminal; 80 where there is none.
  [[nodiscard]] int width() const;

  /// Writes to stdout. False where that failed (a full disk, a closed pipe); said on stderr.
  bool result(std::string_view text);
  /// "ipcgrade: TEXT" on stderr. Bytes that are not ours are made visible.
  void error(std::string_view text) const;
  /// "hint: TEXT" on stderr.
  void hint(std::string_view text) const;
  /// Text on stderr, as it is.
  void note(std::string_view text) const;
  /// One line of progress that the next one replaces: on a terminal only. Empty: takes it away.
  void progress(std::string_view text);

 private:
  bool progress_shown_ = false;
};

}  // namespace ipcgrade
