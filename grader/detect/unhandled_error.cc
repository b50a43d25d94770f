#include "detect/unhandled_error.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <string>

#include "detect/cause.h"
#include "detect/deadlock.h"
#include "detect/hang.h"
#include "detect/left_behind.h"
#include "detect/makers.h"
#include "detect/order_dependent.h"
#include "detect/results.h"
#include "detect/story.h"
#include "detect/tell.h"
#include "detect/unchecked_call.h"
#include "sandbox/describe.h"
#include "trace/stopped.h"

namespace ipcgrade {
namespace {

/// "status 1", "SIGSEGV": of a wait status.
std::string exit_words(int status) {
  return WIFSIGNALED(status) ? sandbox::signal_text(WTERMSIG(status))
                             : fmt::format("status {}", WEXITSTATUS(status));
}

class Judgement {
 public:
  Judgement(const Scenario& scenario, const Injection& injection, const Trace& trace)
      : scenario_(scenario), injection_(injection), trace_(trace) {}

  std::vector<Finding> judge() {
    const auto found = std::ranges::find_if(trace_.events, &Event::injected);
    if (found == trace_.events.end() || found->task >= trace_.tasks.size()) return {};
    call_ = &*found;
    program_ = program_of(trace_, call_->task);
    process_ = &trace_.processes[trace_.tasks[call_->task].program];
    if (const auto fault = fault_of_program()) return {tell(*fault)};
    if (const auto left = left_behind()) return {tell(*left)};
    return {};
  }

 private:
  /// A short count, or a call that a signal interrupted: nothing has failed.
  [[nodiscard]] bool is_no_failure() const {
    const Failure& failure = injection_.failure;
    return call_->kind != EventKind::kSignal && !failure.of_whole &&
           (failure.error == 0 || failure.error == EINTR);
  }

  [[nodiscard]] std::optional<std::string> fault_of_program() {
    if (const auto crash = crash_of_program()) return crash;
    if (const auto everybody = signals_everybody()) return everybody;
    right_ = matching_result(scenario_, trace_) != nullptr;
    if (right_) return std::nullopt;
    if (!process_->end) return std::nullopt;
    if (const auto* ended = std::get_if<sandbox::Ended>(&*process_->end); ended != nullptr) {
      return cut_short();
    }
    if (is_no_failure()) {
      if (injection_.failure.error == 0 && would_block_later()) return std::nullopt;
      return taken_for_failure();
    }
    if (const auto* signalled = std::get_if<sandbox::Signalled>(&*process_->end)) {
      if (was_killed_by_partner()) return std::nullopt;
      return fmt::format("{} was ended by {}", program_, sandbox::signal_text(signalled->signal));
    }
    const auto* exited = std::get_if<sandbox::Exited>(&*process_->end);
    if (exited == nullptr) return std::nullopt;
    if (exited->status == 0) {
      if (may_be_answer()) return std::nullopt;
      faults_ = {taken_for_success(program_, trace_.places[call_->place])};
      if (const auto unnoticed = unnoticed_child()) return unnoticed;
      // Who never waits for a child cannot know that it failed: that is the fault.
      const std::string& failed = trace_.tasks[trace_.tasks[call_->task].leader].name;
      if (std::ranges::find(trace_.unreaped, failed) != trace_.unreaped.end()) {
        faults_.push_back(left_fault(kChildLeft));
      }
      const bool writes_stdout = is_on_stream(trace_, *call_, "stdout");
      hint_ =
          writes_stdout && is_inside_stream()
              ? "What printf prints waits in a buffer, and is written by fflush or at the end: "
                "call fflush(stdout) while it can still be told, and look at what it returns. "
                "A program that could not print all exits with another status than 0."
          : is_after_main()
              ? "What a stream still holds at the end of a process is written when nobody looks "
                "any more: call fflush or fclose before, and look at what it returns."
              : "A program that could not do its work says so with an exit status other than "
                "0, and on stderr what failed.";
      const bool is_short = injection_.failure.error == 0 && call_->kind != EventKind::kSignal;
      return fmt::format("{} exited with 0, as if {}", program_,
                         is_short ? "that were all" : "nothing had failed");
    }
    if (looks_whole()) {
      return fmt::format("{} printed the beginning of a line as if it were all of it", program_);
    }
    if (injection_.failure.error == 0 && strays()) {
      return fmt::format("{} printed what is not the beginning of what is right", program_);
    }
    if (process_->errors.empty()) {
      hint_ = "Say on stderr which call failed, and why: perror, or strerror(errno).";
      return fmt::format("{} exited with {} and said nothing on stderr", program_, exited->status);
    }
    return std::nullopt;
  }

  /// A child that failed for it, and said so by its exit status, to nobody who heeds it.
  [[nodiscard]] std::optional<std::string> unnoticed_child() {
    const TaskRecord& child = trace_.tasks[trace_.tasks[call_->task].leader];
    if (child.parent == kNoTask) return std::nullopt;
    const auto exit = last_of(trace_, trace_.tasks[call_->task].leader, EventKind::kExit);
    const std::int64_t status = exit ? trace_.events[*exit].result : 0;
    if (status == 0) return std::nullopt;
    const auto told =
        std::find_if(trace_.events.begin() + *exit, trace_.events.end(), [&](const Event& event) {
          return is_own(event) && event.kind == EventKind::kCall && event.place != 0 &&
                 event.result == child.number && call_of(trace_, event).starts_with("wait");
        });
    if (told == trace_.events.end()) return std::nullopt;
    begins_with_ = location_of(trace_, *told);
    hint_ = hint_for_killed_child();
    return fmt::format("{} exited with 0, as if nothing had failed, and {} had ended with {}",
                       program_, child.name, exit_words(static_cast<int>(status)));
  }

  /// A queue that is gone may say that all was received, to who has sent all: no more than it has
  /// read.
  [[nodiscard]] bool may_be_answer() const {
    if (call_of(trace_, *call_) != "msgsnd" || injection_.failure.error != EIDRM) return false;
    return std::any_of(trace_.events.data(), call_, [this](const Event& event) {
      return is_own(event) && event.kind == EventKind::kCall && event.result == 0 &&
             is_on_stream(trace_, event, "stdin");
    });
  }

  /// A child may die of SIGPIPE when its parent gives up.
  [[nodiscard]] std::optional<std::string> crash_of_program() {
    for (const Event& event : trace_.events) {
      if (event.kind != EventKind::kExit || event.task >= trace_.tasks.size()) continue;
      const TaskRecord& task = trace_.tasks[event.task];
      if (&trace_.processes[task.program] != process_) continue;
      const auto status = static_cast<int>(event.result);
      if (!is_crash_of(trace_, event.task, status) || was_ended_by_us(event.task)) continue;
      const int signal = status & 0x7f;
      if (task.parent != kNoTask && signal == SIGPIPE) continue;
      if (signal == SIGPIPE) died_writing_ = last_call(event.task);
      if (signal != SIGABRT) {
        hint_ = "What a failed call gives back is nothing to work with: check it first.";
      }
      return ended_by(task.name, signal);
    }
    const auto* signalled =
        process_->end ? std::get_if<sandbox::Signalled>(&*process_->end) : nullptr;
    const bool bad =
        signalled != nullptr && (signalled->signal == SIGABRT || signalled->signal == SIGPIPE);
    if (!bad) return std::nullopt;
    if (signalled->signal == SIGPIPE) {
      // It may have struck a thread, with which all end.
      for (const Event& event : trace_.events) {
        if (is_own(event) && event.kind == EventKind::kSignal && event.result == SIGPIPE) {
          died_writing_ = last_call(event.task);
        }
      }
    }
    return ended_by(program_, signalled->signal);
  }

  /// The words that libstdc++ ends with tell what raised SIGABRT.
  [[nodiscard]] std::string ended_by(std::string_view name, int signal) {
    std::string text = fmt::format("{} was ended by {}", name, sandbox::signal_text(signal));
    if (signal != SIGABRT || !process_->errors.contains("terminate called after throwing")) {
      return text;
    }
    hint_ =
        "Where nobody catches an exception, the process is ended on the spot, and no destructor "
        "runs: catch it in main, say what failed, take away what was made, and return another "
        "status than 0.";
    return text + ", for an exception that nobody caught";
  }

  /// The -1 of a failed fork as the target of kill: whatever then follows, at home the signal goes
  /// to all that its user runs.
  [[nodiscard]] std::optional<std::string> signals_everybody() {
    if (call_of(trace_, *call_) != "fork") return std::nullopt;
    const auto sends = std::find_if(trace_.events.begin() + (call_ - trace_.events.data()),
                                    trace_.events.end(), [this](const Event& event) {
                                      return is_own(event) && event.kind == EventKind::kCall &&
                                             text_of(trace_, event).starts_with("kill(-1, ");
                                    });
    if (sends == trace_.events.end()) return std::nullopt;
    signals_everybody_ = &*sends;
    return fmt::format("{} calls kill(-1, …){}: that goes to every process that it may signal",
                       program_, at_place(trace_, sends->place));
  }

  [[nodiscard]] bool was_ended_by_us(TaskId task) const {
    return std::ranges::any_of(trace_.events, [&](const Event& event) {
      return event.task == task && event.kind == EventKind::kSignal && event.injected;
    });
  }

  [[nodiscard]] std::optional<std::string> cut_short() {
    if (trace_.stopped) {
      auto stopped = detect_wrong_results(scenario_, trace_);
      if (!stopped.empty()) faults_ = std::move(stopped.front().faults);
      if (const auto* refused = std::get_if<sandbox::RefusedCall>(&trace_.stopped->what)) {
        return fmt::format("{} called {}, which this lab does not allow", program_, refused->call);
      }
      const auto& limit = std::get<sandbox::LimitReached>(trace_.stopped->what);
      return fmt::format("{} {}{}", program_,
                         limit.kind == sandbox::LimitKind::kWallTime ? "was " : "",
                         sandbox::limit_text(limit));
    }
    if (trace_.end != RunEnd::kDeadlock && trace_.end != RunEnd::kSpinning) return std::nullopt;
    if (may_wait()) return std::nullopt;
    if (is_no_failure()) {
      // Another number of bytes is another order, too: what hangs by itself is told as that.
      auto hangs = detect_hang(scenario_, trace_, Stage::kFaults);
      if (!hangs.empty()) faults_ = std::move(hangs.front().faults);
    }
    // Who waits for itself to let go of a pipe does so since it holds an end that it has no use
    // for.
    const bool holds = std::ranges::any_of(trace_.tasks, [&](const TaskRecord& task) {
      return &trace_.processes[task.program] == process_ &&
             task.waits_for.contains("held by itself");
    });
    if (holds) faults_.push_back(holds_an_end(program_));
    hint_ =
        "Check what the call returns. Who gives up then, or does without, still owes its partners "
        "what they wait for: let them go on or tell them, and wait for nobody who will not come.";
    for (const TaskId id : task_ids(trace_)) {
      const TaskRecord& task = trace_.tasks[id];
      if (&trace_.processes[task.program] != process_ || task.waits_for.empty()) continue;
      if (task.waits_for.contains("held by itself") && call_of(trace_, *call_) != "fork") {
        hint_ = hint_for_own_end();
      }
      // It is not told, or does not heed, that the one which failed has ended.
      const TaskId failed = trace_.tasks[call_->task].leader;
      if (failed != task.leader && trace_.tasks[failed].ended && task.waits_at != 0) {
        begins_with_ = location_of(trace_, id, task.waits_at);
        hint_ = hint_for_killed_child();
      }
      return fmt::format("{} waits for ever{} ({})", task.name, at_place(trace_, task.waits_at),
                         task.waits_for);
    }
    return fmt::format("{} never ended", program_);
  }

  /// Where its partner gave up, it may wait for it without limit.
  [[nodiscard]] bool may_wait() const {
    if (is_no_failure()) return false;
    const Result* nearest = nearest_result(scenario_, trace_);
    const ExpectedEnd* expected = nearest == nullptr ? nullptr : expected_of(*nearest, program_);
    return expected != nullptr && expected->may_wait;
  }

  [[nodiscard]] std::string taken_for_failure() {
    const bool is_short = injection_.failure.error == 0;
    const auto results = detect_wrong_results(scenario_, trace_);
    auto wrong = results;
    if (wrong.empty()) wrong = detect_hang(scenario_, trace_, Stage::kFaults);
    const auto own = std::ranges::find_if(wrong, [this](const Finding& one) {
      return !one.locations.empty() && one.locations.front().program == program_;
    });
    const std::string what = wrong.empty() ? "the result is not right"
                                           : (own == wrong.end() ? wrong.front() : *own).message;
    if (is_short && goes_on(true)) {
      // What then goes wrong may be the matter of another place, and of other data; but what it
      // alone reads comes in these pieces in no other order.
      for (const Finding& one : goes_on(false) ? results : std::vector<Finding>{}) {
        for (const Location& location : one.locations) {
          faults_.push_back(comes_to_wrong_result(location.program));
        }
      }
      again_hint_ =
          "A short count is no failure and no end: go on with the rest until all is through. How "
          "much came at once says nothing of where the data end, on the other side either.";
      const auto held = detect_wrong_results_held(scenario_, trace_, Stage::kFaults, nullptr);
      if (own == wrong.end() && !held.empty()) goes_wrong_ = held.front().locations;
      return what;
    }
    if (is_short) return fmt::format("{}, since {} does not go on with the rest", what, program_);
    if (calls_again()) {
      again_hint_ =
          "EINTR is no failure: make the call again for the same, with all as it was before, and "
          "nothing begun anew that was done already.";
      return what;
    }
    return fmt::format("{}, since {} takes EINTR for a failure or an end", what, program_);
  }

  /// Whether the next that it calls is that again. A stream's writes come of another line's
  /// printing.
  [[nodiscard]] bool calls_again() const {
    const std::string& inside = trace_.places[call_->place].inside;
    const bool is_own = inside.empty() || inside == call_of(trace_, *call_);
    if (call_->place == 0 || !is_own) return false;
    const auto next = std::find_if(
        call_ + 1, trace_.events.data() + trace_.events.size(), [&](const Event& event) {
          return event.kind == EventKind::kCall && event.task == call_->task;
        });
    if (next == trace_.events.data() + trace_.events.size()) return false;
    const Place& here = trace_.places[call_->place];
    const Place& there = trace_.places[next->place];
    return there.file == here.file && there.line == here.line &&
           call_of(trace_, *next) == call_of(trace_, *call_);
  }

  /// Whether the process then did the same again to what it had only done in part, or tried to.
  /// `input`: its stdin, too, where it is alone with that.
  [[nodiscard]] bool goes_on(bool input) const {
    const auto touches = touches_of(trace_, *call_);
    const bool takes_input = input && is_on_stream(trace_, *call_, "stdin");
    const auto is_more = [&](const Event& event) {
      return event.kind == EventKind::kCall && event.task == call_->task &&
             call_of(trace_, event) == call_of(trace_, *call_) &&
             (conflict(touches, touches_of(trace_, event)) ||
              (takes_input && is_on_stream(trace_, event, "stdin")));
    };
    return std::any_of(call_ + 1, trace_.events.data() + trace_.events.size(), is_more);
  }

  /// Whether a call of the same task then found nothing to do at once, and the program failed: that
  /// is the matter of another order, which a short count is, too.
  [[nodiscard]] bool would_block_later() const {
    const auto* exited = std::get_if<sandbox::Exited>(&*process_->end);
    if (exited == nullptr || exited->status == 0) return false;
    const auto begin = trace_.events.begin() + (call_ - trace_.events.data());
    return std::any_of(begin, trace_.events.end(), [this](const Event& event) {
      return event.task == call_->task && event.kind == EventKind::kCall && !event.injected &&
             event.result == -EAGAIN;
    });
  }

  [[nodiscard]] bool was_killed_by_partner() const {
    for (const Event& event : trace_.events) {
      if (event.kind != EventKind::kSignal || event.task >= trace_.tasks.size()) continue;
      if (&trace_.processes[trace_.tasks[event.task].program] != process_) continue;
      for (const EventId source : after_of(trace_, event)) {
        const TaskId sender = trace_.events[source].task;
        if (sender < trace_.tasks.size() &&
            &trace_.processes[trace_.tasks[sender].program] != process_) {
          return true;
        }
      }
    }
    return false;
  }

  /// A line that was cut short, with its newline.
  [[nodiscard]] bool looks_whole() const {
    const std::string& printed = process_->output;
    return std::ranges::any_of(scenario_.results, [&](const Result& result) {
      const ExpectedEnd* expected = expected_of(result, program_);
      if (expected == nullptr) return false;
      const std::string right = match_output(*expected, *process_, trace_).right_text;
      const auto differ = std::ranges::mismatch(right, printed);
      return differ.in1 != right.begin() && differ.in1 != right.end() && differ.in1[-1] != '\n' &&
             differ.in2 != printed.end() && differ.in2 + 1 == printed.end() && *differ.in2 == '\n';
    });
  }

  /// Whether it went on with what it did not have: its output is no part of a right one.
  [[nodiscard]] bool strays() const {
    return std::ranges::none_of(scenario_.results, [&](const Result& result) {
      const ExpectedEnd* expected = expected_of(result, program_);
      if (expected == nullptr) return true;
      const std::string right = match_output(*expected, *process_, trace_).right_text;
      return right.starts_with(process_->output);
    });
  }

  [[nodiscard]] std::optional<std::string> left_behind() {
    Trace alone = trace_of_own();
    if (is_removal(text_of(trace_, *call_))) alone.left = {};
    if (call_of(trace_, *call_).starts_with("wait")) alone.unreaped.clear();
    Scenario scenario = scenario_;
    if (!right_) {
      // A program that failed need not remove what it did not make.
      for (Result& result : scenario.results) result.may_leave_given = true;
    }
    auto findings = detect_left_at_all(scenario, alone);
    if (findings.empty()) return std::nullopt;
    faults_ = std::move(findings.front().faults);
    hint_ =
        "Who gives up takes away what was made until then, and waits for its children, "
        "whichever call it is that fails.";
    return findings.front().message;
  }

  /// What the program that was failed has left: of objects, what it made itself. Where nobody saw
  /// who made one, and a partner did not end, it may be the partner's.
  [[nodiscard]] Trace trace_of_own() const {
    Trace alone;
    alone.processes = {*process_};
    alone.left = trace_.left;
    alone.unreaped = trace_.unreaped;
    const bool others_end = std::ranges::all_of(trace_.processes, [&](const ProcessRecord& other) {
      return &other == process_ || !other.end ||
             std::holds_alternative<sandbox::Exited>(*other.end);
    });
    const auto keep_own = [&](auto& objects) {
      std::erase_if(objects, [&](const auto& object) {
        const Event* made = maker_of(trace_, object);
        return made == nullptr ? !others_end : !is_own(*made);
      });
    };
    keep_own(alone.left.segments);
    keep_own(alone.left.semaphore_sets);
    keep_own(alone.left.message_queues);
    keep_own(alone.left.posix_queues);
    keep_own(alone.left.shared_memory_files);
    if (!others_end) {
      std::erase_if(alone.left.processes,
                    [&](const sandbox::LiveProcess& one) { return !is_own(one.name); });
    }
    if (trace_.processes.size() > 1) {
      std::erase_if(alone.unreaped, [&](const std::string& name) { return !is_own(name); });
    }
    return alone;
  }

  /// By a process's name in the run: "server's child 1".
  [[nodiscard]] bool is_own(std::string_view name) const {
    return name == program_ || name.starts_with(program_ + "'s ");
  }

  [[nodiscard]] bool is_own(const Event& event) const {
    return event.task < trace_.tasks.size() &&
           &trace_.processes[trace_.tasks[event.task].program] == process_;
  }

  /// Whether it is the library that makes the call, for a function that the program calls.
  [[nodiscard]] bool is_inside_stream() const {
    return trace_.places[call_->place].inside != call_of(trace_, *call_);
  }

  /// Where other calls have places, the library made this one by itself: it writes what streams
  /// still hold.
  [[nodiscard]] bool is_after_main() const {
    if (trace_.places[call_->place].inside == kAtExit) return true;
    const bool has_places = std::ranges::any_of(
        trace_.events, [this](const Event& event) { return is_own(event) && event.place != 0; });
    return call_->place == 0 && has_places && call_of(trace_, *call_).starts_with("write");
  }

  [[nodiscard]] std::string what_failed() const {
    const bool at_end = is_after_main();
    const std::string printed = at_place(trace_, call_->place);
    const bool executes = std::ranges::any_of(trace_.events, [this](const Event& event) {
      return is_own(event) && event.kind == EventKind::kCall &&
             call_of(trace_, event).starts_with("exec") && event.result >= 0;
    });
    const std::string place = executes && call_->place == 0 ? " in the program that it executes"
                              : !at_end                     ? printed
                              : printed.empty()
                                  ? " after the end of main"
                                  : " after the end of main of what is printed" + printed;
    if (call_->kind == EventKind::kSignal) {
      return fmt::format("when {} is killed", process_of(trace_, call_->task));
    }
    const std::string call(call_of(trace_, *call_));
    std::string name = call.empty() ? "a call" : call;
    // What the source calls may be another: sem_open, which opens a file.
    const std::string& inside = trace_.places[call_->place].inside;
    if (!inside.empty() && inside != call && inside != kAtExit)
      name += fmt::format(" in {}", inside);
    if (injection_.failure.error == 0) return fmt::format("when {}{} is cut short", name, place);
    const char* error = strerrorname_np(injection_.failure.error);
    return fmt::format("when {}{} fails with {}", name, place,
                       error == nullptr ? fmt::format("{}", injection_.failure.error) : error);
  }

  [[nodiscard]] Finding tell(const std::string& fault) const {
    Finding finding = held_finding(Kind::kUnhandledError, scenario_, Stage::kFaults);
    finding.message = fmt::format("{}, {}", what_failed(), fault);
    if (begins_with_) finding.locations.push_back(*begins_with_);
    finding.locations.push_back(location_of(trace_, *call_));
    if (died_writing_ != nullptr) finding.locations.push_back(location_of(trace_, *died_writing_));
    finding.locations.insert(finding.locations.end(), goes_wrong_.begin(), goes_wrong_.end());
    finding.hint = hint();
    finding.distinct = fmt::format("{} {}+{:#x} {}", program_, call_of(trace_, *call_),
                                   call_->instruction, injection_.failure.error);
    finding.faults = faults_;
    if (injection_.failure.error == EINTR) {
      finding.faults.push_back(interrupted_at(program_, trace_.places[call_->place]));
    }
    const int error = injection_.failure.error;
    const bool named = error != 0 && call_->kind != EventKind::kSignal;
    if (named && strerrorname_np(error) != nullptr) {
      finding.details.push_back(
          fmt::format("{} means \"{}\"", strerrorname_np(error), strerrordesc_np(error)));
    }
    if (!process_->output.empty()) {
      add_text(finding.details, program_ + " printed:", process_->output);
    }
    if (!process_->errors.empty()) {
      add_text(finding.details, program_ + " wrote on stderr:", process_->errors);
    }
    const auto id = static_cast<EventId>(call_ - trace_.events.data());
    if (is_used_unchecked(trace_, id)) {
      finding.faults.push_back(taken_for_success(program_, trace_.places[call_->place]));
    }
    std::vector<EventId> keys{id};
    if (signals_everybody_ != nullptr) {
      keys.push_back(static_cast<EventId>(signals_everybody_ - trace_.events.data()));
    }
    // The first of its processes that ends then, and the last: with that its program ends.
    std::optional<EventId> first;
    std::optional<EventId> last;
    for (EventId at = id + 1; at < trace_.events.size(); ++at) {
      const Event& event = trace_.events[at];
      if (event.kind != EventKind::kExit || event.task >= trace_.tasks.size()) continue;
      if (trace_.tasks[event.task].leader != event.task) continue;
      const std::string& program = program_of(trace_, event.task);
      if (std::ranges::find(goes_wrong_, program, &Location::program) != goes_wrong_.end()) {
        keys.push_back(at);
      }
      if (!is_own(event)) continue;
      if (!first) first = at;
      last = at;
    }
    for (const auto& exit : {first, last}) {
      if (exit) keys.push_back(*exit);
    }
    const bool waits = ended_by_us(*process_);
    finding.story = tell_story(trace_, keys, waits ? StoryEnd::kWaits : StoryEnd::kLastKey);
    return finding;
  }

  /// Empty: that of the kind will do.
  [[nodiscard]] std::string hint() const {
    if (died_writing_ != nullptr) return hint_for_signal(SIGPIPE);
    if (!again_hint_.empty()) return again_hint_;
    if (call_->kind != EventKind::kSignal) {
      if (injection_.failure.error == EINTR) {
        const std::string_view call = call_of(trace_, *call_);
        const bool in_stream = (call.starts_with("read") || call.starts_with("write")) &&
                               call_->place != 0 && is_inside_stream();
        return in_stream
                   ? "EINTR is no failure: a signal came while the call waited. A stream does not "
                     "make the call again, and can't be asked to: set SA_RESTART where the handler "
                     "is set, and the kernel does."
                   : "EINTR is no failure: a signal came while the call waited. Make the call "
                     "again.";
      }
      if (injection_.failure.error == 0) {
        return "A short count is no failure and no end: go on with the rest until all is through.";
      }
      return hint_;
    }
    return hint_for_killed_child();
  }

  /// The last call of a task that a write was the death of.
  [[nodiscard]] const Event* last_call(TaskId task) const {
    const Event* last = nullptr;
    for (const Event& event : trace_.events) {
      if (event.task == task && event.kind == EventKind::kCall) last = &event;
    }
    return last;
  }

  const Scenario& scenario_;
  const Injection& injection_;
  const Trace& trace_;
  const Event* call_ = nullptr;
  const Event* died_writing_ = nullptr;       ///< of SIGPIPE
  const Event* signals_everybody_ = nullptr;  ///< the kill that does
  std::optional<Location> begins_with_;  ///< where it was told of a failure and did not heed it
  std::vector<Location> goes_wrong_;  ///< where the partner is wrong, which took what it was given
  std::string program_;
  const ProcessRecord* process_ = nullptr;
  bool right_ = false;  ///< all results are
  std::vector<std::string> faults_;
  std::string hint_;        ///< for what this one did
  std::string again_hint_;  ///< for who goes on, and does it wrongly
};

}  // namespace

std::string hint_for_killed_child() {
  return "SIGCHLD tells that a child has ended, and wait or waitpid how: WIFEXITED and "
         "WEXITSTATUS, or WIFSIGNALED. A read that gives 0 says that nobody is left who could "
         "write: where data are still to come, that is no end but a failure.";
}

std::vector<Finding> detect_unhandled_error(const Scenario& scenario, const Trace& fair,
                                            const Injection& injection, const Trace& trace) {
  const bool judged = trace.end == RunEnd::kDone || trace.end == RunEnd::kDeadlock ||
                      trace.end == RunEnd::kSpinning || trace.end == RunEnd::kStopped;
  if (!judged || is_interrupted(trace) || scenario.results.empty()) return {};
  if (matching_result(scenario, fair) == nullptr) return {};
  return Judgement(scenario, injection, trace).judge();
}

}  // namespace ipcgrade
