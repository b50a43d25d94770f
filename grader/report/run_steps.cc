#include "report/run_steps.h"

#include <fmt/format.h>

#include <utility>

#include "detect/tell.h"

namespace ipcgrade {
namespace {

/// Empty where there is nothing to say.
std::string text_of_step(const Trace& trace, const Event& event) {
  const bool accesses = event.kind == EventKind::kAccess && event.touches != kEmptyList;
  std::string text(text_of(trace, event));
  if (text.empty()) {
    if (!accesses) return "";
    text = event_text(trace, event);
  } else if (accesses) {
    text += event.writes ? fmt::format(": {} -> {}", event.before, event.result)
                         : fmt::format(": {}", event.result);
  }
  const bool fails = event.injected && event.kind == EventKind::kCall;
  if (fails) text += "   <- made to fail by the grader";
  return text;
}

}  // namespace

std::vector<RunStep> run_steps(const Trace& trace) {
  std::vector<RunStep> steps;
  for (std::size_t i = 0; i < trace.events.size(); ++i) {
    std::string text = text_of_step(trace, trace.events[i]);
    if (!text.empty()) steps.push_back({static_cast<EventId>(i), std::move(text)});
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
