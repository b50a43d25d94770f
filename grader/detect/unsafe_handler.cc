#include "detect/unsafe_handler.h"

#include <cxxabi.h>
#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <set>
#include <string>

#include "detect/story.h"
#include "detect/tell.h"
#include "sandbox/describe.h"

namespace ipcgrade {
namespace {

/// "EINTR"
std::string errno_text(std::int64_t error) {
  const char* name = strerrorname_np(static_cast<int>(error));
  return name == nullptr || error == 0 ? fmt::format("{}", error) : name;
}

/// The signal whose handler the task was in at an event: the last taken whose handler has not
/// returned.
EventId signal_of(const Trace& trace, EventId id) {
  const TaskId task = trace.events[id].task;
  std::size_t returned = 0;
  for (EventId at = id; at > 0;) {
    const Event& event = trace.events[--at];
    if (event.task != task) continue;
    if (event.kind == EventKind::kSignalEnd) ++returned;
    if (event.kind != EventKind::kSignal) continue;
    if (returned == 0) return at;
    --returned;
  }
  return kNoEvent;
}

/// Whether a handler that ran within this one left errno as this one then did: it is to blame.
bool is_of_inner_handler(const Trace& trace, EventId begin, EventId end) {
  const Event& outer = trace.events[end];
  for (EventId at = begin + 1; at < end; ++at) {
    const Event& inner = trace.events[at];
    if (inner.task == outer.task && inner.kind == EventKind::kSignalEnd &&
        inner.before != inner.result && inner.result == outer.result) {
      return true;
    }
  }
  return false;
}

/// The call in the handler that failed so that errno is as the handler leaves it, or, where that is
/// 0, which no call makes it, one that went well: it is in the handler. kNoEvent: none was seen.
EventId changer_of(const Trace& trace, EventId begin, EventId end) {
  const Event& left = trace.events[end];
  for (EventId at = end; begin != kNoEvent && at > begin; --at) {
    const Event& event = trace.events[at];
    if (event.task == left.task && event.kind == EventKind::kCall && event.place != 0 &&
        event.result == -left.result) {
      return at;
    }
  }
  return kNoEvent;
}

std::string handler_text(const Trace& trace, EventId signal) {
  if (signal == kNoEvent) return "a signal handler";
  const auto number = static_cast<int>(trace.events[signal].result);
  return fmt::format("the handler of {}", sandbox::signal_text(number));
}

/// As the source has it, for a function of the C++ library.
std::string demangled(std::string_view function) {
  if (!function.starts_with("_Z")) return std::string(function);
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(std::string(function).c_str(), nullptr, nullptr, &status), &std::free);
  if (!name) return std::string(function);
  const std::string_view whole = name.get();
  if (whole.contains("basic_ostream")) return "<< of std::ostream";
  return std::string(whole.substr(0, whole.find('(')));
}

/// What the source may say where gcc calls that function instead, since it does the same with less:
/// GCC manual, "Other Builtins".
std::string_view written_as(std::string_view function) {
  if (function == "puts" || function == "putchar") return "printf";
  if (function == "fwrite" || function == "fputc" || function == "fputs") return "fprintf";
  return "";
}

}  // namespace

std::vector<Finding> detect_unsafe_handlers(const Scenario& scenario, const Trace& trace) {
  std::vector<Finding> findings;
  std::set<std::string> known;
  for (EventId id = 0; id < trace.events.size(); ++id) {
    const Event& event = trace.events[id];
    const bool unsafe = event.kind == EventKind::kUnsafeCall;
    const bool changed = event.kind == EventKind::kSignalEnd && event.before != event.result;
    if (!unsafe && !changed) continue;
    const EventId signal = signal_of(trace, id);
    if (changed && signal != kNoEvent && is_of_inner_handler(trace, signal, id)) continue;
    const std::string handler = handler_text(trace, signal);
    const std::string& process = process_of(trace, event.task);
    Finding finding = held_finding(Kind::kUnsafeHandler, scenario, Stage::kOrders);
    if (unsafe) {
      const std::string_view function = call_of(trace, event);
      finding.message = fmt::format("{} calls {} in {}{}, which is not safe there", process,
                                    demangled(function), handler, at_place(trace, event.place));
      finding.distinct = fmt::format("{} {} {}", program_of(trace, event.task), function, handler);
      if (const auto written = written_as(function); !written.empty()) {
        finding.details.push_back(
            fmt::format("gcc may call {} where the source says {}", function, written));
      }
    } else {
      finding.message = fmt::format("in {}, {} changes errno from {} to {}", process, handler,
                                    errno_text(event.before), errno_text(event.result));
      finding.distinct = fmt::format("{} errno {}", program_of(trace, event.task), handler);
      finding.hint =
          "Keep errno in a variable when the handler begins, and put it back before it "
          "returns.";
    }
    if (!known.insert(finding.distinct).second) continue;
    const EventId changer = changed ? changer_of(trace, signal, id) : kNoEvent;
    finding.locations = {location_of(trace, changer == kNoEvent ? event : trace.events[changer])};
    // Those that are no event are no part of it.
    finding.story = tell_story(trace, {signal, changer, id});
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace ipcgrade
