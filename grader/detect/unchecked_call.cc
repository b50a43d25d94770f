#include "detect/unchecked_call.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
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
  std::string_view arguments = text_of(trace, event);
  arguments.remove_prefix(std::min(call.size(), arguments.size()));
  return arguments.starts_with("(id -1)") || arguments.starts_with("(id -1,") ||
         arguments.starts_with("(-1)") || arguments.starts_with("(-1,");
}

struct Unchecked {
  EventId call = kNoEvent;  ///< that failed
  EventId use = kNoEvent;   ///< of what it returned
};

/// The first use that comes after a call of the same process that failed, of which the last one
/// counts, and that is `accepted` as such.
template <typename Accepted>
std::optional<Unchecked> first_unchecked(const Trace& trace, Accepted accepted) {
  std::map<TaskId, EventId> failed;  // by the process's leader
  for (EventId id = 0; id < trace.events.size(); ++id) {
    const Event& event = trace.events[id];
    const bool fails = event.kind == EventKind::kCall && event.result < 0;
    if (!fails || event.task >= trace.tasks.size()) continue;
    const TaskId leader = trace.tasks[event.task].leader;
    if (!uses_what_failed(trace, event)) {
      if (event.place != 0) failed[leader] = id;
    } else if (const auto call = failed.find(leader); call != failed.end()) {
      const Unchecked found{call->second, id};
      if (accepted(found)) return found;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<EventId> blame_unchecked_call(Finding& finding, const Trace& trace) {
  const auto found = first_unchecked(trace, [&](const Unchecked& one) {
    const std::string& program = program_of(trace, trace.events[one.use].task);
    return !trace.events[one.call].injected &&
           std::ranges::find(finding.locations, program, &Location::program) !=
               finding.locations.end();
  });
  if (!found) return std::nullopt;
  const Event& call = trace.events[found->call];
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
  return found->call;
}

bool is_used_unchecked(const Trace& trace, EventId call) {
  return first_unchecked(trace, [&](const Unchecked& one) { return one.call == call; }).has_value();
}

}  // namespace ipcgrade
