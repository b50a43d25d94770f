#include "report/run_steps.h"

#include <fmt/format.h>

#include "detect/tell.h"

namespace ipcgrade {
namespace {

/// Of what the C library does for itself there is nothing to say.
bool is_told(const Trace& trace, const Event& event) {
  const bool accesses = event.kind == EventKind::kAccess && event.touches != kEmptyList;
  return accesses || !text_of(trace, event).empty();
}

}  // namespace

std::vector<RunStep> run_steps(const Trace& trace) {
  std::vector<RunStep> steps;
  for (std::size_t i = 0; i < trace.events.size(); ++i) {
    const Event& event = trace.events[i];
    if (is_told(trace, event)) {
      steps.push_back({static_cast<EventId>(i), event_text(trace, event)});
    }
  }
  return steps;
}

std::string who(const Trace& trace, const Event& event) {
  return event.task == kNoTask ? "" : trace.tasks[event.task].name;
}

std::string where(const Trace& trace, std::uint32_t place) {
  const Place& at = trace.places[place];
  return at.file.empty() ? "" : fmt::format("{}:{}", at.file, at.line);
}

}  // namespace ipcgrade
