#include "detect/unread.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "detect/results.h"
#include "detect/story.h"
#include "detect/tell.h"

namespace ipcgrade {
namespace {

/// Bytes of a segment that have been written, or were never read, since the program looked.
using News = std::vector<bool>;

/// How many bytes of segments of that name the program's tasks have read. The same one counts again
/// when it has been written since: letters may go one by one through a single place.
std::size_t bytes_read(const Trace& trace, const std::string& program, const std::string& segment) {
  std::map<ObjectId, News> news;
  std::size_t count = 0;
  for (const Event& event : trace.events) {
    if (event.task >= trace.tasks.size() || event.order == AccessOrder::kLibrary) continue;
    const bool is_its = program_of(trace, event.task) == program;
    const auto touches = touches_of(trace, event);
    for (const Touch& touch : touches) {
      if (touch.object >= trace.objects.size() || trace.objects[touch.object].name != segment) {
        continue;
      }
      const auto [at, is_new] = news.try_emplace(touch.object);
      if (is_new) at->second.assign(trace.objects[touch.object].size, true);
      // A call's are what the kernel reads or writes for it; an access may do both to one place.
      const bool looks = touch == reads(touch.object, touch.begin, touch.end) ||
                         (event.kind == EventKind::kAccess && event.reads && touches.size() == 1);
      const std::size_t end = std::min<std::size_t>(touch.end, at->second.size());
      for (std::size_t i = touch.begin; i < end; ++i) {
        if (is_its && looks) {
          if (at->second[i]) ++count;
          at->second[i] = false;
        } else if (!is_its && !looks) {
          at->second[i] = true;
        }
      }
    }
  }
  return count;
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
        end.output.size(), segment, read == 0 ? "nothing" : counted_bytes(read) + " only");
    finding.locations = {{end.program, end.program, "", 0, ""}};
    finding.distinct = "unread " + end.program;
    finding.story = tell_story(trace, {});
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace ipcgrade
