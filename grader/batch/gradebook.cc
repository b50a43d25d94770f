#include "batch/gradebook.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "batch/csv.h"
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

/// Which column the grades of this lab go to.
Expected<std::size_t> canvas_column(const CsvRow& heading, std::string_view wanted,
                                    std::string_view lab) {
  const std::size_t first = column_of(heading, "Section").value_or(1) + 1;
  std::vector<std::size_t> found;
  const std::string_view part = wanted.empty() ? lab : wanted;
  const auto lower = [](std::string_view text) {
    std::string made(text);
    std::ranges::transform(made, made.begin(), [](unsigned char one) { return std::tolower(one); });
    return made;
  };
  for (std::size_t i = first; i < heading.size(); ++i) {
    if (heading[i] == wanted) return i;
    if (lower(heading[i]).contains(lower(part))) found.push_back(i);
  }
  if (found.size() == 1) return found.front();
  std::string columns;
  for (std::size_t i = first; i < heading.size(); ++i) {
    columns += (columns.empty() ? "\"" : ", \"") + heading[i] + "\"";
  }
  return sandbox::failure(fmt::format("{} of the gradebook's columns {} \"{}\"; they are {}",
                                      found.empty() ? "none" : fmt::format("{}", found.size()),
                                      found.size() > 1 ? "are called" : "is called", part,
                                      columns.empty() ? "none" : columns));
}

Expected<Gradebook> canvas(const Batch& batch, const std::vector<CsvRow>& exported,
                           std::string_view column, std::string_view lab) {
  Gradebook book;
  CsvRow heading(kCanvasColumns.begin(), kCanvasColumns.end());
  auto graded = graded_by_id(batch);
  if (exported.empty()) {
    heading.emplace_back(lab);
    book.csv = csv_line(heading);
    for (const auto& [id, one] : graded) {
      book.csv += csv_line(
          {csv_cell(one->imported.handin.student), id, "", "", "", points(one->grade->score)});
    }
    return book;
  }
  const auto id_column = column_of(exported[0], "ID");
  if (!id_column || !column_of(exported[0], "Student")) {
    return sandbox::failure(
        "it is no gradebook that Canvas exported: it has no columns Student and ID");
  }
  const auto grade_column = canvas_column(exported[0], column, lab);
  if (!grade_column) return std::unexpected(grade_column.error());
  heading.push_back(exported[0][*grade_column]);
  book.csv = csv_line(heading);
  for (std::size_t i = 1; i < exported.size(); ++i) {
    CsvRow line;
    for (const char* name : kCanvasColumns) {
      line.push_back(cell(exported[i], column_of(exported[0], name)));
    }
    const bool is_possible = line[0].contains("Points Possible");
    const auto at = graded.find(line[1]);
    if (!is_possible && at == graded.end()) continue;
    line.push_back(is_possible ? cell(exported[i], *grade_column)
                               : points(at->second->grade->score));
    book.csv += csv_line(line);
    if (!is_possible) graded.erase(at);
  }
  for (const auto& [id, one] : graded) book.unknown.push_back(one->imported.handin.key);
  return book;
}

Expected<Gradebook> moodle(const Batch& batch, const std::vector<CsvRow>& exported) {
  Gradebook book;
  auto graded = graded_by_id(batch);
  if (exported.empty()) {
    book.csv = csv_line({"Identifier", "Full name", "Grade"});
    for (const auto& [id, one] : graded) {
      book.csv += csv_line(
          {"Participant " + id, csv_cell(one->imported.handin.student), points(one->grade->score)});
    }
    return book;
  }
  const auto id_column = column_of(exported[0], "Identifier");
  const auto grade_column = column_of(exported[0], "Grade");
  if (!id_column || !grade_column) {
    return sandbox::failure(
        "it is no grading worksheet of Moodle's: it has no columns Identifier and Grade");
  }
  book.csv = csv_line(exported[0]);
  for (std::size_t i = 1; i < exported.size(); ++i) {
    CsvRow line = exported[i];
    const std::string who = cell(line, *id_column);
    // "Participant 123", in the platform's language.
    const auto at = graded.find(who.substr(who.rfind(' ') + 1));
    if (at == graded.end() || *grade_column >= line.size()) continue;
    line[*grade_column] = points(at->second->grade->score);
    book.csv += csv_line(line);
    graded.erase(at);
  }
  for (const auto& [id, one] : graded) book.unknown.push_back(one->imported.handin.key);
  return book;
}

}  // namespace

Expected<Gradebook> gradebook_for_import(const Batch& batch, std::string_view exported,
                                         std::string_view column, std::string_view lab) {
  const std::vector<CsvRow> rows = parse_csv(exported);
  if (!exported.empty() && rows.empty()) return sandbox::failure("it is empty");
  switch (batch.origin.platform) {
    case Platform::kCanvas:
      return canvas(batch, rows, column, lab);
    case Platform::kMoodle:
      return moodle(batch, rows);
    case Platform::kGradescope:
    case Platform::kNone:
      break;
  }
  return sandbox::failure(
      "only Canvas and Moodle import grades, and these hand-ins are of neither");
}

}  // namespace ipcgrade
