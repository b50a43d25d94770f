#include "detect/tell.h"

#include <fmt/format.h>

#include <algorithm>

#include "sandbox/describe.h"

namespace ipcgrade {
namespace {

const std::string kSomebody = "a process";  // of a trace that names no task

std::string access_text(const Trace& trace, const Event& event) {
  const Touch* touch = memory_touch(trace, event);
  if (touch == nullptr) return "puts a fence between its accesses";
  const std::uint64_t size = touch->end - touch->begin;
  const bool told = size <= sizeof(event.result);
  const std::string bytes = bytes_text(trace, *touch);
  if (event.reads && event.writes) {
    return told ? fmt::format("changes {}, which held {}", bytes, value_text(event.before, size))
                : "changes " + bytes;
  }
  const char* verb = event.writes ? "writes" : "reads";
  if (!told) return fmt::format("{} {}", verb, bytes);
  return fmt::format("{} {}, {}", verb, value_text(event.result, size), bytes);
}

std::string signal_event_text(const Event& event) {
  return "takes " + sandbox::signal_text(static_cast<int>(event.result));
}

}  // namespace

Finding held_finding(Kind kind, const Scenario& scenario, Stage stage) {
  Finding finding;
  finding.kind = kind;
  finding.stage = stage;
  finding.scenario = scenario.id;
  finding.situation = scenario.title;
  return finding;
}

const std::string& process_of(const Trace& trace, TaskId task) {
  return task < trace.tasks.size() ? trace.tasks[task].name : kSomebody;
}

const std::string& program_of(const Trace& trace, TaskId task) {
  if (task >= trace.tasks.size()) return kSomebody;
  const std::size_t program = trace.tasks[task].program;
  return program < trace.processes.size() ? trace.processes[program].program
                                          : trace.tasks[task].name;
}

std::string_view call_of(const Trace& trace, const Event& event) {
  const std::string_view text = text_of(trace, event);
  return text.substr(0, text.find('('));
}

Location location_of(const Trace& trace, TaskId task, std::uint32_t place) {
  Location location{program_of(trace, task), process_of(trace, task), "", 0, ""};
  if (place != 0 && place < trace.places.size()) {
    location.file = trace.places[place].file;
    location.line = trace.places[place].line;
    location.function = trace.places[place].function;
  }
  return location;
}

Location location_of(const Trace& trace, const Event& event) {
  return location_of(trace, event.task, event.place);
}

std::string at_place(const Trace& trace, std::uint32_t place) {
  if (place == 0 || place >= trace.places.size()) return "";
  return fmt::format(" at {}:{}", trace.places[place].file, trace.places[place].line);
}

std::string value_text(std::int64_t value, std::uint64_t size) {
  if (size == 1 && value >= ' ' && value <= '~')
    return fmt::format("'{}'", static_cast<char>(value));
  return fmt::format("{}", value);
}

std::string bytes_text(const Trace& trace, const Touch& touch) {
  const std::uint64_t size = touch.end - touch.begin;
  const std::string& name =
      touch.object < trace.objects.size() ? trace.objects[touch.object].name : kSomebody;
  return fmt::format("{} byte{} at offset {} of {}", size, size == 1 ? "" : "s", touch.begin, name);
}

const Touch* memory_touch(const Trace& trace, const Event& event) {
  for (const Touch& touch : touches_of(trace, event)) {
    if (touch.object < trace.objects.size() &&
        trace.objects[touch.object].kind == ObjectKind::kMemory) {
      return &touch;
    }
  }
  return nullptr;
}

std::string event_text(const Trace& trace, const Event& event) {
  if (const std::string_view text = text_of(trace, event); !text.empty()) return std::string(text);
  switch (event.kind) {
    case EventKind::kStart:
      return "starts";
    case EventKind::kCall:
      return "makes a call";
    case EventKind::kWaitBegins:
      return "begins to wait";
    case EventKind::kAccess:
      return access_text(trace, event);
    case EventKind::kSignal:
      return signal_event_text(event);
    case EventKind::kSignalEnd:
      return "its handler returns";
    case EventKind::kTimer:
      return "its time is over";
    case EventKind::kExit:
      return "ends";
    case EventKind::kCrash:
      return "crashes";
    case EventKind::kUnsafeCall:
      return "calls what a handler must not call";
    case EventKind::kSpin:
      return "looks again and again at what nobody changes";
  }
  return "";
}

std::string taken_for_success(const std::string& program, const Place& place) {
  return fmt::format("taken for success: {} at {}:{}", program, place.file, place.line);
}

std::string interrupted_at(const std::string& program, const Place& place) {
  return fmt::format("interrupted: {} at {}:{}", program, place.file, place.line);
}

}  // namespace ipcgrade
