// What a batch knows, in one file (SQLite): kept when the grader is killed, or the power goes, at
// any moment.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>
#include <optional>
#include <string>

#include "batch/graded.h"
#include "sandbox/error.h"

namespace ipcgrade {

class Store {
 public:
  /// Opens, or makes, the store of that folder, for this process alone. An error where another is
  /// at work there, or the disk is full.
  [[nodiscard]] static sandbox::Expected<Store> open(const std::filesystem::path& folder);

  /// Whether a folder holds a store.
  [[nodiscard]] static bool is_in(const std::filesystem::path& folder);

  /// Where the batch comes from, and its hand-ins, in place of what was before. Grades stay.
  [[nodiscard]] sandbox::Expected<void> set(const Batch& batch);
  /// The same, with the grades that there are. An error where nothing was ever set.
  [[nodiscard]] sandbox::Expected<Batch> batch();

  /// `grading`: see BatchOrigin.
  [[nodiscard]] sandbox::Expected<std::optional<Grade>> grade(const Imported& imported,
                                                              const std::string& grading);
  /// On the disk when it returns.
  [[nodiscard]] sandbox::Expected<void> keep(const Imported& imported, const std::string& grading,
                                             const Grade& grade);

  /// Notes that nothing of what was set is left to be graded; of a shard, nothing of that.
  [[nodiscard]] sandbox::Expected<void> finish();
  /// Whether that was noted. Nothing: nothing was ever set.
  [[nodiscard]] sandbox::Expected<std::optional<bool>> is_finished();

  /// Random bytes, the same for as long as the store is there.
  [[nodiscard]] sandbox::Expected<std::string> salt();

 private:
  explicit Store(const std::filesystem::path& file);

  SQLite::Database database_;
};

}  // namespace ipcgrade
