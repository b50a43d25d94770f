#include "detect/unread.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "detect/results.h"
#include "detect/story.h"
#include "detect/tell.h"

namespace ipcgrade {
namespace {

/// How many different bytes of segments of that name the program's tasks have read.
std::size_t bytes_read(const Trace& trace, const std::string& program, const std::string& segment) {
  std::vector<std::pair<ObjectId, std::vector<bool>>> seen;
  for (const Event& event : trace.events) {
    const bool is_its = event.task < trace.tasks.size() && program_of(trace, event.task) == program;
    if (!is_its || (event.kind == EventKind::kAccess && !event.reads)) continue;
    const auto touches = touches_of(trace, event);
    for (const Touch& touch : touches) {
      if (touch.object >= trace.objects.size() || trace.objects[touch.object].name != segment) {
        continue;
      }
      const bool changes = event.kind == EventKind::kAccess && touches.size() == 1;
      if (!changes && touch != reads(touch.object, touch.begin, touch.end)) continue;
      auto at = std::ranges::find(seen, touch.object, [](const auto& one) { return one.first; });
      if (at == seen.end()) {
        seen.emplace_back(touch.object, std::vector<bool>(trace.objects[touch.object].size));
        at = seen.end() - 1;
      }
      const std::size_t end = std::min<std::size_t>(touch.end, at->second.size());
      for (std::size_t i = touch.begin; i < end; ++i) at->second[i] = true;
    }
  }
  std::size_t most = 0;
  for (const auto& [object, bytes] : seen) {
    most = std::max(most, static_cast<std::size_t>(std::ranges::count(bytes, true)));
  }
  return most;
}

}  // namespace

std::vector<Finding> detect_unread(const Scenario& scenario, const Trace& trace, Stage stage) {
  const Result* result = matching_result(scenario, trace);
  if (result == nullptr || trace.end == RunEnd::kFullSpeed) return {};
  std::vector<Finding> findings;
  for (const ExpectedEnd& end : result->programs) {
    if (!end.from_segment) continue;
    const std::size_t printed = end.output.size() - (end.output.ends_with('\n') ? 1 : 0);
    // The name that a held run gives it (ipc/sysv_names).
    const std::string segment = fmt::format("the segment with key {}", *end.from_segment);
    const std::size_t read = bytes_read(trace, end.program, segment);
    if (read >= printed) continue;
    Finding finding = held_finding(Kind::kWrongOutput, scenario, stage);
    finding.message = fmt::format(
        "{} printed the right {} bytes, but not from {}, of which it has read {}", end.program,
        end.output.size(), segment, read == 0 ? "nothing" : fmt::format("{} bytes only", read));
    finding.locations = {{end.program, end.program, "", 0, ""}};
    finding.distinct = "unread " + end.program;
    finding.story = tell_story(trace, {});
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace ipcgrade
