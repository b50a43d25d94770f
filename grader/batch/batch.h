// Many hand-ins, the whole way: read, graded a few at a time, kept. What was kept by an earlier run
// is not graded again.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "batch/grade.h"
#include "batch/import.h"
#include "sandbox/error.h"

namespace ipcgrade {

/// A hand-in with its result; without one where the batch was stopped before.
struct Graded {
  Imported imported;
  std::optional<Grade> grade;
};

struct Batch {
  Platform platform = Platform::kNone;
  std::vector<Graded> handins;  ///< sorted by key
  std::vector<Unmatched> unmatched;
  std::size_t graded_now = 0;  ///< results that are of this run
};

/// How far it is.
struct BatchProgress {
  std::size_t done = 0, all = 0;       ///< hand-ins
  std::size_t graded_now = 0;          ///< of those done, in this run
  std::vector<std::string> grading{};  ///< keys of those that are being graded
  const Graded* just_done = nullptr;
};

struct BatchSpec {
  std::filesystem::path input;
  std::filesystem::path out;  ///< new, empty, or of an earlier batch
  std::vector<std::string> programs{};
  std::string grading;       ///< see Store::result()
  std::vector<int> cores{};  ///< one hand-in at a time on each
  int stop = -1;             ///< readable when everything is to stop; borrowed
  /// Grades hand-ins that are the same: a result for each. Called in a process of its own.
  std::function<std::vector<Grade>(const std::vector<const Imported*>& same)> grade{};
  std::function<void(const BatchProgress&)> progress{};  ///< may be empty
};

/// An error is wrong input, another batch at work in `out`, or a disk that is full: what was graded
/// until then is kept. What the grader could not do for one hand-in is tried once more, and is its
/// result then.
[[nodiscard]] sandbox::Expected<Batch> run_batch(const BatchSpec& spec);

}  // namespace ipcgrade
