#include "detect/deadlock.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <ranges>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "detect/cause.h"
#include "detect/results.h"
#include "detect/tell.h"
#include "sandbox/describe.h"

namespace ipcgrade {
namespace {

/// "has ended", "was ended by SIGSEGV".
std::string end_text(const Trace& trace, TaskId task) {
  const auto end = last_of(trace, task, EventKind::kExit);
  const int status = end ? static_cast<int>(trace.events[*end].result) : 0;
  return WIFSIGNALED(status) ? "was ended by " + sandbox::signal_text(WTERMSIG(status))
                             : "has ended";
}

/// "and client, who could end that, has ended": why nobody helps.
std::string why_nobody_helps(const Trace& trace, const std::vector<TaskId>& stuck) {
  std::set<TaskId> helpers;
  for (const TaskId task : stuck) {
    for (const TaskId helper : trace.tasks[task].suppliers) {
      if (helper < trace.tasks.size()) helpers.insert(helper);
    }
  }
  std::vector<std::string> ended;
  std::string how_ended;  // the only one
  std::vector<std::string> waiting;
  for (const TaskId helper : helpers) {
    if (trace.tasks[helper].ended) {
      ended.push_back(trace.tasks[helper].name);
      how_ended = end_text(trace, helper);
    } else if (std::ranges::find(stuck, helper) == stuck.end()) {
      waiting.push_back(trace.tasks[helper].name);
    }
  }
  if (helpers.empty()) {
    const auto tasks = task_ids(trace);
    const bool others = std::ranges::any_of(tasks, [&](TaskId task) {
      return !trace.tasks[task].ended && std::ranges::find(stuck, task) == stuck.end();
    });
    return others ? ", and none of the others could end that"
                  : ", and nobody is left who could end that";
  }
  std::string text;
  if (!ended.empty()) {
    text += fmt::format(", and {}, who could end that, {}", fmt::join(ended, " and "),
                        ended.size() == 1 ? how_ended : "have ended");
  }
  if (!waiting.empty()) {
    text += fmt::format(", and {}, who could end that, {} as well", fmt::join(waiting, " and "),
                        waiting.size() == 1 ? "waits" : "wait");
  }
  if (text.empty()) {
    const bool by_another = std::ranges::all_of(stuck, [&](TaskId task) {
      return std::ranges::any_of(trace.tasks[task].suppliers,
                                 [&](TaskId helper) { return helper != task; });
    });
    text = stuck.size() == 1 ? ", and only it could end that itself"
           : by_another      ? ", and each could only be let go by another of them"
                             : ", and nobody but themselves could end that";
  }
  return text;
}

/// By what they wait in and not by where, which is looked up for few runs only. What follows the
/// first comma of a wait speaks of the state of this run.
std::string distinct(const Trace& trace, const std::vector<TaskId>& stuck) {
  std::set<std::string> waits;
  for (const TaskId id : stuck) {
    const TaskRecord& task = trace.tasks[id];
    const std::string_view what = task.waits_for;
    waits.insert(fmt::format("{}: {}", task.name, what.substr(0, what.find(','))));
  }
  return fmt::format("{}", fmt::join(waits, "; "));
}

/// The first sending of a signal to a process where the same was pending, so that the two became
/// one: signal(7). Of one that the process takes.
std::optional<EventId> first_merged_signal(const Trace& trace) {
  constexpr int kFirstRealTime = 32;
  using Signal = std::pair<TaskId, int>;  // by the process's leader
  const auto leader = [&](TaskId task) { return trace.tasks[task].leader; };
  std::set<Signal> taken;
  for (const TakenSignal& one : trace.taken_signals) {
    if (one.number < kFirstRealTime) taken.insert({leader(one.by), one.number});
  }
  std::set<Signal> pending;
  auto next = trace.taken_signals.begin();
  for (const SentSignal& one : trace.sent_signals) {
    // Those that come from outside come as they please.
    if (one.event < trace.events.size() && trace.events[one.event].injected) continue;
    for (; next != trace.taken_signals.end() && next->event < one.event; ++next) {
      pending.erase({leader(next->by), next->number});
    }
    const Signal signal{leader(one.to), one.number};
    if (one.event == kNoEvent || !taken.contains(signal)) continue;
    if (!pending.insert(signal).second) return one.event;
  }
  return std::nullopt;
}

/// What sent the last signal that the task took. Of those from outside nobody knows which it was.
std::optional<EventId> sender_of_last_signal(const Trace& trace, TaskId task) {
  const auto taken = std::ranges::find(trace.taken_signals.rbegin(), trace.taken_signals.rend(),
                                       task, &TakenSignal::by);
  if (taken == trace.taken_signals.rend()) return std::nullopt;
  for (const SentSignal& one : std::views::reverse(trace.sent_signals)) {
    if (one.event > taken->event || one.number != taken->number) continue;
    const bool is_its = trace.tasks[one.to].leader == trace.tasks[task].leader;
    if (is_its && one.event < trace.events.size()) return one.event;
  }
  return std::nullopt;
}

/// The last call by which another task woke whoever waited where this task waits now, or began to.
std::optional<EventId> last_wake(const Trace& trace, TaskId task) {
  const auto waits =
      std::ranges::find(trace.events.rbegin(), trace.events.rend(), task, &Event::task);
  const auto begin = waits == trace.events.rend() ? trace.events.rend() : waits + 1;
  const auto wakes = [&](const Event& event) {
    const std::string_view call = call_of(trace, event);
    const bool is_wake = call.ends_with("_signal") || call.ends_with("_broadcast") ||
                         text_of(trace, event).contains("_WAKE");
    if (event.kind != EventKind::kCall || event.task == task || !is_wake) return false;
    return std::ranges::any_of(touches_of(trace, event), [&](const Touch& touch) {
      return std::ranges::find(touches_of(trace, *waits), touch.object, &Touch::object) !=
             touches_of(trace, *waits).end();
    });
  };
  const auto found = std::find_if(begin, trace.events.rend(), wakes);
  if (found == trace.events.rend()) return std::nullopt;
  return static_cast<EventId>(trace.events.rend() - found - 1);
}

/// What brought that for which the task then waits.
std::optional<EventId> what_came(const Trace& trace, TaskId task) {
  const auto wake = last_wake(trace, task);
  return wake ? wake : sender_of_last_signal(trace, task);
}

/// ": what it waits for had come …", and by whom.
std::string missed_text(const Trace& trace, std::optional<EventId> by) {
  std::string text = ": what it waits for had come before it began to wait";
  if (!by) return text;
  const Event& event = trace.events[*by];
  if (event.injected || event.kind != EventKind::kCall) return text;
  return text + fmt::format(", by {} of {}{}", call_of(trace, event), trace.tasks[event.task].name,
                            at_place(trace, event.place));
}

/// The task's last look at what another then changed, before it told: that came too early.
std::optional<EventId> early_look(const Trace& trace, TaskId task, EventId told) {
  constexpr std::size_t kMostWrites = 64;
  std::vector<Touch> written;
  for (EventId id = told; id > 0;) {
    const Event& event = trace.events[--id];
    const Touch* touch = event.kind == EventKind::kAccess ? memory_touch(trace, event) : nullptr;
    if (touch == nullptr || event.order == AccessOrder::kLibrary) continue;
    if (event.task != task && event.writes && written.size() < kMostWrites) {
      written.push_back(*touch);
    }
    if (event.task == task && event.reads && conflict(written, std::span(touch, 1))) return id;
  }
  return std::nullopt;
}

void tell_merged(Finding& finding, const Trace& trace, EventId merged) {
  const Event& event = trace.events[merged];
  finding.message += fmt::format(
      ": the signal that is sent{} comes while the last one is still pending, and the two are one",
      at_place(trace, event.place));
  finding.locations.push_back(location_of(trace, event));
  finding.hint =
      "A signal that is pending already is not counted again. Send the next one when the last was "
      "answered, or use what counts: a semaphore, a pipe, real-time signals.";
}

/// Why these wait in vain for what was there.
void tell_missed(Finding& finding, const Trace& trace, const std::vector<TaskId>& waiting,
                 std::vector<EventId>& keys) {
  const bool for_signal = std::ranges::any_of(
      waiting, [&](TaskId task) { return trace.tasks[task].waits_for.contains("signal"); });
  const auto merged = for_signal ? first_merged_signal(trace) : std::nullopt;
  if (!merged) {
    const auto came = what_came(trace, waiting.front());
    finding.message += missed_text(trace, came);
    if (came) {
      const auto looked = early_look(trace, waiting.front(), *came);
      if (looked) keys.push_back(*looked);
    }
    const bool at_condition = std::ranges::any_of(waiting, [&](TaskId task) {
      return trace.tasks[task].waits_for.contains("condition variable");
    });
    if (at_condition) {
      finding.hint =
          "A condition variable remembers nothing. Keep what is waited for in a variable of your "
          "own, change it with the mutex held, and look at it in a loop, with the mutex held, "
          "before each wait.";
    }
    return;
  }
  tell_merged(finding, trace, *merged);
}

/// Whether a task waits at a pipe that its own process has written to, and alone can still write
/// to: for a signal, whose handler does.
bool waits_at_self_pipe(const Trace& trace, TaskId task) {
  if (!trace.tasks[task].waits_for.contains("held by itself")) return false;
  const auto waited = stands_at(trace, task);
  const auto is_own_write = [&](const Event& event) {
    return event.kind == EventKind::kCall && event.writes && event.task < trace.tasks.size() &&
           trace.tasks[event.task].leader == trace.tasks[task].leader &&
           std::ranges::any_of(touches_of(trace, event), [&](const Touch& touch) {
             return std::ranges::find(waited, touch.object, &Touch::object) != waited.end();
           });
  };
  return std::ranges::any_of(trace.events, is_own_write);
}

/// Whether who waits for a signal has lost, by a signal of its own program, a process that was to
/// send it: that another one came too early matters less.
bool has_lost_sender(const Trace& trace, TaskId task) {
  return trace.tasks[task].waits_for.contains("signal") &&
         std::ranges::any_of(deadly_signals(trace), [&](EventId id) {
           return program_of(trace, trace.events[id].task) == program_of(trace, task);
         });
}

/// Where another process has written to the word of the futex that a task waits at, and has woken
/// nobody by it: what std::atomic does, whose notify_one knows only of its own process.
std::optional<EventId> unwoken_write(const Trace& trace, const std::vector<TaskId>& stuck) {
  for (const TaskId task : stuck) {
    if (!trace.tasks[task].waits_for.starts_with("waits to be woken at the futex")) continue;
    const auto waits =
        std::ranges::find_if(trace.events.rbegin(), trace.events.rend(), [&](const Event& event) {
          return event.task == task && event.kind == EventKind::kWaitBegins;
        });
    if (waits == trace.events.rend()) continue;
    const auto written = std::find_if(trace.events.rbegin(), waits, [&](const Event& event) {
      return event.kind == EventKind::kAccess && event.writes &&
             trace.tasks[event.task].leader != trace.tasks[task].leader &&
             conflict(touches_of(trace, event), touches_of(trace, *waits));
    });
    if (written != waits) return static_cast<EventId>(trace.events.rend() - written - 1);
  }
  return std::nullopt;
}

std::string hint_for_own_memory() {
  return "Behind a fork each process has its own of every variable: what one does to its own, the "
         "other never sees. What both are to use lies in memory that they share: a segment, or a "
         "mapping with MAP_SHARED that is made before the fork.";
}

bool is_in_own_memory(const TaskRecord& task) {
  return task.waits_for.ends_with("in memory of its own process alone");
}

/// What another process gave last to something of the name of what a task waits for, but that is
/// another thing: of POSIX's, which live on when their name is taken away, and given again; or each
/// in the memory of its own process.
std::optional<EventId> on_namesake(const Trace& trace, const std::vector<TaskId>& stuck) {
  const auto is_namesake = [&](const Touch& touch, const Touch& waited) {
    if (std::max(touch.object, waited.object) >= trace.objects.size()) return false;
    const ObjectRecord& one = trace.objects[touch.object];
    const ObjectRecord& other = trace.objects[waited.object];
    const bool can = other.kind == ObjectKind::kSemaphore || other.kind == ObjectKind::kQueue ||
                     other.kind == ObjectKind::kCondition;
    return can && touch.object != waited.object && one.kind == other.kind && one.name == other.name;
  };
  // What a process does to memory of its own touches nothing that others see: "sem_post [semaphore
  // at address 0x…] = 0".
  const auto says_name = [&](const Event& event, const Touch& waited) {
    if (waited.object >= trace.objects.size()) return false;
    constexpr std::string_view kThe = "the ";
    const std::string_view name = trace.objects[waited.object].name;
    return name.starts_with(kThe) &&
           text_of(trace, event).contains(fmt::format("[{}]", name.substr(kThe.size())));
  };
  for (const TaskId task : stuck) {
    for (const Touch& waited : stands_at(trace, task)) {
      for (std::size_t id = trace.events.size(); id > 0;) {
        const Event& event = trace.events[--id];
        const std::string_view call = call_of(trace, event);
        const bool gives = call == "sem_post" || call == "mq_send" || call == "mq_timedsend" ||
                           call == "pthread_cond_signal" || call == "pthread_cond_broadcast";
        const bool did = gives && event.result >= 0 && event.place != 0 &&
                         event.task < trace.tasks.size() &&
                         trace.tasks[event.task].leader != trace.tasks[task].leader;
        const auto names_it = [&](const Touch& touch) { return is_namesake(touch, waited); };
        if (did && (std::ranges::any_of(touches_of(trace, event), names_it) ||
                    (is_in_own_memory(trace.tasks[task]) && says_name(event, waited)))) {
          return static_cast<EventId>(id);
        }
      }
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<TaskId> stuck_tasks(const Scenario& scenario, const Trace& trace) {
  const Result* nearest = nearest_result(scenario, trace);
  std::vector<TaskId> all;
  std::vector<TaskId> charged;
  for (const TaskId id : task_ids(trace)) {
    if (trace.tasks[id].ended || trace.tasks[id].waits_for.empty()) continue;
    all.push_back(id);
    const ExpectedEnd* expected =
        nearest == nullptr ? nullptr : expected_of(*nearest, program_of(trace, id));
    if (expected == nullptr || !expected->may_wait) charged.push_back(id);
  }
  return charged.empty() ? all : charged;
}

void add_waits(Finding& finding, const Trace& trace, const std::vector<TaskId>& stuck) {
  for (const TaskId id : stuck) {
    const TaskRecord& task = trace.tasks[id];
    finding.locations.push_back(location_of(trace, id, task.waits_at));
    Waiting& waiting = finding.waits.emplace_back(finding.locations.back(), task.waits_for,
                                                  task.holds, std::vector<std::string>{});
    finding.details.push_back(
        fmt::format("{} waits{}: {}", task.name, at_place(trace, task.waits_at), task.waits_for));
    if (!task.holds.empty()) {
      finding.details.push_back(fmt::format("    it holds {}", fmt::join(task.holds, ", ")));
    }
    // Of a pipe whose end it has itself, no other is a supplier.
    if (task.suppliers.empty() && task.waits_for.contains("held by itself")) {
      waiting.helpers.push_back(task.name);
    }
    for (const TaskId helper : task.suppliers) {
      if (helper >= trace.tasks.size()) continue;
      waiting.helpers.push_back(trace.tasks[helper].name);
      finding.details.push_back(fmt::format("    {} could end that, but {}",
                                            trace.tasks[helper].name,
                                            helper == id ? std::string("that is itself")
                                            : trace.tasks[helper].ended ? end_text(trace, helper)
                                                                        : "waits as well"));
    }
  }
}

bool is_lock_cycle(const std::vector<Waiting>& waits) {
  return waits.size() > 1 && std::ranges::all_of(waits, [](const Waiting& one) {
           return !one.holds.empty() && one.waits_for.contains(", held by ");
         });
}

std::string hint_for_own_end() {
  return "The end of a pipe comes when its last write end is closed: close it in the one who reads "
         "as well, before it reads.";
}

Finding tell_deadlock(const Scenario& scenario, const Trace& trace, Stage stage,
                      std::vector<EventId>& keys) {
  std::vector<TaskId> stuck = stuck_tasks(scenario, trace);
  std::vector<TaskId> missed;
  std::ranges::copy_if(stuck, std::back_inserter(missed), [&](TaskId id) {
    return trace.tasks[id].parked && !has_lost_sender(trace, id);
  });
  Finding finding =
      held_finding(missed.empty() ? Kind::kDeadlock : Kind::kLostWakeup, scenario, stage);
  const std::vector<TaskId>& named = missed.empty() ? stuck : missed;
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < named.size() && i < kMostNamed; ++i) {
    const TaskRecord& task = trace.tasks[named[i]];
    parts.push_back(fmt::format("{} waits for ever{} ({})", task.name,
                                at_place(trace, task.waits_at), task.waits_for));
  }
  if (named.size() > kMostNamed) {
    parts.push_back(fmt::format("{} more wait, too", named.size() - kMostNamed));
  }
  finding.message = fmt::format("{}", fmt::join(parts, ", "));
  const bool is_private = std::ranges::any_of(
      stuck, [&](TaskId task) { return trace.tasks[task].waits_for.contains("its pshared is 0"); });
  if (is_private) {
    finding.hint =
        "What two processes share is made for that, by one of them, before the other can come to "
        "it: sem_init with 1 for pshared, or the attribute PTHREAD_PROCESS_SHARED.";
  }
  const bool in_own_memory = std::ranges::any_of(stuck, [&](TaskId task) {
    return trace.tasks[task].suppliers.empty() && is_in_own_memory(trace.tasks[task]);
  });
  if (in_own_memory) finding.hint = hint_for_own_memory();
  const bool is_own_end = std::ranges::any_of(stuck, [&](TaskId task) {
    return trace.tasks[task].waits_for.contains("last write end is held by itself");
  });
  const bool is_self_pipe =
      std::ranges::any_of(stuck, [&](TaskId task) { return waits_at_self_pipe(trace, task); });
  if (is_own_end && !is_self_pipe) finding.hint = hint_for_own_end();
  if (missed.empty()) finding.message += why_nobody_helps(trace, stuck);
  // Who lost the wake-up is told before who waits for that one.
  std::ranges::stable_partition(
      stuck, [&](TaskId id) { return std::ranges::find(missed, id) != missed.end(); });
  add_waits(finding, trace, stuck);
  if (is_lock_cycle(finding.waits)) {
    finding.hint =
        "Each holds what the other waits for. Who needs several locks at once takes them in one "
        "order, the same everywhere, or lets go of the first before it waits for the next.";
  }
  const auto written = missed.empty() ? unwoken_write(trace, stuck) : std::nullopt;
  if (written) {
    const Event& event = trace.events[*written];
    keys.push_back(*written);
    finding.message += fmt::format("; {} has written there{}, and wakes nobody",
                                   process_of(trace, event.task), at_place(trace, event.place));
    finding.locations.push_back(location_of(trace, event));
    finding.hint =
        "Who waits at a futex goes on when it is woken, whatever has been written there: call "
        "futex with FUTEX_WAKE behind the write. notify_one and notify_all of std::atomic wake "
        "only threads of their own process.";
  } else if (const auto namesake = missed.empty() ? on_namesake(trace, stuck) : std::nullopt) {
    const Event& event = trace.events[*namesake];
    keys.push_back(*namesake);
    // "[semaphore at address 0x…]", and not "[semaphore /name]"
    const bool in_memory = text_of(trace, event).contains(" at ");
    finding.message +=
        fmt::format("; {} of {}{} was for another{}", call_of(trace, event),
                    process_of(trace, event.task), at_place(trace, event.place),
                    in_memory ? " one, in its own memory"
                              : " of that name, which was removed and made anew in between");
    finding.locations.push_back(location_of(trace, event));
    finding.hint =
        in_memory ? hint_for_own_memory()
                  : "What is removed lives on, without its name, for those who have it open; who "
                    "opens the name then makes another. Let one program remove old ones and make "
                    "them, before the other can come, and remove them when both are done.";
  } else if (const auto merged =
                 missed.empty() && is_self_pipe ? first_merged_signal(trace) : std::nullopt) {
    tell_merged(finding, trace, *merged);
    keys.push_back(*merged);
  } else if (missed.empty()) {
    blame_deadly_signal(finding, trace);
  } else {
    tell_missed(finding, trace, missed, keys);
  }
  finding.distinct = distinct(trace, named);
  finding.faults = {finding.distinct};
  return finding;
}

}  // namespace ipcgrade
