// Whether a run came out as a result says: program by program, and as a whole.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assignment/assignment.h"
#include "trace/trace.h"

namespace ipcgrade {

/// How one program of a result came out.
enum class Match {
  kRight,
  kWrongOutput,
  kWrongExit,
  kWrongChild,  ///< of a child
  kSilent,      ///< it says nothing on stderr, and should
  kUntried,     ///< it has not tried what it prints
  kCut,         ///< the run ended before it did
  kNeverStarted,
};

/// It has ended by itself, with a status that it may have.
[[nodiscard]] bool exited_as_asked(const ExpectedEnd& expected, const ProcessRecord& process);

/// What a result says of a program; nullptr where it says nothing.
[[nodiscard]] const ExpectedEnd* expected_of(const Result& result, std::string_view program);

/// It had not ended when the run did.
[[nodiscard]] bool ended_by_us(const ProcessRecord& process);

/// A program that waits may do so by looking again and again, which takes processor time. A held
/// run ends when all that is left waits.
[[nodiscard]] bool stopped_while_waiting(const Trace& trace);

/// One for each process of the trace, in its order.
[[nodiscard]] std::vector<Match> match_programs(const Result& result, const Trace& trace);

/// An output beside what is right, as far as that can be said: with what was printed for each
/// {name} that may be so.
struct OutputMatch {
  bool right = false;
  std::string right_text;
  /// What is wrong with a value that has the right form: "7 as its k, where …". Empty: nothing.
  std::string wrong_value;
};
[[nodiscard]] OutputMatch match_output(const ExpectedEnd& expected, const ProcessRecord& process,
                                       const Trace& trace);

/// What is asked of a program's children and is not so.
struct WrongChild {
  std::string what;          ///< "… forks a child, and should not"
  EventId event = kNoEvent;  ///< where that shows: the fork, the signal that ended it, or its exit
  bool is_one_more = false;  ///< than those that it may have
  bool is_needless = false;  ///< it may have none
  int signal = 0;            ///< that ended it; 0: none
};
/// Nothing where all is, or where nobody saw.
[[nodiscard]] std::optional<WrongChild> wrong_child(const ExpectedEnd& expected,
                                                    const ProcessRecord& process,
                                                    const Trace& trace);

/// What the program is asked to have tried, and has not: "it never …". Empty where it has.
[[nodiscard]] std::string untried(const ExpectedEnd& expected, const Trace& trace);

/// The signal from outside came in time for this result, if one is asked for that.
[[nodiscard]] bool applies(const Result& result, const Trace& trace);

/// What is wrong with the rounds.
struct WrongRounds {
  std::string what;          ///< "… asked again before it had the answer of round 1"
  EventId event = kNoEvent;  ///< where that shows; kNoEvent: in what is not there
};
/// Nothing where they were played, or where nobody saw.
[[nodiscard]] std::optional<WrongRounds> wrong_rounds(const Result& result, const Trace& trace);

/// When the first signal from outside came; kNoEvent where none did.
[[nodiscard]] EventId outside_signal(const Trace& trace);

/// The result of the scenario that the trace has; nullptr where it has none of them.
[[nodiscard]] const Result* matching_result(const Scenario& scenario, const Trace& trace);

/// The result that the trace comes nearest to; nullptr where the scenario has none at all. `usual`:
/// what the fair run came to, which another order is to come to as well; nullptr: not known.
[[nodiscard]] const Result* nearest_result(const Scenario& scenario, const Trace& trace,
                                           const Result* usual = nullptr);

}  // namespace ipcgrade
