// A lab, as its assignment.toml says it. The file's format is described in assignments/README.md.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "assignment/kind.h"
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

struct Start {
  std::string program;
  std::vector<std::string> arguments;
  std::string input;            ///< what it reads from stdin, to its end
  std::vector<Condition> when;  ///< once any of these holds; empty: at once
};

/// How a program may end.
struct ExitIs {
  int status = 0;
};
struct ExitNonzero {};
using ExitRule = std::variant<ExitIs, ExitNonzero>;

struct ExpectedEnd {
  std::string program;
  std::string output;  ///< all of stdout, byte for byte
  ExitRule exit = ExitIs{0};
  bool may_wait = false;  ///< still waiting when the scenario's time is over is right, too
  /// Of the System V segment with this key it has read what it prints: as many bytes, but for a
  /// newline at the end.
  std::optional<int> from_segment{};
};

/// One way in which a scenario may rightly end: every program as it says.
struct Result {
  std::vector<ExpectedEnd> programs;
  bool may_leave_given = false;  ///< the given objects may still be there
};

struct Scenario {
  std::string id;
  std::string title;  ///< a sentence for the student: what is tried
  std::vector<GivenSegment> given;
  std::vector<Start> starts;
  std::vector<Result> results;  ///< any of them is right; never empty
  std::chrono::milliseconds wall{};
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
};

struct Assignment {
  std::string name;  ///< as `list` shows it
  std::string title;
  std::filesystem::path folder;
  std::vector<std::string> programs;
  std::vector<std::string> policy;  ///< names of sandbox policy groups, without the base group
  sandbox::Limits limits;           ///< of a run; `wall` is the default of a scenario
  std::vector<Scenario> scenarios;
  std::vector<Check> checks;
  /// What `verify` grades, as the file names it: from `folder`, and it may lead out of it. Empty
  /// where none is named; only `verify` looks whether it is there.
  std::filesystem::path reference;  ///< a hand-in that is right
  std::filesystem::path corpus;     ///< hand-ins whose grade is known
};

}  // namespace ipcgrade
