// What a submission is told: checks, points, findings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "trace/finding.h"

namespace ipcgrade {

enum class CheckOutcome { kPassed, kFailed, kWarning, kSkipped, kError };

struct CheckResult {
  std::string id;
  std::string title;
  CheckOutcome outcome = CheckOutcome::kSkipped;
  double score = 0;
  double max_score = 0;
  std::string message;                ///< one sentence; empty where there is nothing to say
  std::vector<std::string> details;   ///< such as the compiler's warnings, a line an element
  std::vector<std::size_t> findings;  ///< indices into Verdict::findings
};

/// What was explored of a scenario.
struct Exploration {
  std::string scenario;
  std::size_t schedules = 0;  ///< none where it was left out, since what goes before it is wrong
  std::size_t distinct = 0;
  bool exhaustive = false;
  double seconds = 0;
  /// A process had several threads, and not all that they do to memory of their own was seen.
  bool threads_unseen = false;
};

/// Which isolation the submission ran in.
struct Isolation {
  std::string tier;                  ///< "A: root, namespaces, cgroup v2"
  std::vector<std::string> missing;  ///< what this machine cannot promise, a sentence each
};

enum class VerdictOutcome { kPassed, kFailed, kUngraded };

/// Why there is no verdict, as far as it says what can be done.
enum class Ungraded : std::uint8_t {
  kHere,     ///< the machine or the grader: trying again may help
  kNever,    ///< what the program does can't be held, or judged: trying again is of no use
  kStopped,  ///< somebody stopped the grader
};

struct Verdict {
  std::string lab;
  std::string submission;  ///< the folder's name, any bytes
  VerdictOutcome outcome = VerdictOutcome::kUngraded;
  /// More may be found: a check that is not decided yet is kError, and has the points so far.
  bool unfinished = false;
  std::string ungraded_reason;  ///< set when ungraded: what the grader could not do
  Ungraded ungraded = Ungraded::kHere;
  double score = 0;
  double max_score = 0;
  std::vector<CheckResult> checks;
  std::vector<Finding> findings;
  std::vector<Exploration> exploration;
  Isolation isolation;
  double seconds = 0;  ///< wall time of the whole grading
};

}  // namespace ipcgrade
