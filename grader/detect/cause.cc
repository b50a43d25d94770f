#include "detect/cause.h"

#include <algorithm>
#include <set>
#include <string>

#include "detect/tell.h"
#include "trace/stopped.h"

namespace ipcgrade {
namespace {

/// Whether it is a wait that tells of a child which did not end with 0.
bool tells_of_failed_child(const Trace& trace, const Event& event) {
  if (event.result <= 0 || !call_of(trace, event).starts_with("wait")) return false;
  const auto child = std::ranges::find(trace.tasks, event.result, &TaskRecord::number);
  if (child == trace.tasks.end()) return false;
  const auto exit =
      last_of(trace, static_cast<TaskId>(child - trace.tasks.begin()), EventKind::kExit);
  return exit && trace.events[*exit].result != 0;
}

/// The signal that interrupted the last call of the task before that event.
std::optional<EventId> interruption_before(const Trace& trace, EventId id) {
  const TaskId task = trace.events[id].task;
  const Place& said = trace.places[trace.events[id].place];
  while (id > 0) {
    const Event& event = trace.events[--id];
    if (event.task != task) continue;
    // What perror does before it writes is of that.
    const Place& place = trace.places[event.place];
    const bool there = place.file == said.file && place.line == said.line;
    if (event.kind == EventKind::kCall && event.depth == 0 && !there) return std::nullopt;
    if (event.kind == EventKind::kSignal && text_of(trace, event).contains(kInterrupts)) return id;
  }
  return std::nullopt;
}

}  // namespace

std::optional<TaskId> main_task(const Trace& trace, std::string_view program) {
  for (const TaskId id : task_ids(trace)) {
    if (trace.tasks[id].parent == kNoTask && program_of(trace, id) == program) return id;
  }
  return std::nullopt;
}

std::optional<EventId> last_of(const Trace& trace, TaskId task, EventKind kind) {
  for (std::size_t i = trace.events.size(); i > 0;) {
    const Event& event = trace.events[--i];
    if (event.task == task && event.kind == kind) return static_cast<EventId>(i);
  }
  return std::nullopt;
}

std::vector<EventId> result_events(const Trace& trace, std::string_view program) {
  std::vector<EventId> keys;
  const auto task = main_task(trace, program);
  if (!task) return keys;
  if (const auto crash = last_of(trace, *task, EventKind::kCrash)) keys.push_back(*crash);
  if (const auto exit = last_of(trace, *task, EventKind::kExit)) keys.push_back(*exit);
  constexpr std::size_t kMostThatPrint = 3;
  std::set<TaskId> told;
  for (std::size_t i = trace.events.size(); i > 0 && told.size() < kMostThatPrint;) {
    const Event& event = trace.events[--i];
    const bool prints = event.task < trace.tasks.size() && event.kind == EventKind::kCall &&
                        program_of(trace, event.task) == program &&
                        text_of(trace, event).starts_with("write(1,");
    if (prints && told.insert(event.task).second) keys.push_back(static_cast<EventId>(i));
  }
  return keys;
}

std::optional<EventId> last_call(const Trace& trace, std::string_view program,
                                 const std::function<bool(const Event&)>& of) {
  for (std::size_t i = trace.events.size(); i > 0;) {
    const Event& event = trace.events[--i];
    const bool own = event.task < trace.tasks.size() && program_of(trace, event.task) == program;
    if (own && event.kind == EventKind::kCall && event.place != 0 && of(event)) {
      return static_cast<EventId>(i);
    }
  }
  return std::nullopt;
}

std::optional<EventId> failed_call(const Trace& trace, std::string_view program) {
  const auto failed = [&](const Event& event) {
    return event.result < 0 && call_of(trace, event) != "futex";
  };
  const auto at_work = last_call(trace, program, [&](const Event& event) {
    return failed(event) && !is_removal(text_of(trace, event));
  });
  return at_work ? at_work : last_call(trace, program, failed);
}

std::optional<EventId> reason_of(const Trace& trace, std::string_view program) {
  if (const auto failed = failed_call(trace, program)) return failed;
  const auto said = last_call(trace, program, [&](const Event& event) {
    return event.bytes_out > 0 && is_on_stream(trace, event, "stderr");
  });
  if (said) {
    const auto interrupted = interruption_before(trace, *said);
    return interrupted ? interrupted : said;
  }
  return last_call(trace, program,
                   [&](const Event& event) { return tells_of_failed_child(trace, event); });
}

std::optional<EventId> exit_of(const Trace& trace, std::string_view program) {
  const auto task = main_task(trace, program);
  return task ? last_of(trace, *task, EventKind::kExit) : std::nullopt;
}

std::optional<EventId> end_in_source(const Trace& trace, std::string_view program) {
  const auto exit = exit_of(trace, program);
  if (exit && trace.events[*exit].place != 0) return exit;
  return last_call(trace, program, [](const Event&) { return true; });
}

std::optional<EventId> end_by_signal(const Trace& trace, std::string_view program) {
  const auto exit = exit_of(trace, program);
  return exit ? deadly_signal(trace, *exit) : std::nullopt;
}

std::optional<EventId> last_deviation(const Trace& trace) {
  for (auto id = static_cast<EventId>(trace.events.size()); id > 0;) {
    if (deviates(trace, --id) && trace.events[id].place != 0) return id;
  }
  return std::nullopt;
}

void add_source(std::vector<EventId>& keys, const Trace& trace, EventId written) {
  const std::string& program = program_of(trace, trace.events[written].task);
  for (EventId id = written; id > 0;) {
    const Event& event = trace.events[--id];
    const bool own = event.kind == EventKind::kCall && event.bytes_in != 0 &&
                     event.task < trace.tasks.size() && program_of(trace, event.task) == program;
    const std::string_view call = own ? call_of(trace, event) : std::string_view();
    const bool reads = call.starts_with("read") || call.starts_with("recv") || call == "msgrcv" ||
                       call.starts_with("mq_");
    if (!reads) continue;
    keys.push_back(id);
    for (const EventId source : after_of(trace, event)) {
      const Event& given = trace.events[source];
      if (given.kind == EventKind::kCall && given.bytes_out != 0) keys.push_back(source);
    }
    return;
  }
}

std::optional<EventId> last_look_at_shared(const Trace& trace, std::string_view program) {
  for (std::size_t i = trace.events.size(); i > 0;) {
    const Event& event = trace.events[--i];
    const bool looks = event.kind == EventKind::kAccess && event.reads && event.place != 0 &&
                       event.order != AccessOrder::kLibrary;
    if (looks && event.task < trace.tasks.size() && program_of(trace, event.task) == program) {
      return static_cast<EventId>(i);
    }
  }
  return std::nullopt;
}

}  // namespace ipcgrade
