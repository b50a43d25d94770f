#include "detect/left_behind.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "detect/cause.h"
#include "detect/makers.h"
#include "detect/results.h"
#include "detect/story.h"
#include "detect/tell.h"
#include "sandbox/describe.h"

namespace ipcgrade {
namespace {

constexpr std::size_t kMostOfAKind = 5;

bool had_its_chance(const Trace& trace) {
  if (trace.stopped) return false;
  return std::ranges::none_of(trace.processes, [](const ProcessRecord& process) {
    return process.end && !std::holds_alternative<sandbox::Exited>(*process.end);
  });
}

/// Who never came, or failed, leaves its partner with what both were to clean up.
bool ended_as_asked(const Scenario& scenario, const Trace& trace) {
  const Result* nearest = nearest_result(scenario, trace);
  if (nearest == nullptr) return true;
  return std::ranges::all_of(trace.processes, [&](const ProcessRecord& process) {
    const ExpectedEnd* expected = expected_of(*nearest, process.program);
    return expected == nullptr || exited_as_asked(*expected, process);
  });
}

std::string key_text(key_t key) {
  // IPC_PRIVATE
  return key == 0 ? "a private key"
                  : fmt::format("key {} ({:#x})", key, static_cast<unsigned>(key));
}

constexpr std::string_view kSemaphore = "sem.";  // sem_overview(7)

bool is_semaphore(const sandbox::SharedMemoryFile& file) {
  return file.name.starts_with(kSemaphore);
}

/// "server", "2 of client", joined.
std::string counted(const std::vector<std::string>& names) {
  std::map<std::string, int> counts;
  for (const std::string& name : names) ++counts[name];
  std::vector<std::string> parts;
  for (const auto& [name, count] : counts) {
    parts.push_back(count == 1 ? name : fmt::format("{} times {}", count, name));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

class LeftBehind {
 public:
  LeftBehind(const Scenario& scenario, const Trace& trace) : scenario_(scenario), trace_(trace) {}

  /// `made_by`: nullptr where nobody saw it; each line is told once. `ends`: of those that are
  /// left.
  void add(Kind kind, std::string message, std::string hint, std::string what,
           const std::vector<const Event*>& made_by, std::vector<EventId> ends = {}) {
    Finding finding;
    finding.kind = kind;
    finding.stage = Stage::kFair;
    finding.scenario = scenario_.id;
    finding.message = std::move(message);
    finding.hint = std::move(hint);
    finding.faults = {left_fault(what)};
    finding.distinct = std::move(what);
    for (const Event* made : made_by) {
      if (made == nullptr || made->place == 0) continue;
      const Location at = location_of(trace_, *made);
      const bool is_told = std::ranges::any_of(finding.locations, [&](const Location& one) {
        return one.program == at.program && one.file == at.file && one.line == at.line;
      });
      if (!is_told) finding.locations.push_back(at);
      ends.push_back(static_cast<EventId>(made - trace_.events.data()));
      if (const auto end = last_of(trace_, made->task, EventKind::kExit)) ends.push_back(*end);
    }
    const bool waits = kind == Kind::kLeakedProcess;
    if (!finding.locations.empty()) {
      finding.story =
          tell_story(trace_, std::move(ends), waits ? StoryEnd::kWaits : StoryEnd::kLastKey);
    }
    findings.push_back(std::move(finding));
  }

  void add_processes(Kind kind, const std::string& message, const char* hint,
                     const std::vector<std::string>& names) {
    std::vector<const Event*> made_by;
    std::vector<EventId> ends;
    for (const std::string& name : names) {
      made_by.push_back(maker_of_process(trace_, name));
      const auto task = std::ranges::find(trace_.tasks, name, &TaskRecord::name);
      if (task == trace_.tasks.end()) continue;
      const auto end =
          last_of(trace_, static_cast<TaskId>(task - trace_.tasks.begin()), EventKind::kExit);
      if (end) ends.push_back(*end);
    }
    std::string text = message + counted(names);
    if (const auto looked = look_that_found_none(made_by)) {
      const Event& event = trace_.events[*looked];
      text += fmt::format("; {}{} came back before it had ended", call_of(trace_, event),
                          at_place(trace_, event.place));
      made_by.push_back(&event);
    }
    add(kind, std::move(text), hint, std::string(kChildLeft), made_by, std::move(ends));
  }

  /// Many of one sort are one fault: a few are told one by one, the rest in the last of them. Of
  /// `name` and `state`, only the first is the same in every run.
  template <typename Object, typename Name, typename State>
  void add_objects(const std::vector<Object>& objects, Name name, State state, const char* hint) {
    for (std::size_t i = 0; i < objects.size() && i < kMostOfAKind; ++i) {
      const std::string what = name(objects[i]);
      std::string message = what + state(objects[i]) + " was left behind";
      if (i + 1 == kMostOfAKind && objects.size() > kMostOfAKind) {
        message += fmt::format(", and {} more", objects.size() - kMostOfAKind);
      }
      add(Kind::kLeakedObject, std::move(message), hint, what, {maker_of(trace_, objects[i])});
    }
  }

  std::vector<Finding> findings;

 private:
  /// The last wait of the makers with WNOHANG, if it found no child that had ended.
  [[nodiscard]] std::optional<EventId> look_that_found_none(
      const std::vector<const Event*>& makers) const {
    for (EventId id = static_cast<EventId>(trace_.events.size()); id > 0;) {
      const Event& event = trace_.events[--id];
      const bool waits =
          event.kind == EventKind::kCall && call_of(trace_, event).starts_with("wait");
      const bool own = waits && std::ranges::any_of(makers, [&](const Event* one) {
                         return one != nullptr && one->task == event.task;
                       });
      if (!own) continue;
      const bool found_none = event.result == 0 && event.place != 0;
      return found_none ? std::optional(id) : std::nullopt;
    }
    return std::nullopt;
  }

  const Scenario& scenario_;
  const Trace& trace_;
};

bool may_leave_given(const Scenario& scenario, const Trace& trace) {
  if (const Result* result = matching_result(scenario, trace)) return result->may_leave_given;
  // The results are wrong, which is told elsewhere: give the benefit of the doubt.
  return std::ranges::any_of(scenario.results, &Result::may_leave_given);
}

/// The very one, and not one that a program made in its place, be it of the same key and size: the
/// given ones are made first, and an id is never used again (Box::give_segment).
bool is_given(const Scenario& scenario, const sandbox::SysvSegment& segment) {
  return static_cast<std::size_t>(segment.id) < scenario.given.size();
}

std::vector<sandbox::SysvSegment> own_segments(const Scenario& scenario, const Trace& trace) {
  std::vector<sandbox::SysvSegment> own;
  const bool given_may_stay = may_leave_given(scenario, trace);
  for (const sandbox::SysvSegment& segment : trace.left.segments) {
    if (!(is_given(scenario, segment) && given_may_stay)) own.push_back(segment);
  }
  return own;
}

/// By name. Of a held run also those that still wait when all programs have ended.
std::vector<std::string> live_processes(const Trace& trace) {
  std::vector<std::string> names;
  for (const sandbox::LiveProcess& process : trace.left.processes) names.push_back(process.name);
  const bool all_wait = trace.end == RunEnd::kDeadlock || trace.end == RunEnd::kSpinning;
  if (!names.empty() || !all_wait) return names;
  for (const TaskId id : task_ids(trace)) {
    const TaskRecord& task = trace.tasks[id];
    const bool is_program = task.parent == kNoTask;  // may wait for another, or was never started
    if (!task.ended && task.leader == id && !is_program) names.push_back(task.name);
  }
  return names;
}

}  // namespace

std::string left_fault(std::string_view what) { return fmt::format("left: {}", what); }

std::vector<Finding> detect_left_behind(const Scenario& scenario, const Trace& trace) {
  return ended_as_asked(scenario, trace) ? detect_left_at_all(scenario, trace)
                                         : std::vector<Finding>{};
}

std::vector<Finding> detect_left_at_all(const Scenario& scenario, const Trace& trace) {
  if (!had_its_chance(trace)) return {};
  LeftBehind left(scenario, trace);
  left.add_objects(
      own_segments(scenario, trace),
      [](const sandbox::SysvSegment& segment) {
        return "a System V shared memory segment with " + key_text(segment.key);
      },
      [](const sandbox::SysvSegment& segment) {
        return " and " + sandbox::size_text(segment.size);
      },
      "shmctl(id, IPC_RMID, NULL) removes it; on your own machine ipcs -m shows what is left");
  left.add_objects(
      trace.left.semaphore_sets,
      [](const sandbox::SysvSemaphoreSet& set) {
        return "a System V semaphore set with " + key_text(set.key);
      },
      [](const sandbox::SysvSemaphoreSet& set) {
        return fmt::format(" and {} semaphore{}", set.count, set.count == 1 ? "" : "s");
      },
      "semctl(id, 0, IPC_RMID) removes it; on your own machine ipcs -s shows what is left");
  left.add_objects(
      trace.left.message_queues,
      [](const sandbox::SysvMessageQueue& queue) {
        return "a System V message queue with " + key_text(queue.key);
      },
      [](const sandbox::SysvMessageQueue& queue) {
        return fmt::format(" and {} message{} in it", queue.messages,
                           queue.messages == 1 ? "" : "s");
      },
      "msgctl(id, IPC_RMID, NULL) removes it; on your own machine ipcs -q shows what is left");
  left.add_objects(
      trace.left.posix_queues,
      [](const sandbox::PosixMessageQueue& queue) {
        return "the POSIX message queue " + queue.name;
      },
      [](const sandbox::PosixMessageQueue&) { return ""; }, "mq_unlink removes it");
  left.add_objects(
      trace.left.shared_memory_files,
      [](const sandbox::SharedMemoryFile& file) {
        return is_semaphore(file) ? "the POSIX semaphore /" + file.name.substr(kSemaphore.size())
                                  : "the POSIX shared memory object /" + file.name;
      },
      [](const sandbox::SharedMemoryFile& file) {
        return is_semaphore(file) ? "" : " of " + sandbox::size_text(file.size);
      },
      "sem_unlink removes a semaphore, shm_unlink a shared memory object");
  if (const std::vector<std::string> names = live_processes(trace); !names.empty()) {
    left.add_processes(Kind::kLeakedProcess, "still running after the programs had ended: ",
                       "a program should end its children and wait for them before it exits",
                       names);
  }
  if (!trace.unreaped.empty()) {
    left.add_processes(Kind::kUnreapedChild, "a child was never waited for: ",
                       "wait or waitpid, once for each fork, takes note of a child's end",
                       trace.unreaped);
  }
  return std::move(left.findings);
}

}  // namespace ipcgrade
