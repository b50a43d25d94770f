// What a batch says of the whole class: a table, a page, a JUnit file, and what the learning
// platform takes back.
#pragma once

#include <string>
#include <string_view>

#include "batch/batch.h"
#include "sandbox/error.h"

namespace ipcgrade {

struct ClassOptions {
  std::string lab;
  std::string tool;      ///< name and version
  double max_score = 0;  ///< of the lab
  /// Where the reports of hand-ins are, as the page is to link them: "reports/". Files are called
  /// KEY.html.
  std::string reports;
};

/// A line a hand-in, with a heading; RFC 4180. What a spreadsheet would take for a formula has an
/// apostrophe before it. Hand-ins without a grade have an empty score.
[[nodiscard]] std::string grades_csv(const Batch& batch);

/// How points are distributed, which checks fail and what is found most often, and everybody, with
/// links. One file, no scripts, nothing from elsewhere.
[[nodiscard]] std::string class_page(const Batch& batch, const ClassOptions& options);

/// A test suite a hand-in, as in its own report.
[[nodiscard]] std::string class_junit(const Batch& batch, const ClassOptions& options);

/// The reports for students as a zip that the platform takes back: each called as what was handed
/// in was. An error of memory.
[[nodiscard]] sandbox::Expected<std::string> feedback_zip(const Batch& batch);

}  // namespace ipcgrade
