// results.json, as Gradescope reads it: one test a check. (Gradescope's documentation of
// autograders, "Output format", 2024.)
//
// All text in it is given as plain text, so that nothing of a student's is taken for HTML. A check
// that is not decided has no status. A verdict that is ungraded has neither tests nor a score:
// Gradescope then says that the autograder failed, and not that the student did.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "verdict/verdict.h"

namespace ipcgrade {

/// In Gradescope's words: "hidden", "after_due_date", "after_published", "visible". Empty: as is
/// set up there.
struct GradescopeOptions {
  std::string visibility;
  std::string stdout_visibility;
  std::map<std::string, std::string> of_checks;  ///< by their ids
};

/// Pure ASCII, ends with a newline. `tool` is name and version.
[[nodiscard]] std::string gradescope_report(const Verdict& verdict, std::string_view tool,
                                            const GradescopeOptions& options = {});

}  // namespace ipcgrade
