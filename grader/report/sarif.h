// The report as SARIF, for what shows findings beside the source: code scanning, editors. OASIS,
// "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
#pragma once

#include <string>
#include <string_view>

#include "verdict/verdict.h"

namespace ipcgrade {

/// One run with a result for each finding. Its steps are a code flow with a thread flow for each
/// process, and `executionOrder` across them. An ungraded verdict has no results, and says why in a
/// notification. `tool`: name and version. Ends with a newline.
[[nodiscard]] std::string sarif_report(const Verdict& verdict, std::string_view tool);

}  // namespace ipcgrade
