#include "batch/store.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "batch/pack.h"

namespace ipcgrade {
namespace {

namespace fs = std::filesystem;
using sandbox::Expected;

constexpr const char* kFile = "results.db";

constexpr const char* kLock = "results.lock";
// In ms: until who reads, or who writes one result, is done.
constexpr int kPatience = 30'000;

// A grade belongs to the bytes that were graded, and to whom it was told: a report has a name.
constexpr const char* kSchema = R"(
  CREATE TABLE IF NOT EXISTS origin (packed BLOB, finished INTEGER);
  CREATE TABLE IF NOT EXISTS handins (key BLOB PRIMARY KEY, packed BLOB) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS unmatched (name BLOB, reason BLOB);
  CREATE TABLE IF NOT EXISTS grades (
    digest TEXT, grading TEXT, key BLOB, packed BLOB, PRIMARY KEY (digest, grading, key));
  CREATE TABLE IF NOT EXISTS salt (bytes BLOB);
  INSERT INTO salt SELECT randomblob(16) WHERE NOT EXISTS (SELECT 1 FROM salt);
)";

sandbox::Error damaged() {
  return {std::string(kFile) + " is damaged; move it away to begin anew", EUCLEAN};
}

/// Which file that is now; nothing where there is none.
std::pair<dev_t, ino_t> identity_of(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return {};
  return {status.st_dev, status.st_ino};
}

sandbox::Error told(const SQLite::Exception& error) {
  switch (error.getErrorCode()) {
    case SQLITE_FULL:
      return {"results can't be kept: the disk is full", ENOSPC};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return damaged();
    case SQLITE_READONLY:
      return {"results can't be kept", EROFS};
    default:
      return {std::string("results can't be kept: ") + error.what(), EIO};
  }
}

/// Opens that file and locks it for this process, or says that another has it.
Expected<sandbox::Fd> locked(const fs::path& path) {
  sandbox::Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644));
  if (!file) return sandbox::from_errno("results can't be kept");
  struct flock whole {};
  whole.l_type = F_WRLCK;
  if (::fcntl(file.get(), F_SETLK, &whole) == 0) return file;
  if (errno != EACCES && errno != EAGAIN) return sandbox::from_errno("results can't be kept");
  return std::unexpected(sandbox::Error{"another ipcgrade is at work in this folder", EBUSY});
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

Store::Store(const fs::path& file, int flags, sandbox::Fd lock)
    : lock_(std::move(lock)),
      file_(fs::absolute(file)),
      database_(file.string(), flags, kPatience),
      opened_(identity_of(file_)) {}

Expected<void> Store::check_place() const {
  if (identity_of(file_) == opened_) return {};
  return std::unexpected(sandbox::Error{
      file_.string() + ": was moved or removed while the batch ran; what was graded is in it",
      ESTALE});
}

Expected<Store> Store::open(const fs::path& folder) {
  auto lock = locked(folder / kLock);
  if (!lock) return std::unexpected(lock.error());
  return guarded([&] {
    Store store(folder / kFile, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, std::move(*lock));
    store.database_.exec("PRAGMA synchronous = FULL");
    SQLite::Transaction transaction(store.database_, SQLite::TransactionBehavior::EXCLUSIVE);
    store.database_.exec(kSchema);
    transaction.commit();
    store.opened_ = identity_of(store.file_);
    return store;
  });
}

Expected<Store> Store::open_to_read(const fs::path& folder) {
  // Not read-only: what a killed batch was writing has to be taken back before it can be read.
  return guarded([&] { return Store(folder / kFile, SQLite::OPEN_READWRITE, sandbox::Fd()); });
}

bool Store::is_in(const fs::path& folder) {
  std::error_code error;
  return fs::is_regular_file(folder / kFile, error);
}

Expected<void> Store::set(const Batch& batch) {
  return guarded([&] {
    SQLite::Transaction transaction(database_);
    for (const char* table : {"origin", "handins", "unmatched"}) {
      database_.exec(std::string("DELETE FROM ") + table);
    }
    SQLite::Statement origin(database_, "INSERT INTO origin VALUES (?, 0)");
    bind_blob(origin, 1, packed(batch.origin));
    origin.exec();
    SQLite::Statement handin(database_, "INSERT INTO handins VALUES (?, ?)");
    for (const Graded& one : batch.handins) {
      bind_blob(handin, 1, one.imported.handin.key);
      bind_blob(handin, 2, packed(one.imported));
      handin.exec();
      handin.reset();
    }
    SQLite::Statement unmatched(database_, "INSERT INTO unmatched VALUES (?, ?)");
    for (const Unmatched& one : batch.unmatched) {
      bind_blob(unmatched, 1, one.name);
      bind_blob(unmatched, 2, one.reason);
      unmatched.exec();
      unmatched.reset();
    }
    transaction.commit();
  });
}

Expected<Batch> Store::batch() {
  auto read = guarded([&]() -> Expected<Batch> {
    const SQLite::Transaction all_at_one_time(database_);
    Batch batch;
    SQLite::Statement origin(database_, "SELECT packed FROM origin");
    if (!origin.executeStep()) return sandbox::failure("no batch was begun here");
    auto from = unpacked_origin(origin.getColumn(0).getString());
    if (!from) return std::unexpected(damaged());
    batch.origin = std::move(*from);
    SQLite::Statement handins(database_, "SELECT packed FROM handins ORDER BY key");
    while (handins.executeStep()) {
      auto imported = unpacked_imported(handins.getColumn(0).getString());
      if (!imported) return std::unexpected(damaged());
      auto kept = grade(*imported, batch.origin.grading);
      if (!kept) return std::unexpected(kept.error());
      batch.handins.push_back({std::move(*imported), std::move(*kept)});
    }
    SQLite::Statement unmatched(database_, "SELECT name, reason FROM unmatched ORDER BY name");
    while (unmatched.executeStep()) {
      batch.unmatched.push_back(
          {unmatched.getColumn(0).getString(), unmatched.getColumn(1).getString()});
    }
    return batch;
  });
  if (!read) return std::unexpected(read.error());
  return std::move(*read);
}

Expected<std::vector<std::string>> Store::keys() {
  return guarded([&] {
    std::vector<std::string> keys;
    SQLite::Statement handins(database_, "SELECT key FROM handins ORDER BY key");
    while (handins.executeStep()) keys.push_back(handins.getColumn(0).getString());
    return keys;
  });
}

Expected<std::optional<Grade>> Store::grade(const Imported& imported, const std::string& grading) {
  auto bytes = guarded([&]() -> std::optional<std::string> {
    SQLite::Statement find(
        database_, "SELECT packed FROM grades WHERE digest = ? AND grading = ? AND key = ?");
    find.bind(1, imported.digest);
    find.bind(2, grading);
    bind_blob(find, 3, imported.handin.key);
    if (!find.executeStep()) return std::nullopt;
    return find.getColumn(0).getString();
  });
  if (!bytes) return std::unexpected(bytes.error());
  if (!*bytes) return std::nullopt;
  auto grades = unpacked_grades(**bytes);
  if (!grades) return std::unexpected(damaged());
  if (grades->size() != 1) return std::nullopt;
  return std::move(grades->front());
}

Expected<void> Store::keep(const Imported& imported, const std::string& grading,
                           const Grade& grade) {
  if (auto there = check_place(); !there) return there;
  return guarded([&] {
    SQLite::Statement add(database_, "INSERT OR REPLACE INTO grades VALUES (?, ?, ?, ?)");
    add.bind(1, imported.digest);
    add.bind(2, grading);
    bind_blob(add, 3, imported.handin.key);
    bind_blob(add, 4, packed(std::vector{grade}));
    add.exec();
  });
}

Expected<void> Store::finish() {
  if (auto there = check_place(); !there) return there;
  return guarded([&] { database_.exec("UPDATE origin SET finished = 1"); });
}

Expected<std::optional<bool>> Store::is_finished() {
  return guarded([&]() -> std::optional<bool> {
    SQLite::Statement origin(database_, "SELECT finished FROM origin");
    if (!origin.executeStep()) return std::nullopt;
    return origin.getColumn(0).getInt() != 0;
  });
}

Expected<std::string> Store::salt() {
  return guarded([&] { return database_.execAndGet("SELECT bytes FROM salt").getString(); });
}

}  // namespace ipcgrade
