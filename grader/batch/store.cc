#include "batch/store.h"

#include <sqlite3.h>

#include <cerrno>
#include <nlohmann/json.hpp>

namespace ipcgrade {
namespace {

namespace fs = std::filesystem;
using sandbox::Expected;

constexpr const char* kFile = "results.db";

// A result belongs to the bytes that were graded, and to whom it was told: a report has a name.
constexpr const char* kSchema = R"(
  CREATE TABLE IF NOT EXISTS handins (
    key TEXT PRIMARY KEY, student BLOB, id BLOB, email BLOB, late INTEGER, folder BLOB,
    digest TEXT, notes TEXT) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS unmatched (name BLOB, reason TEXT);
  CREATE TABLE IF NOT EXISTS results (
    digest TEXT, grading TEXT, key TEXT, outcome TEXT, ungraded_reason BLOB, is_final INTEGER,
    score REAL, max_score REAL, seconds REAL, json BLOB, junit BLOB, html BLOB,
    PRIMARY KEY (digest, grading, key)) WITHOUT ROWID;
)";

sandbox::Error told(const SQLite::Exception& error) {
  switch (error.getErrorCode()) {
    case SQLITE_BUSY:
      return {"another ipcgrade is at work in this folder", EBUSY};
    case SQLITE_FULL:
      return {"results can't be kept: the disk is full", ENOSPC};
    default:
      return {std::string("results can't be kept: ") + error.what(), EIO};
  }
}

/// Runs it, with the database's exceptions as errors.
template <typename Work>
auto guarded(Work work) -> Expected<decltype(work())> try {
  if constexpr (std::is_void_v<decltype(work())>) {
    work();
    return {};
  } else {
    return work();
  }
} catch (const SQLite::Exception& error) {
  return std::unexpected(told(error));
}

void bind_blob(SQLite::Statement& statement, int index, const std::string& bytes) {
  statement.bind(index, bytes.data(), static_cast<int>(bytes.size()));
}

}  // namespace

Store::Store(const fs::path& file)
    : database_(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE) {
  database_.exec("PRAGMA locking_mode = EXCLUSIVE");
  database_.exec("PRAGMA synchronous = FULL");
  SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::EXCLUSIVE);
  database_.exec(kSchema);
  transaction.commit();
}

Expected<Store> Store::open(const fs::path& folder) {
  return guarded([&] { return Store(folder / kFile); });
}

bool Store::is_in(const fs::path& folder) {
  std::error_code error;
  return fs::is_regular_file(folder / kFile, error);
}

Expected<void> Store::set_import(const Import& import) {
  return guarded([&] {
    SQLite::Transaction transaction(database_);
    database_.exec("DELETE FROM handins");
    database_.exec("DELETE FROM unmatched");
    SQLite::Statement add(database_, "INSERT INTO handins VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    for (const Imported& one : import.handins) {
      add.bind(1, one.handin.key);
      bind_blob(add, 2, one.handin.student);
      bind_blob(add, 3, one.handin.id);
      bind_blob(add, 4, one.handin.email);
      add.bind(5, one.handin.late ? 1 : 0);
      bind_blob(add, 6, one.folder.string());
      add.bind(7, one.digest);
      const nlohmann::json notes = one.handin.notes;
      add.bind(8, notes.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
      add.exec();
      add.reset();
    }
    SQLite::Statement left(database_, "INSERT INTO unmatched VALUES (?, ?)");
    for (const Unmatched& one : import.unmatched) {
      bind_blob(left, 1, one.name);
      left.bind(2, one.reason);
      left.exec();
      left.reset();
    }
    transaction.commit();
  });
}

Expected<std::optional<Grade>> Store::result(const Imported& imported, const std::string& grading) {
  return guarded([&]() -> std::optional<Grade> {
    SQLite::Statement find(database_,
                           "SELECT outcome, ungraded_reason, is_final, score, max_score, seconds, "
                           "json, junit, html FROM results WHERE digest = ? AND grading = ? AND "
                           "key = ?");
    find.bind(1, imported.digest);
    find.bind(2, grading);
    find.bind(3, imported.handin.key);
    if (!find.executeStep()) return std::nullopt;
    return Grade{.outcome = find.getColumn(0).getString(),
                 .ungraded_reason = find.getColumn(1).getString(),
                 .is_final = find.getColumn(2).getInt() != 0,
                 .score = find.getColumn(3).getDouble(),
                 .max_score = find.getColumn(4).getDouble(),
                 .seconds = find.getColumn(5).getDouble(),
                 .json = find.getColumn(6).getString(),
                 .junit = find.getColumn(7).getString(),
                 .html = find.getColumn(8).getString()};
  });
}

Expected<void> Store::keep(const Imported& imported, const std::string& grading,
                           const Grade& result) {
  return guarded([&] {
    SQLite::Statement add(
        database_, "INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    add.bind(1, imported.digest);
    add.bind(2, grading);
    add.bind(3, imported.handin.key);
    add.bind(4, result.outcome);
    bind_blob(add, 5, result.ungraded_reason);
    add.bind(6, result.is_final ? 1 : 0);
    add.bind(7, result.score);
    add.bind(8, result.max_score);
    add.bind(9, result.seconds);
    bind_blob(add, 10, result.json);
    bind_blob(add, 11, result.junit);
    bind_blob(add, 12, result.html);
    add.exec();
  });
}

}  // namespace ipcgrade
