#include "batch/csv.h"

#include "report/escape.h"

namespace ipcgrade {

std::string csv_line(const CsvRow& row) {
  std::string line;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i > 0) line += ',';
    if (row[i].find_first_of(",\"\r\n") == std::string::npos) {
      line += row[i];
    } else {
      line += '"' + replaced(row[i], "\"", "\"\"") + '"';
    }
  }
  return line + "\r\n";
}

std::string csv_cell(std::string_view bytes) {
  std::string text = visible(bytes, Newlines::kEscape);
  if (text.find_first_of("=+-@\t") == 0) text.insert(0, "'");
  return text;
}

std::vector<CsvRow> parse_csv(std::string_view text) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  std::vector<CsvRow> rows;
  CsvRow row;
  std::string cell;
  bool quoted = false;
  bool any = false;  // something is on this line
  const auto end_row = [&] {
    if (any) {
      row.push_back(std::move(cell));
      rows.push_back(std::move(row));
    }
    row.clear();
    cell.clear();
    any = false;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char one = text[i];
    if (quoted) {
      if (one != '"') {
        cell += one;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        cell += '"';
        ++i;
      } else {
        quoted = false;
      }
    } else if (one == '"' && cell.empty()) {
      quoted = any = true;
    } else if (one == ',') {
      row.push_back(std::move(cell));
      cell.clear();
      any = true;
    } else if (one == '\n') {
      end_row();
    } else if (one != '\r' || i + 1 == text.size() || text[i + 1] != '\n') {
      cell += one;
      any = true;
    }
  }
  end_row();
  return rows;
}

}  // namespace ipcgrade
