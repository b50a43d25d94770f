// The result that GitHub Classroom's reporter takes, of one runner (classroom-resources/
// autograding-grading-reporter, src/main.js and notify-classroom.js): it is handed over as base64
// in the environment. The reporter adds up the scores of the tests.
#pragma once

#include <string>

#include "verdict/verdict.h"

namespace ipcgrade {

/// JSON in one line, pure ASCII, ends with a newline. A verdict that is ungraded has the status
/// "error", and no points are asked for.
[[nodiscard]] std::string classroom_report(const Verdict& verdict);

}  // namespace ipcgrade
