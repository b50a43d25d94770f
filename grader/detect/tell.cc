#include "detect/tell.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>

#include "sandbox/describe.h"
#include "trace/stopped.h"

namespace ipcgrade {
namespace {

const std::string kSomebody = "the system";  // timers, and signals from outside

/// ": 'a'" of a read, ": 0 -> 'a'" of a write, where it is known; else empty.
std::string value_moved(const Trace& trace, const Event& event) {
  const Touch* const touch =
      event.kind == EventKind::kAccess ? memory_touch(trace, event) : nullptr;
  if (touch == nullptr || touch->end - touch->begin > sizeof(event.result)) return "";
  const std::uint64_t size = touch->end - touch->begin;
  return event.writes ? fmt::format(": {} -> {}", value_text(event.before, size),
                                    value_text(event.result, size))
                      : ": " + value_text(event.result, size);
}

std::string access_text(const Trace& trace, const Event& event) {
  const Touch* touch = memory_touch(trace, event);
  if (touch == nullptr) return "puts a fence between its accesses";
  const std::uint64_t size = touch->end - touch->begin;
  const bool told = size <= sizeof(event.result);
  const std::string bytes = bytes_text(trace, *touch);
  if (event.reads && event.writes) {
    return "changes " + bytes + value_moved(trace, event);
  }
  const char* verb = event.writes ? "writes" : "reads";
  if (!told) return fmt::format("{} {}", verb, bytes);
  return fmt::format("{} {}, {}", verb, value_text(event.result, size), bytes);
}

/// Of what a stream held until it was written.
std::string where_printed(const Trace& trace, const Event& event) {
  if (event.kind != EventKind::kCall || event.place >= trace.places.size()) return "";
  const Place& place = trace.places[event.place];
  if (place.inside == kAtExit) return ", printed there and written at the end";
  if (place.printed.empty()) return "";
  return ", printed" + at_place(trace, place.printed.front().place);
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
  return text.substr(0, text.find_first_of("( "));
}

Location location_of(const Trace& trace, TaskId task, std::uint32_t place) {
  const auto location_at = [&](const Place& at) {
    return Location{
        program_of(trace, task), process_of(trace, task), at.file, at.line, at.function, {}};
  };
  if (place == 0 || place >= trace.places.size()) return location_at({});
  Location location = location_at(trace.places[place]);
  for (const Place& caller : trace.places[place].callers) {
    location.callers.push_back(location_at(caller));
  }
  return location;
}

Location location_of(const Trace& trace, const Event& event) {
  return location_of(trace, event.task, event.place);
}

Location printed_at(const Trace& trace, const Event& event, std::uint64_t byte) {
  const auto& parts = trace.places[event.place].printed;
  const auto part = std::ranges::find_if(parts.rbegin(), parts.rend(),
                                         [&](const Printed& one) { return one.from <= byte; });
  if (part == parts.rend()) return location_of(trace, event);
  return location_of(trace, event.task, part->place);
}

std::string at_place(const Trace& trace, std::uint32_t place) {
  if (place == 0 || place >= trace.places.size()) return "";
  return fmt::format(" at {}:{}", trace.places[place].file, trace.places[place].line);
}

/// Who is alone with a stream touches nothing: then only the call's words tell.
bool is_on_stream(const Trace& trace, const Event& event, std::string_view stream) {
  const std::string_view text = text_of(trace, event);
  const std::size_t name = text.rfind(fmt::format(") [{}]", stream));
  if (name != std::string_view::npos && text.find('"', name) == std::string_view::npos) return true;
  const std::string object = fmt::format("{} of {}", stream, program_of(trace, event.task));
  return std::ranges::any_of(touches_of(trace, event), [&](const Touch& touch) {
    return touch.object < trace.objects.size() && trace.objects[touch.object].name == object;
  });
}

std::string value_text(std::int64_t value, std::uint64_t size) {
  if (size == 1 && value >= ' ' && value <= '~')
    return fmt::format("'{}'", static_cast<char>(value));
  // A few letters that an instruction moves at once: no number that anybody counts with.
  constexpr std::uint64_t kMost = sizeof value;
  if (size > 2 && size <= kMost) {
    std::string letters(kMost, '\0');
    std::memcpy(letters.data(), &value, kMost);
    letters.resize(size);
    if (std::ranges::all_of(letters, [](char one) { return one >= ' ' && one <= '~'; })) {
      return sandbox::quoted(letters);
    }
  }
  return fmt::format("{}", value);
}

namespace {

/// What the bytes are a part of, where that has a name of its own.
const NamedBytes* name_of(const Trace& trace, const Touch& touch) {
  const auto found = std::ranges::find_if(trace.names, [&](const NamedBytes& one) {
    return one.object == touch.object && one.begin <= touch.begin && touch.end <= one.end;
  });
  return found == trace.names.end() ? nullptr : &*found;
}

bool is_whole(const NamedBytes& name, const Touch& touch) {
  return name.begin == touch.begin && name.end == touch.end;
}

}  // namespace

bool is_removal(std::string_view text) {
  return text.contains("IPC_RMID") || text.contains("unlink");
}

std::string counted_bytes(std::uint64_t count) {
  return fmt::format("{} byte{}", count, count == 1 ? "" : "s");
}

std::string bytes_text(const Trace& trace, const Touch& touch) {
  const std::uint64_t size = touch.end - touch.begin;
  const std::string bytes = counted_bytes(size);
  if (const NamedBytes* name = name_of(trace, touch)) {
    if (is_whole(*name, touch)) return name->name;
    return fmt::format("{} at offset {} of {}", bytes, touch.begin - name->begin, name->name);
  }
  const std::string& object =
      touch.object < trace.objects.size() ? trace.objects[touch.object].name : kSomebody;
  // No offset is as large: a process's own memory.
  constexpr std::uint64_t kLeastAddress = std::uint64_t{1} << 32;
  if (touch.begin >= kLeastAddress) {
    return fmt::format("{} at address {:#x} of {}", bytes, touch.begin, object);
  }
  return fmt::format("{} at offset {} of {}", bytes, touch.begin, object);
}

const char* same_bytes_text(const Trace& trace, const Touch& touch) {
  const NamedBytes* name = name_of(trace, touch);
  const bool one = touch.end - touch.begin == 1 || (name != nullptr && is_whole(*name, touch));
  return one ? "it" : "them";
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

const Decision* begun_by(const Trace& trace, EventId id) {
  const std::uint32_t number = trace.events[id].decision;
  const bool begins = id == 0 || trace.events[id - 1].decision != number;
  return begins && number < trace.decisions.size() ? &trace.decisions[number] : nullptr;
}

bool deviates(const Trace& trace, EventId id) {
  const Decision* decision = begun_by(trace, id);
  return decision != nullptr && decision->taken != decision->usual;
}

std::string seconds_text(VirtualTime time) {
  return fmt::format("{:.3g} s", std::chrono::duration<double>(time).count());
}

std::span<const Touch> stands_at(const Trace& trace, TaskId task) {
  if (trace.decisions.empty() || trace.decisions.back().taken != Decision::kNone) return {};
  for (const Choice& choice : choices_of(trace, trace.decisions.back())) {
    if (choice.actor.kind == ActorKind::kTask && choice.actor.task == task) {
      return touches_of(trace, choice);
    }
  }
  return {};
}

TaskId passed_over(const Trace& trace, const Decision& decision) {
  const Choice* taken = taken_choice(trace, decision);
  if (taken == nullptr) return kNoTask;
  for (const Choice& other : choices_of(trace, decision)) {
    const bool ready = other.enabled && other.actor.kind == ActorKind::kTask;
    // A timer's task is a number of its own.
    const bool is_taken =
        taken->actor.kind != ActorKind::kTimer && other.actor.task == taken->actor.task;
    if (ready && !is_taken) return other.actor.task;
  }
  return kNoTask;
}

std::optional<EventId> deadly_signal(const Trace& trace, EventId exit) {
  const int status = static_cast<int>(trace.events[exit].result);
  if (!WIFSIGNALED(status)) return std::nullopt;
  for (EventId id = exit; id > 0;) {
    const Event& event = trace.events[--id];
    if (event.kind != EventKind::kSignal || event.task != trace.events[exit].task) continue;
    return event.result == WTERMSIG(status) ? std::optional(id) : std::nullopt;
  }
  return std::nullopt;
}

std::vector<EventId> deadly_signals(const Trace& trace) {
  std::vector<EventId> all;
  for (EventId id = 0; id < trace.events.size(); ++id) {
    if (trace.events[id].kind != EventKind::kExit) continue;
    const auto struck = deadly_signal(trace, id);
    if (struck && !trace.events[*struck].injected) all.push_back(*struck);
  }
  return all;
}

std::string event_text(const Trace& trace, const Event& event) {
  if (const std::string_view text = text_of(trace, event); !text.empty()) {
    const bool is_made = event.injected && event.kind == EventKind::kCall;
    return std::string(text) + value_moved(trace, event) + where_printed(trace, event) +
           (is_made ? "   <- the grader made it so" : "");
  }
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
    case EventKind::kGone:
      return "can be waited for";
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

std::string comes_to_wrong_result(const std::string& program) { return "wrong result: " + program; }

std::string holds_an_end(const std::string& program) { return "holds an end: " + program; }

std::string interrupted_at(const std::string& program, const Place& place) {
  return fmt::format("interrupted: {} at {}:{}", program, place.file, place.line);
}

}  // namespace ipcgrade
