// What a compiler, linker or make printed, cut to what helps a student.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ipcgrade {

struct CompilerMessage {
  std::string file;  ///< as the student named it
  int line = 0;
  int column = 0;      ///< 0 where the tool gives none
  bool error = false;  ///< else a warning
  std::string message;
  std::vector<std::string> excerpt;  ///< the source line and the mark below it, as gcc draws them

  /// "server.c:12:5: error: …"
  [[nodiscard]] std::string text() const;
};

/// The errors and warnings of gcc, g++ and ld in `printed`, in their order; everything else (notes,
/// include chains, template backtraces) is passed over. Pure, and safe on any bytes.
[[nodiscard]] std::vector<CompilerMessage> parse_messages(std::string_view printed);

/// The last lines of what was printed, for where parse_messages() finds nothing.
[[nodiscard]] std::vector<std::string> last_lines(std::string_view printed, std::size_t most);

}  // namespace ipcgrade
