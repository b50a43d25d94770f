// One submission, the whole way: read, build, run, detect, judge. What `check` shows and a batch
// stores.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "assignment/assignment.h"
#include "compile/submission.h"
#include "grade/held_scenario.h"
#include "sandbox/error.h"
#include "sandbox/host.h"
#include "verdict/verdict.h"

namespace ipcgrade {

struct GradeOptions {
  int stop = -1;  ///< readable when everything is to stop; borrowed
  /// The command that grades this submission again, for findings of the build.
  std::string command;
  ReplayCommand replay = [](const std::string& token) { return "ipcgrade replay " + token; };
  SearchOptions search;
  TellProgress progress;  ///< may be empty
  /// Is told what is known, after the build and after each scenario but the last. May be empty.
  std::function<void(const Verdict&)> so_far;
  /// Is told of faults of the grader that accuse nobody, a line each. May be empty.
  std::function<void(const std::string&)> log;
};

/// What is graded of a folder. An error where it can't be read, or some of it may not be.
[[nodiscard]] sandbox::Expected<Submission> read_whole_submission(
    const std::filesystem::path& folder);

/// What the grader itself could not do, and a stop, are verdicts, too: ungraded, with the reason.
[[nodiscard]] Verdict grade(const sandbox::Host& host, const Assignment& assignment,
                            const Submission& submission, const GradeOptions& options);

/// The same of a folder. An error is wrong input, as of read_whole_submission().
[[nodiscard]] sandbox::Expected<Verdict> grade(const sandbox::Host& host,
                                               const Assignment& assignment,
                                               const std::filesystem::path& submission,
                                               const GradeOptions& options);

/// The verdict where there is none, for `reason`, a sentence.
[[nodiscard]] Verdict not_graded(const Assignment& assignment, std::string reason,
                                 Ungraded ungraded);

/// One run, made again.
struct Replayed {
  Trace trace;
  std::string refused;  ///< why the token is of no use here, a sentence; then there is no trace
};

/// Makes the run of a token again, with the places of its events. An error is the machine's or
/// ours.
[[nodiscard]] sandbox::Expected<Replayed> replay_token(const sandbox::Host& host,
                                                       const Assignment& assignment,
                                                       const std::filesystem::path& submission,
                                                       const std::string& token, int stop);

}  // namespace ipcgrade
