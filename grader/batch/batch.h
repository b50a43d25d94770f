// Many hand-ins, the whole way: read, graded a few at a time, kept. What was kept by an earlier run
// is not graded again.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "batch/graded.h"
#include "sandbox/error.h"

namespace ipcgrade {

/// How far it is.
struct BatchProgress {
  std::size_t done = 0, all = 0;       ///< hand-ins
  std::size_t graded_now = 0;          ///< of those done, in this run
  std::vector<std::string> grading{};  ///< keys of those that are being graded
  const Graded* just_done = nullptr;
};

struct BatchSpec {
  BatchOrigin origin{};         ///< `platform` is found out
  std::filesystem::path out{};  ///< new, empty, or of an earlier batch
  std::vector<std::string> programs{};
  std::vector<std::string> again{};  ///< keys: of those, what was kept is not used
  std::vector<int> cores{};          ///< one hand-in at a time on each
  int stop = -1;                     ///< readable when everything is to stop; borrowed
  /// Grades hand-ins that are the same: a grade for each, or none where it was stopped. Called in a
  /// process of its own.
  std::function<std::vector<Grade>(const std::vector<const Imported*>& same)> grade{};
  /// The grade of one that no worker could grade, for that reason. May be empty: without reports.
  std::function<Grade(const Imported&, const std::string& reason)> not_graded{};
  /// Told of the hand-ins before the first is graded, and before anything is changed in `out` but
  /// what was unpacked; an error ends it. May be empty.
  std::function<sandbox::Expected<void>(const Batch&)> ready{};
  std::function<void(const BatchProgress&)> progress{};  ///< may be empty
};

/// An error is wrong input, another batch at work in `out`, or a disk that is full: what was graded
/// until then is kept. What the grader could not do for one hand-in is tried once more, and is its
/// grade then. Of a shard, the batch has its own hand-ins only.
[[nodiscard]] sandbox::Expected<Batch> run_batch(const BatchSpec& spec);

/// Makes the folder a batch's, if it is none yet. An error where something else is in it.
[[nodiscard]] sandbox::Expected<void> begin_batch(const std::filesystem::path& out);

/// What was kept in that folder, without grading anything.
[[nodiscard]] sandbox::Expected<Batch> kept_batch(const std::filesystem::path& out);

/// Whether nothing of it is left to be graded; of a shard, nothing of that. Nothing: no batch was
/// begun there, or it can't be read now.
[[nodiscard]] std::optional<bool> is_finished(const std::filesystem::path& out);

/// Puts what shards kept together, and keeps that in `out`. An error where they are not of the same
/// batch, or something can't be read or kept.
[[nodiscard]] sandbox::Expected<Batch> merge_batches(
    const std::vector<std::filesystem::path>& shards, const std::filesystem::path& out);

}  // namespace ipcgrade
