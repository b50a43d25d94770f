#include "cli/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/escape.h"
#include "report/text.h"

namespace ipcgrade {
namespace {

std::string findings_text(std::size_t findings) {
  return findings == 0 ? "nothing found so far" : fmt::format("{} found so far", findings);
}

std::string name_of(const Progress& progress) {
  return progress.scenario.empty() ? progress.what : progress.scenario;
}

/// Of all that is to be done.
double share(const Progress& progress) {
  const double of_scenario = progress.done ? 1
                             : progress.most_orders == 0
                                 ? 0
                                 : std::min(1.0, static_cast<double>(progress.orders) /
                                                     static_cast<double>(progress.most_orders));
  if (progress.scenarios == 0) return of_scenario;
  if (progress.number == 0) return 0;
  return (static_cast<double>(progress.number - 1) + of_scenario) /
         static_cast<double>(progress.scenarios);
}

}  // namespace

std::string bar_text(double share, int cells) {
  const int full = std::clamp(static_cast<int>(share * cells), 0, cells);
  return fmt::format("[{:#<{}}{:-<{}}] ", "", full, "", cells - full);
}

std::string progress_bar(const Progress& progress, int width) {
  constexpr int kCells = 10;
  std::string text = bar_text(share(progress), kCells);
  if (progress.number > 0) text += fmt::format("{}/{} ", progress.number, progress.scenarios);
  text += visible(name_of(progress), Newlines::kEscape);
  if (!progress.scenario.empty() && progress.what != "explore" && !progress.what.empty()) {
    text += " (" + progress.what + ")";
  }
  if (progress.orders > 0) {
    text += fmt::format(": {} of {} at the most, {}, {:.0f} s left", progress.orders,
                        counted(progress.most_orders, "order"), findings_text(progress.findings),
                        std::ceil(progress.seconds_left));
  }
  return chopped(text, static_cast<std::size_t>(std::max(width - 1, 20))).front();
}

std::string progress_line(const Progress& progress) {
  std::string text =
      progress.scenarios == 0 ? "" : fmt::format("[{}/{}] ", progress.number, progress.scenarios);
  if (progress.number == 0) return text + (progress.findings == 0 ? "built" : "not built");
  text += visible(name_of(progress), Newlines::kEscape) + ": ";
  if (progress.orders > 0) text += counted(progress.orders, "order") + ", ";
  return text + findings_text(progress.findings);
}

void ProgressView::show(const Progress& progress) {
  if (console_.quiet) return;
  if (!console_.animates()) {
    if (progress.done) console_.note(defuse(prefix_ + progress_line(progress)) + "\n");
    return;
  }
  constexpr auto kOften = std::chrono::milliseconds(100);
  const auto now = std::chrono::steady_clock::now();
  const std::string what = progress.what + progress.scenario;
  if (what == shown_ && now - last_ < kOften) return;
  shown_ = what;
  last_ = now;
  const std::string prefix = visible(prefix_, Newlines::kEscape);
  console_.progress(prefix +
                    progress_bar(progress, console_.width() - static_cast<int>(columns(prefix))));
}

void ProgressView::watch(GradeOptions& grading) {
  grading.progress = [this](const Progress& progress) { show(progress); };
  grading.log = [this](const std::string& text) { log(text); };
}

void ProgressView::log(const std::string& text) {
  console_.progress("");
  console_.error(text);
}

}  // namespace ipcgrade
