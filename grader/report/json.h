// The JSON report, schema 1, for scripts.
//
// Pure ASCII, so it is safe to print. Text that is valid UTF-8 is given unchanged, other bytes
// become \xNN, and of a text of more than 64 KiB the middle is left out. A line that is not known
// is 0, a name that is not known is empty. A verdict that is `ungraded` has no score anywhere, so
// that none can be added up.
//
// Beside what schema 1 asks for there are, where they say something: ungraded_reason, seconds, a
// check's details, and a finding's hint, scenario and details.
#pragma once

#include <string>
#include <string_view>

#include "verdict/verdict.h"

namespace ipcgrade {

/// `tool` is name and version: "ipcgrade 0.1.0". Ends with a newline.
[[nodiscard]] std::string json_report(const Verdict& verdict, std::string_view tool);

}  // namespace ipcgrade
