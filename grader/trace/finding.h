// One thing wrong, with its evidence: what detectors give, verdicts count and reports tell.
#pragma once

#include <string>
#include <vector>

#include "assignment/assignment.h"
#include "assignment/kind.h"
#include "trace/event.h"

namespace ipcgrade {

enum class Severity { kError, kWarning, kNote };

/// All strings here may hold any byte that a student chose: reports escape them.
struct Location {
  std::string program;
  std::string process;
  std::string file;
  int line = 0;  ///< from 1; 0 where it is not known
  std::string function;
  std::vector<Location> callers{};  ///< where that was called from, the innermost first

  friend bool operator==(const Location&, const Location&) = default;
};

struct StoryStep {
  int step = 0;  ///< from 1
  std::string process;
  std::string file;
  int line = 0;
  std::string text;
  /// What was told, of the trace that it was told from; kNoEvent: several, folded to one line, or a
  /// wait that does not end. Not shown.
  EventId event = kNoEvent;
  bool is_key = false;  ///< what the finding is about
  /// The nearest steps of other processes that something orders before this one.
  std::vector<int> after{};
};

/// A process that waits for ever: with `helpers`, a node of the wait-for graph and its edges.
struct Waiting {
  Location location;
  std::string waits_for;
  std::vector<std::string> holds;
  std::vector<std::string> helpers;  ///< processes that could end its wait, itself perhaps
};

/// What would have to be ordered and is not: two steps that come in the other order where all goes
/// well, or a data race.
struct Unordered {
  /// "client at client.c:31 (reads 0, 1 byte at offset 25 of …)"; empty: it is not known.
  std::string earlier, later;
  int earlier_step = 0, later_step = 0;  ///< of the story; 0: it is not told there
};

struct Finding {
  Kind kind{};
  Severity severity = Severity::kError;
  Stage stage = Stage::kFair;
  std::string scenario;   ///< its id; empty for the build
  std::string situation;  ///< the scenario's title: what was tried
  std::string message;    ///< one sentence: what went wrong
  std::string hint;       ///< what to try, or empty
  /// Text to be shown as it is, a line an element: expected and actual output, compiler messages.
  std::vector<std::string> details;
  std::vector<Location> locations;
  std::vector<StoryStep> story;
  std::vector<Waiting> waits;  ///< where it is that nobody can go on
  /// The same places in an order that goes well; empty where that shows nothing.
  std::vector<StoryStep> good_story;
  Unordered unordered;
  std::string schedule;  ///< the token that replays it; empty for a run at full speed
  std::string replay;    ///< the command that shows it again
  /// What tells it from others of its kind, the same whether the run's places were looked up or
  /// not. Not shown; see detect/identity.h.
  std::string distinct;
  /// What is at fault, wherever it shows: an object that is left, a limit that is reached, a call
  /// whose failure is taken for success. Not shown; see drop_same_faults().
  std::vector<std::string> faults;
  /// What this comes of where one of them is told as a failure that was not handled.
  std::vector<std::string> follows;
};

}  // namespace ipcgrade
