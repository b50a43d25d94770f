// What a batch knows, in one file (SQLite): kept when the grader is killed, or the power goes, at
// any moment.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "batch/grade.h"
#include "batch/import.h"
#include "sandbox/error.h"

namespace ipcgrade {

class Store {
 public:
  /// Opens, or makes, the store of that folder, for this process alone. An error where another is
  /// at work there, or the disk is full.
  [[nodiscard]] static sandbox::Expected<Store> open(const std::filesystem::path& folder);

  /// Whether a folder holds a store.
  [[nodiscard]] static bool is_in(const std::filesystem::path& folder);

  /// What was imported, in place of what was before. Results stay.
  [[nodiscard]] sandbox::Expected<void> set_import(const Import& import);

  /// `grading`: what all results depend on beside the hand-in: the lab, the version, the search.
  [[nodiscard]] sandbox::Expected<std::optional<Grade>> result(const Imported& imported,
                                                               const std::string& grading);
  /// On the disk when it returns.
  [[nodiscard]] sandbox::Expected<void> keep(const Imported& imported, const std::string& grading,
                                             const Grade& result);

 private:
  explicit Store(const std::filesystem::path& file);

  SQLite::Database database_;
};

}  // namespace ipcgrade
