#include "detect/order_dependent.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <optional>
#include <string>

#include "detect/attempts.h"
#include "detect/cause.h"
#include "detect/results.h"
#include "detect/story.h"
#include "detect/tell.h"
#include "detect/timing.h"
#include "detect/unchecked_call.h"
#include "sandbox/describe.h"

namespace ipcgrade {
namespace {

/// How the result of a program is wrong, in few words: the same for every count of bytes that are
/// missing.
std::string distinct_result(Kind kind, std::string_view program) {
  const std::string_view sort = kind == Kind::kWrongOutput ? "output"
                                : kind == Kind::kWrongExit ? "exit"
                                                           : name_of(kind);
  return fmt::format("{} {}", sort, program);
}

/// At full speed nobody saw who sent a signal; here it is known.
void correct_crash(Finding& finding, const Trace& trace) {
  if (finding.kind != Kind::kCrash && finding.kind != Kind::kWrongExit) return;
  if (finding.locations.empty()) return;
  const auto task = main_task(trace, finding.locations.front().program);
  if (!task) return;
  const auto& end = trace.processes[trace.tasks[*task].program].end;
  const auto* signalled = end ? std::get_if<sandbox::Signalled>(&*end) : nullptr;
  if (signalled == nullptr) return;
  const bool crash = is_crash_of(trace, *task, signalled->signal);
  finding.kind = crash ? Kind::kCrash : Kind::kWrongExit;
  if (crash) finding.hint = hint_for_signal(signalled->signal);
  const auto fault = last_of(trace, *task, EventKind::kCrash);
  if (crash && fault) {
    const Event& event = trace.events[*fault];
    finding.locations = {location_of(trace, event)};
    finding.message += at_place(trace, event.place);
  }
}

/// How a program ended by itself. Nothing where it did not, or crashed, which is told as that.
struct ProgramEnd {
  bool well = false;
  std::string text;  ///< "exits with 2"
};
std::optional<ProgramEnd> end_of(const Trace& trace, const ProcessRecord& process) {
  if (!process.end) return std::nullopt;
  if (const auto* exited = std::get_if<sandbox::Exited>(&*process.end)) {
    return ProgramEnd{exited->status == 0, fmt::format("exits with {}", exited->status)};
  }
  const auto* signalled = std::get_if<sandbox::Signalled>(&*process.end);
  const auto task = main_task(trace, process.program);
  if (signalled == nullptr || !task || is_crash_of(trace, *task, signalled->signal)) {
    return std::nullopt;
  }
  return ProgramEnd{false, "is ended by " + sandbox::signal_text(signalled->signal)};
}

/// A signal that the grader itself sent, to see what becomes of the others.
bool was_sent_by_us(const Trace& trace, TaskId task) {
  return std::ranges::any_of(trace.events, [&](const Event& event) {
    return event.task == task && event.kind == EventKind::kSignal && event.injected;
  });
}

/// The calls of a program that failed by themselves, where it then exits as if they had not.
std::vector<std::string> taken_for_success(const Trace& trace, const std::string& program) {
  std::vector<std::string> faults;
  for (const Event& event : trace.events) {
    const bool failed = event.kind == EventKind::kCall && event.result < 0 && event.place != 0 &&
                        event.task < trace.tasks.size();
    if (!failed || program_of(trace, event.task) != program) continue;
    faults.push_back(ipcgrade::taken_for_success(program, trace.places[event.place]));
  }
  return faults;
}

/// Where signals were taken.
std::vector<std::string> interruptions(const Trace& trace) {
  std::vector<std::string> faults;
  for (const Event& event : trace.events) {
    if (event.kind != EventKind::kSignal || event.place == 0 || event.task >= trace.tasks.size()) {
      continue;
    }
    faults.push_back(interrupted_at(program_of(trace, event.task), trace.places[event.place]));
  }
  return faults;
}

/// Whether it ended by itself, and not well.
bool gives_up(const Trace& trace, std::string_view program) {
  return std::ranges::any_of(trace.processes, [&](const ProcessRecord& process) {
    const auto* exited = process.end ? std::get_if<sandbox::Exited>(&*process.end) : nullptr;
    return process.program == program && exited != nullptr && exited->status != 0;
  });
}

/// ", which server sent at server.c:12": of a signal that ended a program; else empty.
std::string who_sent(const Trace& trace, EventId id) {
  if (trace.events[id].kind != EventKind::kSignal) return "";
  for (const EventId source : after_of(trace, trace.events[id])) {
    const Event& sent = trace.events[source];
    if (sent.kind != EventKind::kCall || sent.place == 0) continue;
    return fmt::format(", which {} sent{}", process_of(trace, sent.task),
                       at_place(trace, sent.place));
  }
  return "";
}

/// Whether the finding is that a timer's signal ended it.
bool is_ended_by_timer(const Trace& trace, const Finding& finding, std::string_view program) {
  const auto signal = finding.kind == Kind::kCrash ? end_by_signal(trace, program) : std::nullopt;
  return signal && call_that_set_timer(trace, trace.events[*signal]);
}

/// For who gave up, by the reason.
void add_hint_for(Finding& finding, const Event& reason) {
  if (reason.kind == EventKind::kSignal) {
    finding.hint =
        "EINTR is no failure: a signal came while the call waited. Make the call again, or set "
        "SA_RESTART where the handler is set.";
  } else if (reason.result < 0 && finding.hint.empty()) {
    finding.hint =
        "A call failed, and it gave up. Was that to be expected, and no reason to give up? If not: "
        "who is to do what that call needs, and by when?";
  }
}

/// `about`: an event that the finding is about, too; kNoEvent: none.
void finish(Finding& finding, const std::string& situation, const Trace& trace, Stage stage,
            EventId about) {
  finding.stage = stage;
  finding.situation = situation;
  correct_crash(finding, trace);
  const std::string program =
      finding.locations.empty() ? std::string() : finding.locations.front().program;
  if (finding.distinct.empty()) finding.distinct = distinct_result(finding.kind, program);
  if (finding.kind == Kind::kWrongExit) finding.faults = taken_for_success(trace, program);
  const bool result = finding.kind == Kind::kWrongOutput || finding.kind == Kind::kWrongExit;
  if (result) finding.faults.push_back(comes_to_wrong_result(program));
  const bool gave_up = result && gives_up(trace, program);
  if (stage == Stage::kOrders) {
    // Who stops since a signal of its own interrupted a call takes that for a failure; one from
    // outside is to be obeyed wherever it comes.
    const bool own = gave_up && outside_signal(trace) == kNoEvent;
    auto& faults = own ? finding.follows : finding.faults;
    for (std::string& fault : interruptions(trace)) faults.push_back(std::move(fault));
  }
  std::vector<EventId> keys = result_events(trace, program);
  if (about != kNoEvent) keys.push_back(about);
  if (about != kNoEvent && finding.kind == Kind::kWrongOutput) add_source(keys, trace, about);
  const auto reason = gave_up ? reason_of(trace, program) : std::nullopt;
  if (reason) keys.push_back(*reason);
  if (!finding.locations.empty() && finding.locations.front().line == 0) {
    auto where = reason    ? reason
                 : gave_up ? end_in_source(trace, program)
                           : end_by_signal(trace, program);
    const bool returned = !where && finding.kind == Kind::kWrongExit;
    if (returned) where = end_in_source(trace, program);
    if (!where && result && stage == Stage::kOrders) where = last_deviation(trace);
    if (!where && finding.kind == Kind::kWrongOutput) {
      where = failed_call(trace, program);
      if (where) keys.push_back(*where);
    }
    if (where) finding.locations = {location_of(trace, trace.events[*where])};
    // Near the return: in main itself, and not in what it called last.
    if (returned && where && !finding.locations.front().callers.empty()) {
      finding.locations = {Location(finding.locations.front().callers.back())};
    }
    if (where && finding.kind == Kind::kWrongExit) finding.message += who_sent(trace, *where);
  }
  const EventId came = outside_signal(trace);
  const bool comes = came != kNoEvent && trace.events[came].result != SIGKILL;
  // Who gave up when a signal had ended one of its own did not do so for the one from outside.
  const bool lost = finding.kind == Kind::kWrongOutput && (gave_up || !(result && comes)) &&
                    blame_deadly_signal(finding, trace);
  const bool unhinted = finding.kind == Kind::kWrongOutput && finding.hint.empty();
  if (!lost && result && comes && (stage == Stage::kOrders || unhinted)) {
    finding.hint =
        "A signal comes between any two steps, and two may come at once. Block it with "
        "sigprocmask while it must not come, look what has come, and let it in only while "
        "waiting: sigsuspend, sigwait, pselect.";
  }
  if (reason) add_hint_for(finding, trace.events[*reason]);
  const auto unchecked = result ? blame_unchecked_call(finding, trace) : std::nullopt;
  if (unchecked) keys.push_back(*unchecked);
  const bool timed = !result && is_ended_by_timer(trace, finding, program);
  if (stage == Stage::kOrders && (result || timed)) {
    const auto stall = find_stall(trace);
    if (stall) {
      keys.push_back(stall->event);
      if (const auto set = tell_timing(finding, trace, *stall)) keys.push_back(*set);
    } else if (result) {
      finding.kind = Kind::kOrderDependentResult;
      finding.message =
          "in this order " + finding.message + "; when each gets its turn, all is right";
    }
  }
  const bool computes = finding.kind == Kind::kCpuLimit;  // and makes no calls meanwhile
  if (trace.stopped && !result && !computes) {
    const auto last = last_call(trace, program, [](const Event&) { return true; });
    if (last) keys.push_back(*last);
  }
  finding.story = tell_story(trace, keys);
}

/// What is in the text of the calls by which it is tried.
std::string_view text_of_try(Attempt attempt) {
  switch (attempt) {
    case Attempt::kPeerMemory:
      return "process_vm_readv";
    case Attempt::kPageMap:
      return "pagemap";
    case Attempt::kSharedPage:
      break;
  }
  return "";
}

/// Where what was never tried rightly was tried; else where that was printed which is wrong but for
/// its text: the last time.
void add_where_of_value(Finding& finding, const ExpectedEnd& expected, const Trace& trace) {
  const auto untried = std::ranges::find_if(expected.tries, [&](Attempt attempt) {
    return !has_tried(trace, expected.program, attempt);
  });
  const std::string_view needle =
      untried == expected.tries.end() ? std::string_view() : text_of_try(*untried);
  const Event* printed = nullptr;
  const Event* tried = nullptr;
  for (const Event& event : trace.events) {
    const bool own = event.kind == EventKind::kCall && event.place != 0 &&
                     event.task < trace.tasks.size() &&
                     program_of(trace, event.task) == expected.program;
    if (!own) continue;
    if (is_on_stream(trace, event, "stdout")) printed = &event;
    const bool closes = call_of(trace, event) == "close";
    if (!needle.empty() && !closes && text_of(trace, event).contains(needle)) tried = &event;
  }
  // An address is compared with the one that was asked for.
  const bool is_address = std::ranges::any_of(expected.values, [](const auto& value) {
    return std::holds_alternative<PeerAddress>(value.second);
  });
  if (is_address && tried == nullptr && !trace.peer_reads.empty()) {
    tried = &trace.events[trace.peer_reads.front().event];
  }
  if (tried != nullptr) {
    finding.locations = {location_of(trace, *tried)};
  } else if (printed != nullptr) {
    finding.locations = {printed_at(trace, *printed, 0)};
  }
}

/// Where a wrong output was written; and whether what it is to be made of was read at all. The
/// write of the first byte that is wrong; kNoEvent: there is none.
EventId add_where(Finding& finding, const Scenario& scenario, const Trace& trace, Stage stage,
                  const Result* nearest) {
  const std::string program = finding.locations.empty() ? "" : finding.locations.front().program;
  const auto process = std::ranges::find(trace.processes, program, &ProcessRecord::program);
  const auto start = std::ranges::find(scenario.starts, program, &Start::program);
  const ExpectedEnd* expected = nearest == nullptr ? nullptr : expected_of(*nearest, program);
  if (process == trace.processes.end() || start == scenario.starts.end() || expected == nullptr) {
    return kNoEvent;
  }
  const std::string right = match_output(*expected, *process, trace).right_text;
  const auto differ = std::ranges::mismatch(right, process->output);
  const auto same = static_cast<std::uint64_t>(differ.in2 - process->output.begin());
  const bool lacks = process->output.size() < right.size() &&
                     right.ends_with(std::string_view(process->output).substr(same));
  bool reads = false;
  std::uint64_t written = 0;
  EventId wrong = kNoEvent;
  for (EventId id = 0; id < trace.events.size(); ++id) {
    const Event& event = trace.events[id];
    const bool own = event.kind == EventKind::kCall && event.task < trace.tasks.size() &&
                     program_of(trace, event.task) == program;
    if (!own) continue;
    reads = reads || (event.bytes_in != 0 && is_on_stream(trace, event, "stdin"));
    if (written > same || event.bytes_out == 0 || event.result <= 0) continue;
    if (!is_on_stream(trace, event, "stdout")) continue;
    written += static_cast<std::uint64_t>(event.result);
    if (written <= same) continue;
    wrong = id;
    const std::uint64_t before = written - static_cast<std::uint64_t>(event.result);
    // What is missing was to come behind the last byte that is right.
    const std::uint64_t byte = lacks && same > before ? same - 1 : same;
    if (event.place != 0) finding.locations = {printed_at(trace, event, byte - before)};
  }
  const bool has_value = !expected->values.empty() || !expected->tries.empty();
  if (right == process->output && has_value) add_where_of_value(finding, *expected, trace);
  // What ends too early, and as if all were well, ends behind the last that it took in.
  const bool as_if_well = !gives_up(trace, program) && !end_by_signal(trace, program);
  if (as_if_well && same == process->output.size() && same < right.size()) {
    const auto read =
        last_call(trace, program, [](const Event& event) { return event.bytes_in != 0; });
    const auto looked = read ? read : last_look_at_shared(trace, program);
    if (looked) finding.locations = {location_of(trace, trace.events[*looked])};
    if (looked && stage != Stage::kOrders && finding.hint.empty()) {
      finding.hint =
          "It ended as if that were all. What had it read by then, and what did it take for the "
          "end?";
    }
  }
  if (!reads && !start->input.empty() && expected->output != process->output) {
    finding.message += fmt::format("; {} never read its stdin", program);
    finding.hint = "What is to be printed is made of what comes on stdin: read that, to its end.";
  }
  return wrong;
}

/// Of a finding about a child: the fork, or the end that is wrong. Of one about a program that was
/// never started: the call that is the reason. Else kNoEvent.
EventId event_of_other(const Finding& finding, const Result* nearest, const Trace& trace) {
  if (nearest == nullptr || finding.locations.empty()) return kNoEvent;
  const std::string& program = finding.locations.front().program;
  const ExpectedEnd* expected = expected_of(*nearest, program);
  const auto process = std::ranges::find(trace.processes, program, &ProcessRecord::program);
  if (process == trace.processes.end()) return kNoEvent;
  if (!process->end) return reason_never_started(trace).value_or(kNoEvent);
  if (expected == nullptr) return kNoEvent;
  const auto wrong = wrong_child(*expected, *process, trace);
  return wrong && wrong->what == finding.message ? wrong->event : kNoEvent;
}

}  // namespace

bool is_crash_of(const Trace& trace, TaskId task, int status) {
  if (!WIFSIGNALED(status)) return false;
  const int signal = WTERMSIG(status);
  if (signal == SIGABRT || signal == SIGPIPE) return true;
  const Event* taken = nullptr;
  for (const Event& event : trace.events) {
    if (event.task != task) continue;
    if (event.kind == EventKind::kCrash) return true;
    if (event.kind == EventKind::kSignal && event.result == signal) taken = &event;
  }
  // Nothing is known of how it came: only the signals of a fault are taken for one.
  if (taken == nullptr) {
    return signal == SIGSEGV || signal == SIGBUS || signal == SIGFPE || signal == SIGILL ||
           signal == SIGTRAP || signal == SIGSYS;
  }
  // From outside: SIGKILL is no fault of the one that it ends.
  if (taken->injected) return signal != SIGKILL;
  return std::ranges::none_of(after_of(trace, *taken), [&](EventId source) {
    return source < trace.events.size() && trace.events[source].kind == EventKind::kCall;
  });
}

std::vector<Finding> detect_wrong_results_held(const Scenario& scenario, const Trace& trace,
                                               Stage stage, const Result* usual) {
  std::vector<Finding> findings = detect_wrong_results(scenario, trace, usual);
  if (findings.empty()) return findings;
  const Result* nearest = nearest_result(scenario, trace, usual);
  const auto wrong = nearest == nullptr ? std::nullopt : wrong_rounds(*nearest, trace);
  // Who went wrong first is told first: the others may only have followed.
  std::ranges::stable_sort(findings, {}, [&](const Finding& finding) {
    const std::string_view program =
        finding.locations.empty() ? std::string_view() : finding.locations.front().program;
    return exit_of(trace, program).value_or(kNoEvent);
  });
  for (Finding& finding : findings) {
    const bool is_of_rounds = wrong && finding.message == wrong->what;
    const EventId printed = finding.kind == Kind::kWrongOutput && !is_of_rounds
                                ? add_where(finding, scenario, trace, stage, nearest)
                                : kNoEvent;
    EventId about = is_of_rounds ? wrong->event : printed;
    if (about == kNoEvent) about = event_of_other(finding, nearest, trace);
    finish(finding, scenario.title, trace, stage, about);
  }
  return findings;
}

void add_where_it_prints(std::vector<Finding>& findings, const Trace& held) {
  for (Finding& finding : findings) {
    if (finding.kind != Kind::kOutputLimit || finding.locations.empty()) continue;
    const auto last = last_call(held, finding.locations.front().program, [&](const Event& event) {
      return event.bytes_out > 0 &&
             (is_on_stream(held, event, "stdout") || is_on_stream(held, event, "stderr"));
    });
    if (last) finding.locations = {location_of(held, held.events[*last])};
  }
}

std::vector<Finding> detect_crashes(const Scenario& scenario, const Trace& trace, Stage stage,
                                    const std::vector<Finding>& told) {
  std::vector<Finding> findings;
  for (EventId id = 0; id < trace.events.size(); ++id) {
    const Event& event = trace.events[id];
    if (event.kind != EventKind::kExit || event.task >= trace.tasks.size()) continue;
    const auto status = static_cast<int>(event.result);
    if (!is_crash_of(trace, event.task, status) || was_sent_by_us(trace, event.task)) continue;
    // Who may give up, and does it so.
    const bool by_alarm = WTERMSIG(status) == SIGALRM && trace.tasks[event.task].parent == kNoTask;
    if (by_alarm && matching_result(scenario, trace) != nullptr) continue;
    const std::string& program = program_of(trace, event.task);
    const std::string as_result = distinct_result(Kind::kCrash, program);
    if (std::ranges::find(told, as_result, &Finding::distinct) != told.end()) continue;
    // Of its own fault; or of a signal, which struck where it was.
    const auto struck = last_of(trace, event.task, EventKind::kSignal);
    const EventId fault =
        last_of(trace, event.task, EventKind::kCrash).value_or(struck.value_or(id));
    Finding finding = held_finding(Kind::kCrash, scenario, stage);
    finding.message = fmt::format("{} was ended by {}{}", process_of(trace, event.task),
                                  sandbox::signal_text(WTERMSIG(status)),
                                  at_place(trace, trace.events[fault].place));
    finding.locations = {location_of(trace, trace.events[fault])};
    finding.distinct = fmt::format("{} {}", process_of(trace, event.task), WTERMSIG(status));
    finding.hint = hint_for_signal(WTERMSIG(status));
    finding.story = tell_story(trace, {fault});
    // Threads of a process end together.
    const bool again = std::ranges::any_of(findings, [&](const Finding& one) {
      return one.locations.front().program == program && one.message == finding.message;
    });
    if (!again) findings.push_back(std::move(finding));
  }
  return findings;
}

std::vector<Finding> detect_differences(const Scenario& scenario, const Trace& fair,
                                        const Trace& trace) {
  std::vector<Finding> findings;
  const std::size_t count = std::min(fair.processes.size(), trace.processes.size());
  for (std::size_t i = 0; i < count; ++i) {
    const ProcessRecord& usual = fair.processes[i];
    const ProcessRecord& here = trace.processes[i];
    const auto usual_end = end_of(fair, usual);
    const auto end = end_of(trace, here);
    if (!usual_end || !end) continue;
    const bool exits_differ = usual_end->well != end->well;
    if (!exits_differ && usual.output == here.output) continue;
    Finding finding = held_finding(Kind::kOrderDependentResult, scenario, Stage::kOrders);
    finding.locations = {{here.program, here.program, "", 0, ""}};
    if (exits_differ) {
      finding.message = fmt::format("{} {} in this order, and {} when each gets its turn",
                                    here.program, end->text, usual_end->text);
      finding.distinct = "exit " + here.program;
    } else {
      finding.severity = Severity::kNote;
      finding.message = fmt::format(
          "{} prints something else in this order than when each gets its turn", here.program);
      finding.distinct = "output " + here.program;
    }
    add_text(finding.details, "when each gets its turn it prints:", usual.output);
    add_text(finding.details, "in this order it prints:", here.output);
    add_text(finding.details, "and on stderr:", here.errors);
    finding.story = tell_story(trace, result_events(trace, here.program));
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace ipcgrade
