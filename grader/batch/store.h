// What a batch knows, in one file (SQLite): kept when the grader is killed, or the power goes, at
// any moment.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>
#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "batch/graded.h"
#include "sandbox/error.h"
#include "sandbox/fd.h"

namespace ipcgrade {

class Store {
 public:
  /// Opens, or makes, the store of that folder, for this process alone. An error where another is
  /// at work there, the disk is full, or what is there is damaged.
  [[nodiscard]] static sandbox::Expected<Store> open(const std::filesystem::path& folder);
  /// Opens one that is there to be read only, whoever is at work there.
  [[nodiscard]] static sandbox::Expected<Store> open_to_read(const std::filesystem::path& folder);

  /// Whether a folder holds a store.
  [[nodiscard]] static bool is_in(const std::filesystem::path& folder);

  /// Where the batch comes from, and its hand-ins, in place of what was before. Grades stay.
  [[nodiscard]] sandbox::Expected<void> set(const Batch& batch);
  /// The same, with the grades that there are. An error where nothing was ever set.
  [[nodiscard]] sandbox::Expected<Batch> batch();
  /// Of the hand-ins that were set, sorted.
  [[nodiscard]] sandbox::Expected<std::vector<std::string>> keys();

  /// `grading`: see BatchOrigin.
  [[nodiscard]] sandbox::Expected<std::optional<Grade>> grade(const Imported& imported,
                                                              const std::string& grading);
  /// On the disk when it returns. An error, too, where the store is not in its folder any more.
  [[nodiscard]] sandbox::Expected<void> keep(const Imported& imported, const std::string& grading,
                                             const Grade& grade);

  /// Notes that nothing of what was set is left to be graded; of a shard, nothing of that.
  [[nodiscard]] sandbox::Expected<void> finish();
  /// Whether that was noted. Nothing: nothing was ever set.
  [[nodiscard]] sandbox::Expected<std::optional<bool>> is_finished();

  /// Random bytes, the same for as long as the store is there.
  [[nodiscard]] sandbox::Expected<std::string> salt();

 private:
  Store(const std::filesystem::path& file, int flags, sandbox::Fd lock);
  /// An error where somebody moved or removed it: what else is written would go elsewhere.
  [[nodiscard]] sandbox::Expected<void> check_place() const;

  sandbox::Fd lock_;  ///< a lock of fcntl(2), which no child has; nothing where it is only read
  std::filesystem::path file_;
  SQLite::Database database_;
  std::pair<dev_t, ino_t> opened_{};  ///< what was there when it was opened
};

}  // namespace ipcgrade
