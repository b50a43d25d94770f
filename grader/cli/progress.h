// How far a grading has come, on stderr: a bar on a terminal, elsewhere a line for what is done.
#pragma once

#include <chrono>
#include <string>

#include "cli/console.h"
#include "grade/grade.h"

namespace ipcgrade {

/// "[####------] ", of as many cells; `share` of all that is to be done.
[[nodiscard]] std::string bar_text(double share, int cells);

/// "[####------] 2/5 a few lines: 120 of 2000 orders, nothing found so far, 95 s left", of at most
/// `width` columns.
[[nodiscard]] std::string progress_bar(const Progress& progress, int width);

/// "[2/5] a few lines: 120 orders, nothing found so far"
[[nodiscard]] std::string progress_line(const Progress& progress);

/// Takes the bar away when it goes. The console is borrowed.
class ProgressView {
 public:
  /// `prefix`: what stands before the bar, such as who is being graded. Any bytes.
  explicit ProgressView(Console& console, std::string prefix = "")
      : console_(console), prefix_(std::move(prefix)) {}
  ProgressView(const ProgressView&) = delete;
  ProgressView& operator=(const ProgressView&) = delete;
  ~ProgressView() { console_.progress(""); }

  /// Has that grading tell all of this. REQUIRES: the view lives as long.
  void watch(GradeOptions& grading);
  void show(const Progress& progress);
  /// A line that stays.
  void log(const std::string& text);

 private:
  Console& console_;
  std::string prefix_;
  std::string shown_;  ///< what was being done
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace ipcgrade
