// What a batch is: its hand-ins, what came of them, and what it was made from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "batch/import.h"

namespace ipcgrade {

/// A hand-in, graded; or not, with the reason.
struct Grade {
  std::string outcome{};          ///< as in the JSON report: "passed", "failed", "ungraded"
  std::string ungraded_reason{};  ///< a sentence
  bool is_final = true;           ///< false: to grade it again may help
  double score = 0, max_score = 0;
  double seconds = 0;                           ///< wall time of the grading
  std::string json{}, junit{}, html{}, text{};  ///< the reports; text: for a terminal, all of it
};

[[nodiscard]] inline bool is_graded(const Grade& grade) { return grade.outcome != "ungraded"; }

/// A part of a batch, for one machine of several: the parts are disjoint, and all of them are all.
struct Shard {
  std::size_t number = 1, of = 1;  ///< from 1
};

/// What a batch was made from, and how: enough to make it again.
struct BatchOrigin {
  std::string lab{};              ///< its name
  std::string lab_path{};         ///< as it was asked for: a name or a folder
  std::filesystem::path input{};  ///< absolute
  std::string grading{};          ///< hash of what grades depend on beside the hand-in
  double max_score = 0;           ///< of the lab
  Platform platform = Platform::kNone;
  bool anonymous = false;
  std::uint64_t seed = 1;  ///< the search's options
  std::size_t schedules = 0;
  std::optional<double> budget{};
  Shard shard{};  ///< of which it has the grades
};

/// A hand-in with its grade; without one where the batch was stopped before.
struct Graded {
  Imported imported;
  std::optional<Grade> grade{};
};

struct Batch {
  BatchOrigin origin{};
  std::vector<Graded> handins{};  ///< sorted by key
  std::vector<Unmatched> unmatched{};
  std::size_t graded_now = 0;                 ///< grades that are of this run
  std::vector<std::string> gone{};            ///< keys that the last run had, and this one has not
  std::vector<std::size_t> missing_shards{};  ///< of what was merged: numbers
};

}  // namespace ipcgrade
