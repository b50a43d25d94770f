#include "batch/csv.h"

#include <iconv.h>

#include <algorithm>
#include <map>

#include "report/escape.h"

namespace ipcgrade {
namespace {

/// UTF-16 by its mark; what is no whole character at the end is lost.
std::string utf8_of(std::string_view bytes) {
  const bool is_little = bytes.starts_with("\xff\xfe");
  if (!is_little && !bytes.starts_with("\xfe\xff")) return std::string(bytes);
  const iconv_t converter = ::iconv_open("UTF-8", is_little ? "UTF-16LE" : "UTF-16BE");
  if (converter == reinterpret_cast<iconv_t>(-1)) return std::string(bytes);
  std::string from(bytes);
  std::string text(bytes.size() * 2, '\0');  // two bytes become three at the most
  char* in = from.data();
  char* out = text.data();
  std::size_t left = from.size();
  std::size_t room = text.size();
  ::iconv(converter, &in, &left, &out, &room);
  ::iconv_close(converter);
  text.resize(text.size() - room);
  return text;
}

char separator_of(std::string_view text) {
  std::map<char, int> counts;
  bool quoted = false;
  for (const char one : text) {
    if (one == '"') quoted = !quoted;
    if (quoted) continue;
    if (one == '\n' && !counts.empty()) break;
    if (one == ',' || one == ';' || one == '\t') ++counts[one];
  }
  const auto most =
      std::ranges::max_element(counts, {}, [](const auto& one) { return one.second; });
  return most == counts.end() ? ',' : most->first;
}

}  // namespace

std::string csv_line(const CsvRow& row, char separator) {
  const std::string special = std::string("\"\r\n") + separator;
  std::string line;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i > 0) line += separator;
    if (row[i].find_first_of(special) == std::string::npos) {
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

CsvFile parse_csv(std::string_view bytes) {
  CsvFile file;
  std::string text = utf8_of(bytes);
  file.has_mark = text.starts_with(kByteOrderMark);
  if (file.has_mark) text.erase(0, kByteOrderMark.size());
  file.separator = separator_of(text);
  std::vector<CsvRow>& rows = file.rows;
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
    } else if (one == file.separator) {
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
  return file;
}

}  // namespace ipcgrade
