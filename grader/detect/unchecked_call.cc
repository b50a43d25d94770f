#include "detect/unchecked_call.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <string_view>

#include "detect/tell.h"

namespace ipcgrade {
namespace {

/// Whether the call was given -1 for what it works with, and failed: "msgrcv(id -1)", "read(-1, …".
/// To close what is not open harms nobody, and -1 is no mistake for those that take processes.
bool uses_what_failed(const Trace& trace, const Event& event) {
  constexpr std::array<std::string_view, 4> kOthers{"close", "kill", "waitpid", "wait4"};
  if (event.kind != EventKind::kCall || event.result >= 0 || event.injected) return false;
  const std::string_view call = call_of(trace, event);
  if (std::ranges::find(kOthers, call) != kOthers.end()) return false;
  const std::string_view arguments =
      text_of(trace, event).substr(std::min(call.size(), text_of(trace, event).size()));
  return arguments.starts_with("(id -1)") || arguments.starts_with("(id -1,") ||
         arguments.starts_with("(-1)") || arguments.starts_with("(-1,");
}

/// The last call of that process before `end` that failed otherwise.
std::optional<EventId> failed_before(const Trace& trace, EventId end) {
  const TaskId leader = trace.tasks[trace.events[end].task].leader;
  for (EventId id = end; id > 0;) {
    const Event& event = trace.events[--id];
    const bool own = event.task < trace.tasks.size() && trace.tasks[event.task].leader == leader;
    if (!own || event.kind != EventKind::kCall || event.result >= 0) continue;
    if (event.place != 0 && !uses_what_failed(trace, event)) return id;
  }
  return std::nullopt;
}

}  // namespace

std::optional<EventId> blame_unchecked_call(Finding& finding, const Trace& trace) {
  for (EventId id = 0; id < trace.events.size(); ++id) {
    const Event& event = trace.events[id];
    if (event.task >= trace.tasks.size() || !uses_what_failed(trace, event)) continue;
    const bool is_named = std::ranges::any_of(finding.locations, [&](const Location& one) {
      return one.program == program_of(trace, event.task);
    });
    const auto failed = is_named ? failed_before(trace, id) : std::nullopt;
    if (!failed || trace.events[*failed].injected) continue;
    const Event& call = trace.events[*failed];
    const char* name = ::strerrorname_np(static_cast<int>(-call.result));
    finding.message +=
        fmt::format("; {} had failed{} ({}), and what it returned was used", call_of(trace, call),
                    at_place(trace, call.place), name != nullptr ? name : "?");
    finding.faults.push_back(
        taken_for_success(program_of(trace, call.task), trace.places[call.place]));
    finding.locations.insert(finding.locations.begin(), location_of(trace, call));
    finding.hint =
        "Look at what each call returns before you use it. -1 says that it failed: wait and try "
        "again, do without, or say so on stderr and exit with a status other than 0.";
    return failed;
  }
  return std::nullopt;
}

bool is_used_unchecked(const Trace& trace, EventId call) {
  for (EventId id = call + 1; id < trace.events.size(); ++id) {
    const Event& event = trace.events[id];
    if (event.task >= trace.tasks.size() || !uses_what_failed(trace, event)) continue;
    if (failed_before(trace, id) == call) return true;
  }
  return false;
}

}  // namespace ipcgrade
