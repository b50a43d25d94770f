#include "detect/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "detect/match.h"
#include "detect/results.h"
#include "detect/tell.h"
#include "sandbox/describe.h"
#include "trace/stopped.h"

namespace ipcgrade {
namespace {

using sandbox::LimitKind;

Kind kind_of(LimitKind kind) {
  switch (kind) {
    case LimitKind::kWallTime:
      return Kind::kTimeLimit;
    case LimitKind::kCpuTime:
      return Kind::kCpuLimit;
    case LimitKind::kMemory:
      return Kind::kMemoryLimit;
    case LimitKind::kProcesses:
      return Kind::kProcessLimit;
    case LimitKind::kFileSize:
      return Kind::kFileLimit;
    case LimitKind::kOutput:
      return Kind::kOutputLimit;
  }
  return Kind::kTimeLimit;
}

/// It ended the run, or was cut short by that and not allowed to wait.
bool is_culprit(const Trace& trace, const Result& result, std::size_t program) {
  if (trace.stopped->command) return static_cast<std::size_t>(*trace.stopped->command) == program;
  const ProcessRecord& process = trace.processes[program];
  const ExpectedEnd* expected = expected_of(result, process.program);
  const bool may_wait = expected != nullptr && expected->may_wait && stopped_while_waiting(trace);
  return ended_by_us(process) && !may_wait;
}

/// Whom a cause names.
std::string culprits(const Trace& trace, const Result& result) {
  std::vector<std::string> cut;
  for (std::size_t i = 0; i < trace.processes.size(); ++i) {
    if (is_culprit(trace, result, i)) cut.push_back(trace.processes[i].program);
  }
  // All had ended by themselves: a child that one of them left behind did it.
  if (cut.empty()) {
    for (const ProcessRecord& process : trace.processes) {
      if (process.end) cut.push_back(process.program);
    }
  }
  return fmt::format("{}", fmt::join(cut, " and "));
}

/// The last step of those that came to the limit, where its place is known.
std::vector<Location> last_place(const Trace& trace, const Result& result) {
  const auto last =
      std::find_if(trace.events.rbegin(), trace.events.rend(), [&](const Event& event) {
        return event.place != 0 && event.task < trace.tasks.size() &&
               is_culprit(trace, result, trace.tasks[event.task].program);
      });
  if (last == trace.events.rend()) return {};
  return {location_of(trace, *last)};
}

/// Where those stand who are held against somebody: who was at work, if anybody was; else all that
/// wait.
std::vector<Location> standing_places(const Trace& trace, const Result& result) {
  constexpr std::size_t kMost = 4;
  std::vector<Location> waiting, working;
  for (const TaskId id : task_ids(trace)) {
    const TaskRecord& task = trace.tasks[id];
    if (task.ended || task.waits_at == 0 || !is_culprit(trace, result, task.program)) continue;
    auto& all = task.waits_for.empty() || task.waits_for == kBurns ? working : waiting;
    if (all.size() < kMost) all.push_back(location_of(trace, id, task.waits_at));
  }
  return working.empty() ? waiting : working;
}

struct Slept {
  VirtualTime time{};
  const Event* event = nullptr;  ///< the last time
};

/// The line at which those that came to the limit slept the most time of a held run away.
Slept longest_sleep(const Trace& trace, const Result& result) {
  std::map<std::uint32_t, Slept> places;
  VirtualTime now{};
  for (const Event& event : trace.events) {
    const bool slept = event.kind == EventKind::kTimer && event.place != 0 &&
                       event.task < trace.tasks.size() &&
                       text_of(trace, event).starts_with("sleep(") &&
                       is_culprit(trace, result, trace.tasks[event.task].program);
    if (slept) {
      Slept& here = places[event.place];
      here.time += event.at - now;
      here.event = &event;
    }
    now = std::max(now, event.at);
  }
  const auto longest =
      std::ranges::max_element(places, {}, [](const auto& place) { return place.second.time; });
  return longest == places.end() ? Slept{} : longest->second;
}

/// Of a held run whose places are known.
std::vector<Location> where_it_was(LimitKind limit, const Trace& trace, const Result& result) {
  switch (limit) {
    case LimitKind::kWallTime:
    case LimitKind::kCpuTime:
    case LimitKind::kMemory:
      if (auto places = standing_places(trace, result); !places.empty()) return places;
      break;
    case LimitKind::kProcesses:
    case LimitKind::kFileSize:
    case LimitKind::kOutput:
      break;
  }
  return last_place(trace, result);
}

}  // namespace

Finding tell_stopped(const Scenario& scenario, const Trace& trace, const Result& result) {
  const std::string who = culprits(trace, result);
  Finding finding = base_finding(Kind::kTimeLimit, scenario, who);
  if (const auto* refused = std::get_if<sandbox::RefusedCall>(&trace.stopped->what)) {
    finding.kind = Kind::kForbiddenCall;
    finding.locations.clear();
    for (const sandbox::SourceLine& line : refused->stack) {
      finding.locations.push_back({who, who, line.file, line.line, line.function});
    }
    const std::string place =
        refused->stack.empty()
            ? "in " + who
            : fmt::format("at {}:{}", refused->stack.front().file, refused->stack.front().line);
    finding.message =
        fmt::format("{} {}; this call {}, which {}", refused->call, place, refused->reason,
                    scenario.results.empty() ? "is not allowed here" : "this lab does not allow");
  } else {
    const auto& limit = std::get<sandbox::LimitReached>(trace.stopped->what);
    finding.kind = kind_of(limit.kind);
    finding.message = fmt::format("{} {}", who, sandbox::limit_text(limit));
    // "was" and "were" apart, for the one limit that several reach together.
    if (limit.kind == LimitKind::kWallTime) {
      const bool several = who.find(" and ") != std::string::npos;
      finding.message =
          fmt::format("{} {} {}", who, several ? "were" : "was", sandbox::limit_text(limit));
    }
    if (auto where = where_it_was(limit.kind, trace, result); !where.empty()) {
      finding.locations = std::move(where);
    }
    const Slept slept = longest_sleep(trace, result);
    const VirtualTime most = std::chrono::milliseconds(limit.limit);
    const bool slow = limit.kind == LimitKind::kWallTime && slept.time * 2 > most;
    if (slow) {
      finding.message += fmt::format(
          ", of which {} slept {}{}", process_of(trace, slept.event->task),
          seconds_text(std::min(slept.time, most)), at_place(trace, slept.event->place));
      finding.locations = {location_of(trace, *slept.event)};
      finding.hint =
          "A pause in a loop is made as often as the loop goes round. Wait for what is to come, "
          "and not for a time in which it should have come.";
    }
  }
  finding.faults = {fmt::format("{} by {}", name_of(finding.kind), who)};
  finding.distinct = finding.faults.front();  // where they stood, not every run knows
  for (const ProcessRecord& process : trace.processes) {
    if (!process.end) {
      finding.details.push_back(process.program + " had not been started");
      continue;
    }
    if (!process.output.empty()) {
      add_text(finding.details, process.program + " printed:", process.output);
    }
    add_errors(finding, process);
  }
  return finding;
}

}  // namespace ipcgrade
