// What a check has to say, as lines of plain text: for formats that have one field for all of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/text.h"
#include "verdict/verdict.h"

namespace ipcgrade {

/// Visible, without newlines.
using Lines = std::vector<std::string>;

/// Any bytes as one visible line; of a long one the middle is left out.
[[nodiscard]] std::string one_line(std::string_view bytes);

/// The lines of `texts`, any bytes, each behind `prefix`.
void append_lines(Lines& lines, std::string_view prefix, const std::vector<std::string>& texts);

/// Why it came out so, in a sentence; its title where nothing is to be said. Any bytes.
[[nodiscard]] std::string message_of(const Verdict& verdict, const CheckResult& check);

/// All of its findings, and its details: an empty line before each finding.
[[nodiscard]] Lines told_lines(const Verdict& verdict, const CheckResult& check);

}  // namespace ipcgrade
