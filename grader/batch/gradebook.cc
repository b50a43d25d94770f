#include "batch/gradebook.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <numeric>
#include <optional>

#include "batch/csv.h"
#include "compile/lower_case.h"
#include "report/text.h"

namespace ipcgrade {
namespace {

using sandbox::Expected;

constexpr std::array<const char*, 5> kCanvasColumns{"Student", "ID", "SIS User ID", "SIS Login ID",
                                                    "Section"};

std::optional<std::size_t> column_of(const CsvRow& heading, std::string_view name) {
  const auto at = std::ranges::find(heading, name);
  if (at == heading.end()) return std::nullopt;
  return static_cast<std::size_t>(at - heading.begin());
}

std::string cell(const CsvRow& row, std::optional<std::size_t> column) {
  return column && *column < row.size() ? row[*column] : "";
}

/// Those who have one, by the platform's number.
std::map<std::string, const Graded*> graded_by_id(const Batch& batch) {
  std::map<std::string, const Graded*> all;
  for (const Graded& one : batch.handins) {
    if (one.grade && is_graded(*one.grade)) all[one.imported.handin.id] = &one;
  }
  return all;
}

/// "Lab 1 (77)": where the id begins, with the space before it.
std::optional<std::size_t> canvas_id_of(std::string_view title) {
  const std::size_t open = title.rfind(" (");
  if (open == std::string_view::npos || !title.ends_with(')')) return std::nullopt;
  const std::string_view id = title.substr(open + 2, title.size() - open - 3);
  const bool is_number =
      !id.empty() && id.find_first_not_of("0123456789") == std::string_view::npos;
  return is_number ? std::optional(open) : std::nullopt;
}

/// Of these columns the one that is called so; else the one that has it in its name.
Expected<std::size_t> column_called(const CsvRow& heading, const std::vector<std::size_t>& among,
                                    std::string_view wanted) {
  std::vector<std::size_t> exact;
  std::vector<std::size_t> parts;
  std::string columns;
  for (const std::size_t i : among) {
    const std::string& title = heading[i];
    const std::string_view bare =
        std::string_view(title).substr(0, canvas_id_of(title).value_or(title.size()));
    if (title == wanted || lower_case(bare) == lower_case(wanted)) exact.push_back(i);
    if (lower_case(title).contains(lower_case(wanted))) parts.push_back(i);
    columns += (columns.empty() ? "\"" : ", \"") + title + "\"";
  }
  const auto& found = exact.empty() ? parts : exact;
  if (found.size() == 1) return found.front();
  return sandbox::failure(fmt::format(
      "{} of the gradebook's columns {} \"{}\"; they are {}: --column says which",
      found.empty() ? "none" : fmt::format("{}", found.size()),
      found.size() > 1 ? (exact.empty() ? "have in their names" : "are called") : "is called",
      wanted, columns.empty() ? "none" : columns));
}

/// Those of assignments: without those that Canvas computes, and takes no grades for.
std::vector<std::size_t> canvas_assignments(const std::vector<CsvRow>& rows) {
  const CsvRow& heading = rows[0];
  const bool has_ids = std::ranges::any_of(
      heading, [](const std::string& title) { return canvas_id_of(title).has_value(); });
  std::vector<std::size_t> columns;
  for (std::size_t i = column_of(heading, "Section").value_or(1) + 1; i < heading.size(); ++i) {
    const bool is_read_only = std::ranges::any_of(
        rows, [&](const CsvRow& row) { return lower_case(cell(row, i)).contains("(read only)"); });
    if (!is_read_only && (!has_ids || canvas_id_of(heading[i]))) columns.push_back(i);
  }
  return columns;
}

/// "10.00", "10,00"
std::optional<double> number_in(std::string text) {
  std::ranges::replace(text, ',', '.');
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return read.ec == std::errc() ? std::optional(value) : std::nullopt;
}

/// Says it where the column has other points than the lab.
void compare_points(const std::string& possible, double of_lab, Gradebook& book) {
  const auto value = number_in(possible);
  if (!value || *value == of_lab || !book.notes.empty()) return;
  book.notes.push_back(
      fmt::format("the gradebook's column has {} points, the lab {}: the lab's are written",
                  points(*value), points(of_lab)));
}

/// Made from the names alone.
Gradebook canvas_from_names(const Batch& batch, std::string_view lab) {
  Gradebook book;
  CsvRow heading(kCanvasColumns.begin(), kCanvasColumns.end());
  heading.emplace_back(lab);
  book.csv = csv_line(heading);
  for (const auto& [id, one] : graded_by_id(batch)) {
    book.csv += csv_line(
        {csv_cell(one->imported.handin.student), id, "", "", "", points(one->grade->score)});
  }
  return book;
}

Expected<Gradebook> canvas(const Batch& batch, const CsvFile& exported, std::string_view column,
                           std::string_view lab) {
  const std::vector<CsvRow>& rows = exported.rows;
  if (!column_of(rows[0], "ID") || !column_of(rows[0], "Student")) {
    return sandbox::failure(
        "it is no gradebook that Canvas exported: it has no columns Student and ID");
  }
  const auto grade_column =
      column_called(rows[0], canvas_assignments(rows), column.empty() ? lab : column);
  if (!grade_column) return std::unexpected(grade_column.error());
  Gradebook book;
  auto graded = graded_by_id(batch);
  CsvRow heading(kCanvasColumns.begin(), kCanvasColumns.end());
  heading.push_back(rows[0][*grade_column]);
  book.csv = csv_line(heading, exported.separator);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    CsvRow line;
    for (const char* name : kCanvasColumns) line.push_back(cell(rows[i], column_of(rows[0], name)));
    const bool is_possible = line[0].contains("Points Possible");
    const auto at = graded.find(line[1]);
    if (is_possible) compare_points(cell(rows[i], *grade_column), batch.origin.max_score, book);
    if (!is_possible && at == graded.end()) continue;
    line.push_back(is_possible ? cell(rows[i], *grade_column) : points(at->second->grade->score));
    book.csv += csv_line(line, exported.separator);
    if (!is_possible) graded.erase(at);
  }
  for (const auto& [id, one] : graded) book.unknown.push_back(one->imported.handin.key);
  return book;
}

Gradebook moodle_from_names(const Batch& batch) {
  Gradebook book;
  book.csv = csv_line({"Identifier", "Full name", "Grade"});
  for (const auto& [id, one] : graded_by_id(batch)) {
    book.csv += csv_line(
        {"Participant " + id, csv_cell(one->imported.handin.student), points(one->grade->score)});
  }
  return book;
}

/// The number in "Participant 123", in the platform's language.
std::string moodle_id(const std::string& who) {
  return who.substr(who.find_last_not_of("0123456789") + 1);
}

Expected<Gradebook> moodle(const Batch& batch, const CsvFile& exported, std::string_view column) {
  const std::vector<CsvRow>& rows = exported.rows;
  const bool is_worksheet =
      rows[0].size() > 1 && rows.size() > 1 &&
      std::ranges::all_of(rows.begin() + 1, rows.end(),
                          [](const CsvRow& row) { return !moodle_id(row[0]).empty(); });
  if (!is_worksheet) {
    return sandbox::failure(
        "it is no grading worksheet of Moodle's: its first column does not say \"Participant "
        "123\"");
  }
  std::vector<std::size_t> columns(rows[0].size() - 1);
  std::iota(columns.begin(), columns.end(), 1U);
  const auto grade_column = column_called(rows[0], columns, column.empty() ? "Grade" : column);
  if (!grade_column) return std::unexpected(grade_column.error());
  const auto most = column_of(rows[0], "Maximum Grade");
  Gradebook book;
  auto graded = graded_by_id(batch);
  book.csv = csv_line(rows[0], exported.separator);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    CsvRow line = rows[i];
    compare_points(cell(line, most), batch.origin.max_score, book);
    const auto at = graded.find(moodle_id(line[0]));
    if (at == graded.end() || *grade_column >= line.size()) continue;
    line[*grade_column] = points(at->second->grade->score);
    book.csv += csv_line(line, exported.separator);
    graded.erase(at);
  }
  for (const auto& [id, one] : graded) book.unknown.push_back(one->imported.handin.key);
  return book;
}

}  // namespace

Expected<Gradebook> gradebook_for_import(const Batch& batch, std::string_view exported,
                                         std::string_view column, std::string_view lab) {
  const Platform platform = batch.origin.platform;
  if (platform != Platform::kCanvas && platform != Platform::kMoodle) {
    return sandbox::failure(
        "only Canvas and Moodle import grades, and these hand-ins are of neither");
  }
  const bool is_canvas = platform == Platform::kCanvas;
  if (exported.empty()) return is_canvas ? canvas_from_names(batch, lab) : moodle_from_names(batch);
  const CsvFile file = parse_csv(exported);
  if (file.rows.empty()) return sandbox::failure("it is empty");
  auto book = is_canvas ? canvas(batch, file, column, lab) : moodle(batch, file, column);
  if (book && file.has_mark) book->csv.insert(0, kByteOrderMark);
  return book;
}

}  // namespace ipcgrade
