// What a batch says of the whole class: a table, a page, a JUnit file, and what the learning
// platform takes back.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "batch/graded.h"
#include "sandbox/error.h"

namespace ipcgrade {

/// A line a hand-in, with a heading; RFC 4180. What a spreadsheet would take for a formula has an
/// apostrophe before it. Hand-ins without a grade have an empty score.
[[nodiscard]] std::string grades_csv(const Batch& batch);

/// How points are distributed, which checks fail and what is found most often, and everybody, with
/// links to reports/KEY.html. One file, no scripts, nothing from elsewhere. `tool`: name and
/// version.
[[nodiscard]] std::string class_page(const Batch& batch, std::string_view tool);

/// A test suite a hand-in, as in its own report.
[[nodiscard]] std::string class_junit(const Batch& batch);

/// The reports for students as a zip that the platform takes back: each called as what was handed
/// in was. An error of memory.
[[nodiscard]] sandbox::Expected<std::string> feedback_zip(const Batch& batch);

/// All of these as files of a folder: index.html, grades.csv, class.xml, feedback.zip, and
/// reports/KEY.html, .json and .xml. What is there like that already is not written again. An error
/// where one can't be written; the others are.
[[nodiscard]] sandbox::Expected<void> write_class_reports(const Batch& batch,
                                                          const std::filesystem::path& folder,
                                                          std::string_view tool);

/// Takes them away, and the platform's import files: they are of another batch than what is kept
/// in that folder.
void remove_class_reports(const std::filesystem::path& folder);

}  // namespace ipcgrade
