// A lab, as its assignment.toml says it. The file's format is described in assignments/README.md.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "assignment/kind.h"
#include "sandbox/host.h"
#include "sandbox/limits.h"

namespace ipcgrade {

/// A System V segment that the box holds before any program starts, all zero bytes.
struct GivenSegment {
  key_t key = 0;
  std::uint64_t size = 0;  ///< bytes
};

/// Holds once a System V segment with this key exists, is not marked for removal and, where
/// `attached` is set, is attached by somebody.
struct SegmentExists {
  key_t key = 0;
  std::uint64_t min_size = 0;  ///< bytes; a smaller one does not count
  bool attached = false;
};
/// Holds once the program of that name has ended.
struct ProgramEnded {
  std::string program;
};
using Condition = std::variant<SegmentExists, ProgramEnded>;

/// A process of a scenario: the first one of a program, or the first that this one forks.
struct Party {
  std::string program;
  bool child = false;

  friend bool operator==(const Party&, const Party&) = default;
};

/// A signal that comes from outside, at whatever moment the order chooses: from the one at which
/// `to` and `once` exist, until `to` has ended or, where that is said, has printed.
struct OutsideSignal {
  int number = 0;
  Party to;
  std::optional<Party> once{};
  bool until_output = false;
  std::uint32_t after = 0;  ///< steps of `to` that it waits for in the fair run
};

/// Rounds of two signals: `from` sends `ask` to `to`, which takes it and sends `answer` back.
struct Rounds {
  int ask = 0;
  int answer = 0;
  Party from;
  Party to;
};

struct Start {
  std::string program;
  std::vector<std::string> arguments;
  std::string input;            ///< what it reads from stdin, to its end
  std::vector<Condition> when;  ///< once any of these holds; empty: at once
  /// A scenario above: the input is what the program sent last to a message queue there.
  std::string input_last_sent{};
};

/// How a program may end.
struct ExitIs {
  int status = 0;
};
struct ExitNonzero {};
using ExitRule = std::variant<ExitIs, ExitNonzero>;

/// What a number in an output must be: one from the rounds that had been answered for certain,
/// since the next was asked, when the signal from outside came, to those answered at all.
struct RoundsSoFar {
  Rounds rounds;
};
/// The hexadecimal address in the other process's memory that the program gave to process_vm_readv.
struct PeerAddress {};
using ValueRule = std::variant<RoundsSoFar, PeerAddress>;

/// What a program can be asked to have tried.
enum class Attempt {
  kPeerMemory,  ///< process_vm_readv on its child
  kPageMap,     ///< /proc/self/pagemap; where that can be opened, its entry for a PeerAddress
  kSharedPage,  ///< its child writes to anonymous memory that they share, and it reads that
};

struct ExpectedEnd {
  std::string program;
  std::string output;  ///< all of stdout, byte for byte; but for "{name}" of `values`
  ExitRule exit = ExitIs{0};
  bool may_wait = false;  ///< still waiting when the scenario's time is over is right, too
  /// Of the System V segment with this key it has read what it prints: as many bytes, but for a
  /// newline at the end.
  std::optional<int> from_segment{};
  std::map<std::string, ValueRule> values{};
  bool beginning = false;    ///< any beginning of the output is right, too
  bool may_be_slow = false;  ///< and where it was not done in time, as far as it had come
  bool complains = false;    ///< it says something on stderr
  std::vector<Attempt> tries{};
  std::optional<int> most_children{};  ///< so many it has had at the most, theirs among them
  std::optional<int> child_exit{};     ///< the exit status of every child that it has had
  std::string output_is_input_of{};    ///< a program of the scenario: the output is its input
};

/// One way in which a scenario may rightly end: every program as it says.
struct Result {
  std::vector<ExpectedEnd> programs;
  bool may_leave_given = false;  ///< the given objects may still be there
  /// Rounds, so often; or none, where nobody asks.
  struct Played {
    Rounds rounds{};
    std::uint64_t times = 0;
    int end = 0;  ///< a signal that `from` sends to `to` after all of them; 0: nobody asks

    [[nodiscard]] bool is_asked() const { return rounds.ask != 0; }
  };
  Played played{};  ///< so often, no more and no less
  /// Only where the signal from outside came after the last answer of these, if it came.
  Played signal_after{};
};

/// What a program finds in /proc/self/pagemap.
enum class PageMap {
  kAsItIs,
  kAbsent,      ///< it can't be opened
  kUnreadable,  ///< it can't be read
  kZero,        ///< its frame numbers are 0
};

struct Scenario {
  std::string id;
  std::string title;  ///< a sentence for the student: what is tried
  std::vector<GivenSegment> given;
  std::vector<Start> starts;
  std::vector<Result> results;  ///< any of them is right; never empty
  std::chrono::milliseconds wall{};
  std::vector<OutsideSignal> signals{};
  /// Something fails in it from the beginning: whatever goes wrong is a failure that was not
  /// handled.
  bool failure = false;
  PageMap page_map = PageMap::kAsItIs;
  std::optional<std::size_t> most_schedules{};  ///< where it is not explored for as long as others
};

/// What a check is decided by.
enum class Stage {
  kBuild,   ///< compiling
  kFair,    ///< the fair run of each scenario
  kOrders,  ///< the explored orders
  kFaults,  ///< runs with an injected failure
};

struct Check {
  std::string id;
  std::string title;  ///< one line for the student
  double points = 0;
  Stage stage = Stage::kBuild;
  std::vector<Kind> kinds;    ///< the findings of that stage that fail it
  bool per_scenario = false;  ///< its points are shared equally among the scenarios
  std::string visibility{};   ///< on Gradescope, as in Visibility
};

/// The way that data must take from one party to another, and the only one. Which way they take is
/// found by comparing two scenarios that differ in the bytes of the input and in nothing else.
struct Channel {
  enum class Means { kPipe, kQueue };

  std::string scenario;
  std::string other_scenario;
  Party from;
  Party to;
  Means means{};
  /// Where it is not empty: the queues' names, "5679" or "/ipc-lab".
  std::vector<std::string> names{};
  bool changes = false;  ///< `from` does not send on what it was sent as it is
};

/// Who sees a report on Gradescope, in its own words: "hidden", "after_due_date",
/// "after_published", "visible". Empty: as is set up there.
struct Visibility {
  std::string all;     ///< of the whole result
  std::string output;  ///< of what the autograder prints
};

struct Assignment {
  std::string name;  ///< as `list` shows it
  std::string title;
  std::filesystem::path folder;
  std::vector<std::string> programs;
  std::vector<std::string> policy;   ///< names of sandbox policy groups, without the base group
  std::vector<std::string> refused;  ///< policy groups whose calls fail with EPERM
  std::vector<std::string> fails;    ///< calls that are made to fail in this lab only
  /// The weakest isolation that hand-ins may be graded in. Empty: as the site says.
  std::optional<sandbox::Tier> isolation{};
  bool polling = true;     ///< looking again and again, with pauses, is waiting
  sandbox::Limits limits;  ///< of a run; `wall` is the default of a scenario
  std::vector<Scenario> scenarios;
  std::vector<Channel> channels;
  std::vector<Check> checks;
  Visibility visibility;
  /// What `verify` grades, as the file names it: from `folder`, and it may lead out of it. Empty
  /// where none is named; only `verify` looks whether it is there.
  std::filesystem::path reference;  ///< a hand-in that is right
  std::filesystem::path corpus;     ///< hand-ins whose grade is known
};

}  // namespace ipcgrade
