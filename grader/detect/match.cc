#include "detect/match.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <map>
#include <utility>

#include "detect/attempts.h"
#include "detect/tell.h"
#include "sandbox/describe.h"
#include "trace/party.h"
#include "trace/stopped.h"

namespace ipcgrade {
namespace {

using sandbox::LimitKind;

bool is_held(const Trace& trace) { return trace.end != RunEnd::kFullSpeed; }

bool is_child_of(const Trace& trace, TaskId id, const ProcessRecord& process) {
  const TaskRecord& task = trace.tasks[id];
  return task.parent != kNoTask && task.leader == id && &trace.processes[task.program] == &process;
}

/// Digits of the base at the beginning.
std::size_t digits(std::string_view text, bool hexadecimal) {
  const std::string_view all = hexadecimal ? "0123456789abcdefABCDEF" : "0123456789";
  return std::min(text.find_first_not_of(all), text.size());
}

/// The number that a text begins with, and how many characters it has; 0 where there is none.
struct Number {
  std::uint64_t value = 0;
  std::size_t size = 0;
};
Number number_at(std::string_view text, const ValueRule& rule) {
  const bool hexadecimal = std::holds_alternative<PeerAddress>(rule);
  constexpr std::string_view kPrefix = "0x";
  const std::size_t prefix = hexadecimal ? kPrefix.size() : 0;
  if (hexadecimal && !text.starts_with(kPrefix)) return {};
  const std::size_t count = digits(text.substr(prefix), hexadecimal);
  Number number{0, prefix + count};
  const char* begin = text.data() + prefix;
  const auto read = std::from_chars(begin, begin + count, number.value, hexadecimal ? 16 : 10);
  return count == 0 || read.ec != std::errc{} ? Number{} : number;
}

/// The events that sent such a signal from one party to the other, in order.
std::vector<EventId> sends(const Trace& trace, int number, const Party& from, const Party& to) {
  const TaskId sender = task_of(trace, from);
  const TaskId target = task_of(trace, to);
  std::vector<EventId> events;
  for (const SentSignal& one : trace.sent_signals) {
    if (one.number != number || one.event >= trace.events.size() || one.to >= trace.tasks.size()) {
      continue;
    }
    const TaskId by = trace.events[one.event].task;
    if (by >= trace.tasks.size() || trace.tasks[by].leader != sender) continue;
    if (trace.tasks[one.to].leader == target) events.push_back(one.event);
  }
  return events;
}

std::vector<EventId> asks(const Trace& trace, const Rounds& rounds) {
  return sends(trace, rounds.ask, rounds.from, rounds.to);
}
/// Of those that took what it answers: the same signal may say something else before.
std::vector<EventId> answers(const Trace& trace, const Rounds& rounds) {
  const TaskId answerer = task_of(trace, rounds.to);
  std::vector<EventId> taken;
  for (const TakenSignal& one : trace.taken_signals) {
    if (one.number == rounds.ask && trace.tasks[one.by].leader == answerer) {
      taken.push_back(one.event);
    }
  }
  std::vector<EventId> events;
  for (const EventId event : sends(trace, rounds.answer, rounds.to, rounds.from)) {
    if (events.size() < taken.size() && taken[events.size()] < event) events.push_back(event);
  }
  return events;
}

/// How many processes of the program were forked.
std::ptrdiff_t children_of(const Trace& trace, const std::string& program) {
  const auto process = std::ranges::find(trace.processes, program, &ProcessRecord::program);
  if (process == trace.processes.end()) return 0;
  return std::ranges::count_if(task_ids(trace),
                               [&](TaskId id) { return is_child_of(trace, id, *process); });
}

/// Why the value is wrong; empty where it is right, or where nobody saw.
std::string wrong_number(std::uint64_t value, const RoundsSoFar& rule, const Trace& trace,
                         const std::string&) {
  const EventId came = outside_signal(trace);
  if (came == kNoEvent) return "though no signal came from outside";
  const auto asked = asks(trace, rule.rounds);
  const auto before = static_cast<std::uint64_t>(
      std::ranges::count_if(asked, [&](EventId event) { return event < came; }));
  // Who asks again has taken note of the last answer; if there was any.
  const TaskId asker = task_of(trace, rule.rounds.from);
  const auto noted = static_cast<std::uint64_t>(
      std::ranges::count_if(trace.taken_signals, [&](const TakenSignal& one) {
        return one.number == rule.rounds.answer && one.event < came &&
               trace.tasks[one.by].leader == asker;
      }));
  const auto answered = answers(trace, rule.rounds);
  const auto in_time = static_cast<std::uint64_t>(
      std::ranges::count_if(answered, [&](EventId event) { return event < came; }));
  const std::uint64_t least = before == 0 ? 0 : std::min({before - 1, noted, in_time});
  const std::uint64_t most = answered.size();
  if (value >= least && value <= most) return "";
  const bool too_many = value > most;
  const std::uint64_t bound = too_many ? most : least;
  return fmt::format(
      "where {} round{} had been {}", bound, bound == 1 ? "" : "s",
      too_many ? "answered when the child ended" : "played when the signal from outside came");
}

std::string wrong_number(std::uint64_t value, const PeerAddress&, const Trace& trace,
                         const std::string& program) {
  const auto asked = peer_addresses(trace, program);
  if (asked.empty() || asked.contains(value)) return "";  // that nothing was asked is told apart
  return fmt::format("which is not the one that it gave to process_vm_readv ({:#x})",
                     *asked.begin());
}

/// Follows the printed text along the right one, {name} by {name}.
class Follower {
 public:
  Follower(const ExpectedEnd& expected, std::string_view printed, const Trace& trace)
      : expected_(expected), printed_(printed), trace_(trace) {}

  OutputMatch follow() {
    std::string_view form = expected_.output;
    while (!form.empty()) {
      const auto [at, rule] = next_value(form);
      take_text(form.substr(0, at));
      form.remove_prefix(at);
      if (rule == nullptr) break;
      take_value(rule->first, rule->second);
      form.remove_prefix(rule->first.size() + 2);
    }
    match_.right = !differs_ && match_.wrong_value.empty() && printed_.empty();
    return std::move(match_);
  }

 private:
  using Rule = std::pair<const std::string, ValueRule>;

  [[nodiscard]] std::pair<std::size_t, const Rule*> next_value(std::string_view form) const {
    std::pair<std::size_t, const Rule*> first{form.size(), nullptr};
    for (const Rule& rule : expected_.values) {
      const std::size_t at = form.find("{" + rule.first + "}");
      if (at < first.first) first = {at, &rule};
    }
    return first;
  }

  void take_text(std::string_view text) {
    match_.right_text += text;
    if (!differs_ && printed_.starts_with(text)) {
      printed_.remove_prefix(text.size());
    } else {
      differs_ = differs_ || !text.empty();
    }
  }

  void take_value(const std::string& name, const ValueRule& rule) {
    const Number number = differs_ ? Number{} : number_at(printed_, rule);
    const auto [known, is_new] = values_.try_emplace(name, number.value);
    if (number.size == 0) {
      differs_ = true;
      match_.right_text += "{" + name + "}";
      return;
    }
    const std::string text(printed_.substr(0, number.size));
    match_.right_text += text;
    printed_.remove_prefix(number.size);
    std::string wrong;
    if (!is_new) {
      if (known->second != number.value) wrong = "which was another before";
    } else if (is_held(trace_)) {
      wrong = std::visit(
          [&](const auto& one) {
            return wrong_number(number.value, one, trace_, expected_.program);
          },
          rule);
    }
    if (match_.wrong_value.empty() && !wrong.empty()) {
      match_.wrong_value = fmt::format("{} as its {}, {}", text, name, wrong);
    }
  }

  const ExpectedEnd& expected_;
  std::string_view printed_;
  const Trace& trace_;
  OutputMatch match_;
  bool differs_ = false;
  std::map<std::string, std::uint64_t> values_;
};

/// Asked for every run: without values, nothing is copied.
bool is_output_right(const ExpectedEnd& expected, const ProcessRecord& process,
                     const Trace& trace) {
  if (expected.values.empty()) {
    return expected.beginning ? expected.output.starts_with(process.output)
                              : expected.output == process.output;
  }
  const OutputMatch match = match_output(expected, process, trace);
  const bool begins = match.wrong_value.empty() && match.right_text.starts_with(process.output);
  return match.right || (expected.beginning && begins);
}

/// At full speed it was still at work when its time was over, and had begun rightly.
bool is_only_slow(const ExpectedEnd& expected, const ProcessRecord& process, const Trace& trace) {
  return expected.may_be_slow && !is_held(trace) && stopped_at(LimitKind::kWallTime, trace) &&
         !process.output.empty() && expected.output.starts_with(process.output);
}

bool matches(const ExitRule& rule, int status) {
  if (const auto* is = std::get_if<ExitIs>(&rule)) return is->status == status;
  return status != 0;
}

/// alarm(2) ends who waits: a way to give up where it might have waited for ever.
bool ended_by_alarm(const ProcessRecord& process) {
  const auto* signalled = std::get_if<sandbox::Signalled>(&*process.end);
  return signalled != nullptr && signalled->signal == SIGALRM;
}

Match match(const ExpectedEnd& expected, const ProcessRecord& process, const Trace& trace) {
  if (!process.end) return Match::kNeverStarted;
  const bool right = is_output_right(expected, process, trace);
  if (ended_by_us(process)) {
    if (is_only_slow(expected, process, trace)) return Match::kRight;
    const bool waited = expected.may_wait && stopped_while_waiting(trace);
    if (!waited) return Match::kCut;
    return right ? Match::kRight : Match::kWrongOutput;
  }
  const auto* exited = std::get_if<sandbox::Exited>(&*process.end);
  if (exited == nullptr) {
    return expected.may_wait && right && ended_by_alarm(process) ? Match::kRight
                                                                 : Match::kWrongExit;
  }
  if (!right) return Match::kWrongOutput;
  if (!matches(expected.exit, exited->status)) return Match::kWrongExit;
  if (wrong_child(expected, process, trace)) return Match::kWrongChild;
  if (!untried(expected, trace).empty()) return Match::kUntried;
  return expected.complains && process.errors.empty() ? Match::kSilent : Match::kRight;
}

}  // namespace

bool exited_as_asked(const ExpectedEnd& expected, const ProcessRecord& process) {
  const auto* exited = process.end ? std::get_if<sandbox::Exited>(&*process.end) : nullptr;
  return exited != nullptr && matches(expected.exit, exited->status);
}

const ExpectedEnd* expected_of(const Result& result, std::string_view program) {
  const auto found = std::ranges::find(result.programs, program, &ExpectedEnd::program);
  return found == result.programs.end() ? nullptr : &*found;
}

bool ended_by_us(const ProcessRecord& process) {
  return process.end && std::holds_alternative<sandbox::Ended>(*process.end);
}

bool stopped_while_waiting(const Trace& trace) {
  return trace.end == RunEnd::kDeadlock || trace.end == RunEnd::kSpinning ||
         stopped_at(LimitKind::kWallTime, trace) || stopped_at(LimitKind::kCpuTime, trace);
}

std::vector<Match> match_programs(const Result& result, const Trace& trace) {
  std::vector<Match> found;
  for (const ProcessRecord& process : trace.processes) {
    const ExpectedEnd* expected = expected_of(result, process.program);
    found.push_back(expected == nullptr ? Match::kRight : match(*expected, process, trace));
  }
  return found;
}

OutputMatch match_output(const ExpectedEnd& expected, const ProcessRecord& process,
                         const Trace& trace) {
  if (expected.values.empty()) {
    return {process.output == expected.output, expected.output, ""};
  }
  return Follower(expected, process.output, trace).follow();
}

std::optional<WrongChild> wrong_child(const ExpectedEnd& expected, const ProcessRecord& process,
                                      const Trace& trace) {
  if (!is_held(trace)) return std::nullopt;
  int children = 0;
  for (const TaskId id : task_ids(trace)) {
    const TaskRecord& task = trace.tasks[id];
    if (!is_child_of(trace, id, process)) continue;
    if (++children > expected.most_children.value_or(children)) {
      const int most = *expected.most_children;
      const std::string& maker =
          task.parent < trace.tasks.size() ? process_of(trace, task.parent) : process.program;
      const std::string few = fmt::format("{} child{}", most, most == 1 ? "" : "ren");
      std::string what =
          most == 0 ? process.program + " forks a child, and should not"
          : maker == process.program
              ? fmt::format("{} forks more than {}", process.program, few)
              : fmt::format("{} forks a child of its own, where {} is to have {} in all", maker,
                            process.program, few);
      return WrongChild{std::move(what), task.made_by, most > 0, most == 0, 0};
    }
    // Who was not waited for, be it that he ended, is told as that.
    const bool is_waited_for = std::ranges::find(trace.unreaped, task.name) == trace.unreaped.end();
    if (!expected.child_exit || !is_waited_for) continue;
    EventId struck = kNoEvent;
    for (EventId at = 0; at < trace.events.size(); ++at) {
      const Event& event = trace.events[at];
      if (event.task != id) continue;
      if (event.kind == EventKind::kSignal) struck = at;
      if (event.kind != EventKind::kExit) continue;
      const auto status = static_cast<int>(event.result);
      if (WIFEXITED(status) && WEXITSTATUS(status) == *expected.child_exit) continue;
      const bool exited = WIFEXITED(status);
      const std::string how =
          exited ? fmt::format("exited with {}", WEXITSTATUS(status))
                 : fmt::format("was ended by {}", sandbox::signal_text(WTERMSIG(status)));
      return WrongChild{
          fmt::format("{} {}; it should exit with {}", task.name, how, *expected.child_exit),
          exited || struck == kNoEvent ? at : struck, false, false, exited ? 0 : WTERMSIG(status)};
    }
  }
  return std::nullopt;
}

std::string untried(const ExpectedEnd& expected, const Trace& trace) {
  for (const Attempt attempt : expected.tries) {
    if (has_tried(trace, expected.program, attempt)) continue;
    switch (attempt) {
      case Attempt::kPeerMemory:
        if (has_read_too_early(trace, expected.program)) {
          return expected.program +
                 " read its child's memory with process_vm_readv before the child had set its "
                 "variables";
        }
        return expected.program +
               " never tried to read its child's memory with process_vm_readv while the child "
               "was there";
      case Attempt::kPageMap:
        return expected.program +
               " never looked its variable up in /proc/self/pagemap: the entry at the address "
               "divided by the page size, times 8";
      case Attempt::kSharedPage:
        return expected.program +
               " never read what its child wrote to a page that is mapped shared and anonymous";
    }
  }
  return "";
}

EventId outside_signal(const Trace& trace) {
  const auto came = std::ranges::find_if(trace.events, [](const Event& event) {
    return event.kind == EventKind::kTimer && event.injected;
  });
  return came == trace.events.end() ? kNoEvent : static_cast<EventId>(came - trace.events.begin());
}

bool applies(const Result& result, const Trace& trace) {
  if (!result.signal_after.is_asked() || !is_held(trace)) return true;
  const EventId came = outside_signal(trace);
  if (came == kNoEvent) return true;
  const auto given = answers(trace, result.signal_after.rounds);
  const std::uint64_t times = result.signal_after.times;
  return times == 0 || (given.size() >= times && given[times - 1] < came);
}

std::optional<WrongRounds> wrong_rounds(const Result& result, const Trace& trace) {
  if (!result.played.is_asked() || !is_held(trace)) return std::nullopt;
  const Rounds& rounds = result.played.rounds;
  const auto asked = asks(trace, rounds);
  const auto answered = answers(trace, rounds);
  const auto text = [](const Party& party) {
    return party.child ? party.program + "'s child" : party.program;
  };
  // The last of them, where there is one, is where it went wrong.
  const auto wrong_count = [&](const std::string& did, const std::vector<EventId>& events) {
    return WrongRounds{
        fmt::format("{} {} time{}, where {} round{} to be played", did, events.size(),
                    events.size() == 1 ? "" : "s", result.played.times,
                    result.played.times == 1 ? " was" : "s were"),
        events.empty() ? kNoEvent : events.back()};
  };
  const std::string sent = fmt::format("{} sent {} to {}", text(rounds.from),
                                       sandbox::signal_text(rounds.ask), text(rounds.to));
  for (std::uint64_t round = 0; round < result.played.times; ++round) {
    if (asked.empty() && children_of(trace, rounds.from.program) > 1) {
      return wrong_count(sent + ", the first that it forked,", asked);
    }
    if (round >= asked.size()) return wrong_count(sent, asked);
    if (round >= answered.size()) {
      return wrong_count(
          fmt::format("{} answered {} with {}", text(rounds.to), sandbox::signal_text(rounds.ask),
                      sandbox::signal_text(rounds.answer)),
          answered);
    }
    if (round + 1 < asked.size() && answered[round] > asked[round + 1]) {
      return WrongRounds{fmt::format("{} asked again before it had the answer of round {}",
                                     text(rounds.from), round + 1),
                         asked[round + 1]};
    }
  }
  if (asked.size() > result.played.times) return wrong_count(sent, asked);
  const int end = result.played.end;
  // A child that was left running is told as that.
  const TaskId to = task_of(trace, rounds.to);
  const bool has_ended = to < trace.tasks.size() && trace.tasks[to].ended;
  if (end != 0 && has_ended && sends(trace, end, rounds.from, rounds.to).empty()) {
    return WrongRounds{fmt::format("{} never sent {} to {}, which is to follow the last round",
                                   text(rounds.from), sandbox::signal_text(end), text(rounds.to)),
                       kNoEvent};
  }
  return std::nullopt;
}

const Result* matching_result(const Scenario& scenario, const Trace& trace) {
  for (const Result& result : scenario.results) {
    if (!applies(result, trace)) continue;
    const auto found = match_programs(result, trace);
    const bool all = std::ranges::all_of(found, [](Match one) { return one == Match::kRight; });
    if (all && !wrong_rounds(result, trace)) return &result;
  }
  return nullptr;
}

// Of equals the one whose words were printed, and only the exit is another: who says them means
// that one. Then the usual one; of others, where less was printed wrongly; then the one whose first
// difference is in the program that was started first: it cannot have followed from a later one's
// fault.
const Result* nearest_result(const Scenario& scenario, const Trace& trace, const Result* usual) {
  if (scenario.results.empty()) return nullptr;
  return &*std::ranges::min_element(scenario.results, {}, [&](const Result& result) {
    const auto found = match_programs(result, trace);
    const auto wrong = [](Match one) { return one != Match::kRight; };
    int said = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
      const ProcessRecord& process = trace.processes[i];
      const bool exits_otherwise = found[i] == Match::kWrongExit || found[i] == Match::kSilent;
      if (!exits_otherwise || process.output.empty() || !process.end) continue;
      if (!std::holds_alternative<sandbox::Exited>(*process.end)) continue;
      if (match_output(*expected_of(result, process.program), process, trace).right) ++said;
    }
    return std::tuple(!applies(result, trace), std::ranges::count_if(found, wrong), -said,
                      &result != usual, std::ranges::count(found, Match::kWrongOutput),
                      std::ranges::find_if(found, wrong) - found.begin());
  });
}

}  // namespace ipcgrade
