// The report as one self-contained page for a browser: no script, no network, the table of the
// steps as the truth and a picture of the same beside it.
#pragma once

#include <string>
#include <string_view>

#include "report/text.h"
#include "verdict/verdict.h"

namespace ipcgrade {

/// HTML that a student's bytes cannot change: all of them are visible text, whatever they hold.
/// `tool`: name and version. The same verdict gives the same page.
[[nodiscard]] std::string html_report(const Verdict& verdict, std::string_view tool,
                                      const FindSourceLine& source_line);

}  // namespace ipcgrade
