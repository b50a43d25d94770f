// The report for a person at a terminal: short when all is well; what, where, why and what to try
// when not.
#pragma once

#include <string>

#include "report/text.h"
#include "verdict/verdict.h"

namespace ipcgrade {

struct TerminalOptions {
  bool color = false;
  /// Columns. Sentences are wrapped to it; commands to be copied are never broken. At least 40 and
  /// at most 100 are used.
  int width = 80;
  bool quiet = false;    ///< only what failed, in a line each, and the points
  bool verbose = false;  ///< details whole, and what the sandbox cannot promise here
  FindSourceLine source_line;
};

/// Ends with a newline. Nothing of it depends on colour: what is red says FAIL as well.
[[nodiscard]] std::string terminal_report(const Verdict& verdict, const TerminalOptions& options);

}  // namespace ipcgrade
