#include "detect/results.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <optional>
#include <string_view>
#include <utility>

#include "detect/limits.h"
#include "detect/tell.h"
#include "sandbox/describe.h"
#include "trace/stopped.h"

namespace ipcgrade {
namespace {

using sandbox::LimitKind;

constexpr std::size_t kMostShownLines = 8;
constexpr std::size_t kMostOfShownLine = 200;
// Of an output that is longer, what is beside the first byte that is wrong.
constexpr std::size_t kMostShownWhole = 500;
constexpr std::size_t kShownBefore = 40;
constexpr std::size_t kShownAfter = 120;

std::string shown_line(std::string_view line) {
  if (line.size() <= kMostOfShownLine) return std::string(line);
  return std::string(line.substr(0, kMostOfShownLine)) + fmt::format("… ({} bytes)", line.size());
}

/// `at`: the first byte that is not as it should be.
void add_around(std::vector<std::string>& details, const std::string& heading,
                std::string_view text, std::size_t at) {
  if (text.size() <= kMostShownWhole) return add_text(details, heading + ":", text);
  const std::size_t begin = std::min(at - std::min(at, kShownBefore), text.size());
  std::string_view part = text.substr(begin, kShownBefore + kShownAfter);
  std::size_t lines = 0;
  const auto is_last = [&](char letter) { return letter == '\n' && ++lines == kMostShownLines; };
  const auto cut = std::ranges::find_if(part, is_last);
  part = part.substr(0, static_cast<std::size_t>(cut - part.begin()));
  if (part.empty()) return details.push_back(fmt::format("{} {} bytes", heading, text.size()));
  const std::size_t end = begin + part.size();
  details.push_back(fmt::format("{}, bytes {} to {} of {}:", heading, begin + 1, end, text.size()));
  for (std::string_view left = part; !left.empty();) {
    const std::size_t length = std::min(left.find('\n'), left.size());
    details.push_back("    " + std::string(left.substr(0, length)));
    left.remove_prefix(std::min(length + 1, left.size()));
  }
}

/// The command line, where it has arguments.
void add_arguments(Finding& finding, const Scenario& scenario, const std::string& program) {
  const auto start = std::ranges::find(scenario.starts, program, &Start::program);
  if (start == scenario.starts.end() || start->arguments.empty()) return;
  std::string line = "started as: " + program;
  for (const std::string& argument : start->arguments) {
    const bool plain = !argument.empty() && argument.find_first_of(" \t\n\"'") == std::string::npos;
    line += plain ? " " + argument : fmt::format(" \"{}\"", argument);
  }
  finding.details.push_back(std::move(line));
}

/// "exit with 2".
std::string exit_text(const ExitRule& rule) {
  const auto* is = std::get_if<ExitIs>(&rule);
  return is != nullptr ? fmt::format("exit with {}", is->status)
                       : "exit with a status other than 0, to say that it failed";
}

/// "right is, with the right value for {k}": what a value is shown as.
std::string right_with_values(const ExpectedEnd& expected) {
  std::string names;
  for (const auto& value : expected.values) {
    names += (names.empty() ? "{" : " and {") + value.first + "}";
  }
  return "right is, with the right value for " + names;
}

Finding wrong_output(const Scenario& scenario, const ExpectedEnd& expected,
                     const ProcessRecord& process, const Trace& trace) {
  Finding finding = base_finding(Kind::kWrongOutput, scenario, process.program);
  const OutputMatch match = match_output(expected, process, trace);
  const std::string& right = match.right_text;
  const std::string& printed = process.output;
  if (!match.wrong_value.empty()) {
    finding.message = fmt::format("{} printed {}", process.program, match.wrong_value);
  } else if (right.empty()) {
    const auto* is = std::get_if<ExitIs>(&expected.exit);
    const bool refuses = is == nullptr || is->status != 0;
    finding.message = fmt::format("{} printed {} where it should print nothing{}", process.program,
                                  counted_bytes(printed.size()),
                                  refuses ? " and " + exit_text(expected.exit) : "");
  } else if (printed.empty()) {
    finding.message = fmt::format("{} printed nothing", process.program);
  } else if (printed + "\n" == right) {
    finding.message =
        fmt::format("{} printed the right text without the newline at its end", process.program);
  } else {
    const auto differ = std::ranges::mismatch(right, printed);
    const auto same = static_cast<std::size_t>(differ.in1 - right.begin());
    if (same == right.size()) {
      finding.message = fmt::format("{} printed the right text, and {} more", process.program,
                                    counted_bytes(printed.size() - right.size()));
    } else if (same == printed.size()) {
      finding.message = fmt::format("{} printed only the first {} of {} bytes", process.program,
                                    printed.size(), right.size());
    } else {
      finding.message =
          fmt::format("{} printed something else, from byte {} on", process.program, same + 1);
    }
  }
  const auto at =
      static_cast<std::size_t>(std::ranges::mismatch(right, printed).in1 - right.begin());
  const bool has_value = std::ranges::any_of(
      expected.values, [&](const auto& value) { return right.contains("{" + value.first + "}"); });
  add_arguments(finding, scenario, process.program);
  if (right == printed) {
    // The value is wrong in what the program did, and not beside the others.
    add_text(finding.details, right_with_values(expected) + ":", expected.output);
    add_text(finding.details, process.program + " printed:", printed);
    finding.hint =
        "The text is right, and a value in it is not what the program did: print the very thing "
        "that it counted, or worked with, and at that moment.";
  } else {
    add_around(finding.details, has_value ? right_with_values(expected) : "right is", right, at);
    add_around(finding.details, process.program + " printed", printed, at);
  }
  add_errors(finding, process);
  return finding;
}

/// Signals that the kernel sends for a fault of the program itself, and the two that count as a
/// crash however they came. At full speed nobody saw who sent the others.
bool is_crash(int signal) {
  constexpr std::array kCrashes{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGPIPE, SIGTRAP};
  return std::ranges::find(kCrashes, signal) != kCrashes.end();
}

Finding wrong_exit(const Scenario& scenario, const ExpectedEnd& expected,
                   const ProcessRecord& process) {
  Finding finding = base_finding(Kind::kWrongExit, scenario, process.program);
  if (const auto* exited = std::get_if<sandbox::Exited>(&*process.end)) {
    finding.message = fmt::format("{} exited with {}; {}", process.program, exited->status,
                                  "it should " + exit_text(expected.exit));
  } else if (const auto* signalled = std::get_if<sandbox::Signalled>(&*process.end)) {
    if (is_crash(signalled->signal)) finding.kind = Kind::kCrash;
    finding.message =
        fmt::format("{} was ended by {}", process.program, sandbox::signal_text(signalled->signal));
    if (finding.kind != Kind::kCrash) finding.hint = hint_for_signal(signalled->signal);
  } else {
    finding.message = fmt::format("{} could not be started", process.program);
  }
  add_arguments(finding, scenario, process.program);
  if (!process.output.empty()) {
    add_text(finding.details, process.program + " printed:", process.output);
  }
  add_errors(finding, process);
  return finding;
}

/// ", or else client should print 27 bytes and exit with 0", where by another result that is as
/// near it is not this program which is wrong; else empty.
std::string other_way(const Scenario& scenario, const Result& nearest, std::size_t program,
                      const Trace& trace) {
  const auto is_wrong = [](Match one) { return one != Match::kRight; };
  if (std::ranges::count_if(match_programs(nearest, trace), is_wrong) != 1) return "";
  for (const Result& other : scenario.results) {
    const auto found = match_programs(other, trace);
    if (found[program] != Match::kRight || std::ranges::count_if(found, is_wrong) != 1) continue;
    const auto wrong = std::ranges::find_if(found, is_wrong) - found.begin();
    const std::string& name = trace.processes[static_cast<std::size_t>(wrong)].program;
    const ExpectedEnd& expected = *expected_of(other, name);
    return fmt::format(", or else {} should print {} and {}", name,
                       expected.output.empty() ? "nothing" : counted_bytes(expected.output.size()),
                       exit_text(expected.exit));
  }
  return "";
}

/// That event, or the last of its task before it whose place is known: who returns from main has
/// none. nullptr: there is no such event.
const Event* last_placed(const Trace& trace, EventId id) {
  if (id >= trace.events.size()) return nullptr;
  for (EventId at = id + 1; at > 0; --at) {
    const Event& event = trace.events[at - 1];
    if (event.task == trace.events[id].task && event.place != 0) return &event;
  }
  return nullptr;
}

/// All that is wrong with it but its output and its exit.
Finding wrong_otherwise(Match match, const Scenario& scenario, const ExpectedEnd& expected,
                        const ProcessRecord& process, const Trace& trace) {
  Finding finding = base_finding(Kind::kWrongOutput, scenario, process.program);
  if (match == Match::kWrongChild) {
    const auto wrong = wrong_child(expected, process, trace).value_or(WrongChild{});
    finding.kind = wrong.is_one_more ? Kind::kWrongChannel : Kind::kWrongExit;
    finding.message = wrong.what;
    if (const Event* event = last_placed(trace, wrong.event)) {
      finding.locations = {location_of(trace, *event)};
    }
    if (wrong.is_one_more) {
      finding.hint = "The lab is about the processes that the handout names: do it with those.";
    }
    if (wrong.is_needless) {
      finding.hint = "Find out whether there is anything to do before you fork, not after.";
    }
    if (wrong.signal != 0) finding.hint = hint_for_signal(wrong.signal);
  } else if (match == Match::kUntried) {
    finding.message = untried(expected, trace);
    finding.hint =
        "What it prints of that, it is to have found out in this run, by this call, and while "
        "there is something to find out.";
  } else {
    finding.message = process.program + " said nothing on stderr";
    finding.hint =
        "Whoever sees that it failed wants to know why: say it on stderr. Where a call failed, "
        "perror says it.";
  }
  add_arguments(finding, scenario, process.program);
  add_errors(finding, process);
  return finding;
}

Finding not_played(const Scenario& scenario, const Result& result, const WrongRounds& wrong,
                   const Trace& trace) {
  Finding finding = base_finding(Kind::kWrongOutput, scenario, result.played.rounds.from.program);
  finding.message = wrong.what;
  if (wrong.event != kNoEvent) {
    finding.locations = {location_of(trace, trace.events[wrong.event])};
  }
  finding.hint =
      "Count the signals that are really sent: in each round one there, and one back by whoever "
      "took that one, before the next round begins.";
  return finding;
}

std::string condition_text(const Condition& condition) {
  if (const auto* ended = std::get_if<ProgramEnded>(&condition)) {
    return ended->program + " has ended";
  }
  const auto& segment = std::get<SegmentExists>(condition);
  std::string text = fmt::format("there is a segment with key {}", segment.key);
  if (segment.min_size > 0) text += fmt::format(" and at least {} bytes", segment.min_size);
  if (segment.attached) text += ", attached by somebody";
  return text;
}

/// Whether the moment at which the program may be started came in a held run, and went.
bool might_have_started(const Trace& trace, const ProcessRecord& process) {
  return std::ranges::any_of(trace.decisions, [&](const Decision& decision) {
    return std::ranges::any_of(choices_of(trace, decision), [&](const Choice& choice) {
      if (!choice.enabled || choice.actor.kind != ActorKind::kTask) return false;
      const TaskRecord& task = trace.tasks[choice.actor.task];
      return task.parent == kNoTask && &trace.processes[task.program] == &process;
    });
  });
}

/// Of a segment that is there, and too small for the moment: "; the one that came has 26 bytes".
std::string too_small(const Start& start, const Trace& trace) {
  for (const Condition& condition : start.when) {
    const auto* segment = std::get_if<SegmentExists>(&condition);
    if (segment == nullptr) continue;
    for (const sandbox::SysvSegment& seen : trace.seen_segments) {
      if (seen.key != segment->key || seen.size >= segment->min_size) continue;
      return fmt::format("; the one that came has {}", counted_bytes(seen.size));
    }
  }
  return "";
}

Finding never_started(const Scenario& scenario, const ProcessRecord& process, const Trace& trace) {
  Finding finding = base_finding(Kind::kWrongOutput, scenario, process.program);
  const auto start = std::ranges::find(scenario.starts, process.program, &Start::program);
  std::string moment;
  for (const Condition& condition : start->when) {
    moment += (moment.empty() ? "" : ", or ") + condition_text(condition);
  }
  // Only a held run goes on without a program whose moment has come: as if it had been started and
  // stood still before its first step.
  const bool came = might_have_started(trace, process);
  const std::string small = too_small(*start, trace);
  finding.message =
      came ? fmt::format(
                 "{} comes too late: it is started once {}, which was gone again before {} "
                 "could look",
                 process.program, moment, process.program)
           : fmt::format("{} could not be started: it is started once {}{}", process.program,
                         moment, small.empty() ? ", and that never came" : small);
  finding.hint =
      "The others are started when that is there which they look for: make it as the handout says, "
      "and take it away only when they have used it.";
  if (const auto where = reason_never_started(trace)) {
    finding.locations.push_back(location_of(trace, trace.events[*where]));
  }
  if (trace.seen_segments.empty()) {
    finding.details.emplace_back("no System V segment was seen at all");
  }
  for (std::size_t i = 0; i < trace.seen_segments.size() && i < kMostShownLines; ++i) {
    const sandbox::SysvSegment& segment = trace.seen_segments[i];
    finding.details.push_back(fmt::format("a segment with key {} ({:#x}) and {} bytes was seen",
                                          segment.key, static_cast<unsigned>(segment.key),
                                          segment.size));
  }
  for (const ProcessRecord& other : trace.processes) add_errors(finding, other);
  return finding;
}

}  // namespace

Finding base_finding(Kind kind, const Scenario& scenario, const std::string& program) {
  Finding finding;
  finding.kind = kind;
  finding.stage = Stage::kFair;
  finding.scenario = scenario.id;
  finding.locations.push_back({program, program, "", 0, ""});
  return finding;
}

void add_errors(Finding& finding, const ProcessRecord& process) {
  if (!process.errors.empty()) {
    add_text(finding.details, process.program + " wrote on stderr:", process.errors);
  }
}

void add_text(std::vector<std::string>& details, const std::string& heading,
              std::string_view text) {
  if (text.empty()) {
    details.push_back(heading + " nothing");
    return;
  }
  details.push_back(heading);
  std::size_t shown = 0;
  while (!text.empty() && shown < kMostShownLines) {
    const std::size_t end = text.find('\n');
    const bool ended = end != std::string_view::npos;
    details.push_back("    " + shown_line(text.substr(0, end)) +
                      (ended ? "" : "   (no newline at the end)"));
    text.remove_prefix(ended ? end + 1 : text.size());
    ++shown;
  }
  if (!text.empty()) details.push_back(fmt::format("    … and {} bytes more", text.size()));
}

bool blame_deadly_signal(Finding& finding, const Trace& trace) {
  const auto all = deadly_signals(trace);
  const auto first =
      std::ranges::find_if(all, [&](EventId id) { return trace.events[id].result != SIGKILL; });
  if (first == all.end()) return false;
  const Event& signal = trace.events[*first];
  const int number = static_cast<int>(signal.result);
  finding.message += fmt::format(": {}{} ended {}", sandbox::signal_text(number),
                                 at_place(trace, signal.place), process_of(trace, signal.task));
  finding.locations.push_back(location_of(trace, signal));
  finding.hint = hint_for_signal(number);
  return true;
}

std::string hint_for_signal(int signal) {
  switch (signal) {
    case SIGSEGV:
    case SIGBUS:
    case SIGFPE:
    case SIGILL:
    case SIGTRAP:
    case SIGABRT:
      return "";
    case SIGPIPE:
      return "Nobody can read any more what it writes. Ignore SIGPIPE: then the write fails with "
             "EPIPE instead, and that can be handled.";
    default:
      return "The signal did what it does where no handler is in place. Put one there with "
             "sigaction before the signal can come, or block the signal until then.";
  }
}

std::optional<EventId> reason_never_started(const Trace& trace) {
  for (auto id = static_cast<EventId>(trace.events.size()); id > 0;) {
    const Event& event = trace.events[--id];
    if (event.kind != EventKind::kCall || event.place == 0 || event.result < 0) continue;
    const bool removes =
        call_of(trace, event) == "shmctl" && text_of(trace, event).contains("IPC_RMID");
    if (removes || call_of(trace, event) == "shmget") return id;
  }
  return std::nullopt;
}

std::vector<Finding> detect_wrong_results(const Scenario& scenario, const Trace& trace,
                                          const Result* usual) {
  // A child may have gone too far after its parent, which was right, had ended.
  const bool ended_early = trace.stopped && !stopped_while_waiting(trace);
  if (matching_result(scenario, trace) != nullptr && !ended_early) return {};
  const Result* nearest = nearest_result(scenario, trace, usual);
  if (nearest == nullptr) {
    if (!trace.stopped) return {};
    return {tell_stopped(scenario, trace, Result{})};
  }
  const Result& result = *nearest;
  const auto found = match_programs(result, trace);
  std::vector<Finding> findings;
  // What a program did by itself comes before what was cut short for it.
  for (std::size_t i = 0; i < found.size(); ++i) {
    const ProcessRecord& process = trace.processes[i];
    const ExpectedEnd* expected = expected_of(result, process.program);
    // The one that the run was ended for is told by tell_stopped().
    if (ended_early && trace.stopped->command == static_cast<int>(i)) continue;
    if (found[i] == Match::kWrongOutput) {
      findings.push_back(wrong_output(scenario, *expected, process, trace));
    } else if (found[i] == Match::kWrongExit) {
      findings.push_back(wrong_exit(scenario, *expected, process));
      const bool exited = std::holds_alternative<sandbox::Exited>(*process.end);
      if (exited) findings.back().message += other_way(scenario, result, i, trace);
    } else if (found[i] == Match::kWrongChild || found[i] == Match::kSilent ||
               found[i] == Match::kUntried) {
      findings.push_back(wrong_otherwise(found[i], scenario, *expected, process, trace));
    }
  }
  const bool ended_well =
      std::ranges::all_of(found, [](Match one) { return one == Match::kRight; });
  const auto wrong = ended_well ? wrong_rounds(result, trace) : std::nullopt;
  if (wrong) findings.push_back(not_played(scenario, result, *wrong, trace));
  const bool own_fault = !findings.empty();
  if (trace.stopped && !(own_fault && stopped_at(LimitKind::kWallTime, trace))) {
    findings.insert(findings.begin(), tell_stopped(scenario, trace, result));
  }
  // Its moment may come later than is looked at.
  if (!findings.empty() || trace.end == RunEnd::kSteps) return findings;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i] == Match::kNeverStarted) {
      findings.push_back(never_started(scenario, trace.processes[i], trace));
    }
  }
  return findings;
}

}  // namespace ipcgrade
