// Comma-separated values (RFC 4180), as spreadsheets and learning platforms write them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ipcgrade {

using CsvRow = std::vector<std::string>;

/// With quotes where they are needed; ends with CR and LF, as the RFC has it.
[[nodiscard]] std::string csv_line(const CsvRow& row, char separator = ',');

/// What a stranger chose, so that no spreadsheet takes it for a formula: visible, and with an
/// apostrophe before =, +, -, @, a tab or a carriage return.
[[nodiscard]] std::string csv_cell(std::string_view bytes);

struct CsvFile {
  std::vector<CsvRow> rows;
  char separator = ',';   ///< or ';' or a tab, as spreadsheets of some countries have it
  bool has_mark = false;  ///< it began with a byte order mark, which Excel needs for UTF-8
};

/// A file in UTF-8, or in UTF-16 with a byte order mark, whose lines end in LF or CR LF. The
/// separator is the one that its first line has most of.
[[nodiscard]] CsvFile parse_csv(std::string_view text);

/// What such a file begins with.
inline constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace ipcgrade
