// Comma-separated values (RFC 4180), as spreadsheets and learning platforms write them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ipcgrade {

using CsvRow = std::vector<std::string>;

/// With quotes where they are needed; ends with CR and LF, as the RFC has it.
[[nodiscard]] std::string csv_line(const CsvRow& row);

/// What a stranger chose, so that no spreadsheet takes it for a formula: visible, and with an
/// apostrophe before =, +, -, @, a tab or a carriage return.
[[nodiscard]] std::string csv_cell(std::string_view bytes);

/// All rows of a file, with lines that end in LF or CR LF, and without its byte order mark.
[[nodiscard]] std::vector<CsvRow> parse_csv(std::string_view text);

}  // namespace ipcgrade
