#include "sandbox/listing.h"

#include <fcntl.h>
#include <sys/shm.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "sandbox/files.h"

namespace sandbox {
namespace {

using Row = std::vector<std::int64_t>;

/// The numbers of a /proc/sysvipc table, a row a line, without its heading. All columns of these
/// tables are numbers, the permissions in octal digits. Source: proc(5).
Expected<std::vector<Row>> rows_of(int table, std::size_t least_columns) {
  std::string text;
  std::array<char, 4096> buffer;
  // From the beginning each time: at offset 0 the kernel makes the table anew.
  for (off_t offset = 0;;) {
    const ssize_t got = ::pread(table, buffer.data(), buffer.size(), offset);
    if (got < 0) return from_errno("read /proc/sysvipc");
    if (got == 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(got));
    offset += got;
  }
  std::vector<Row> rows;
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    Row row;
    for (std::int64_t number = 0; words >> number;) row.push_back(number);
    if (row.size() < least_columns) return failure("/proc/sysvipc has an unknown form: " + line);
    rows.push_back(std::move(row));
  }
  return rows;
}

Expected<std::vector<std::string>> sorted_names_in(int folder) {
  // Through a descriptor of its own ("."), since reading moves a descriptor's position.
  auto names = names_in(folder, ".");
  if (names) std::ranges::sort(*names);
  return names;
}

/// From "STATE PPID …" of /proc/PID/stat. A process whose first thread has ended is a zombie by its
/// state, and lives on in its other threads.
bool has_ended(const std::string& fields) {
  constexpr int kThreads = 20 - 3;  // proc(5) counts from 1, and PID and NAME are before
  if (fields.front() == 'X') return true;
  if (fields.front() != 'Z') return false;
  std::istringstream words(fields);
  std::string word;
  for (int i = 0; i <= kThreads; ++i) words >> word;
  return word == "1" || word == "0";
}

/// A process, while it was looked at.
bool has_gone(const Error& error) {
  return error.error_number == ENOENT || error.error_number == ESRCH;
}

Expected<std::vector<LiveProcess>> list_processes(const BoxViews& views) {
  std::vector<LiveProcess> processes;
  const auto numbers = processes_in(views);
  if (!numbers) return std::unexpected(numbers.error());
  for (const std::string& number : *numbers) {
    if (is_init(views, number)) continue;
    const auto status = read_kernel_file(views.proc, (number + "/stat").c_str());
    if (!status && has_gone(status.error())) continue;
    if (!status) return std::unexpected(status.error());
    // "PID (NAME) STATE …", where NAME may hold anything, a ')' too.
    const std::size_t open = status->find('(');
    const std::size_t close = status->rfind(')');
    if (close == std::string::npos || close + 2 >= status->size()) continue;
    if (has_ended(status->substr(close + 2))) continue;
    processes.push_back({std::stoi(number), status->substr(open + 1, close - open - 1)});
  }
  std::ranges::sort(processes, {}, &LiveProcess::pid);
  return processes;
}

}  // namespace

Expected<std::vector<std::string>> processes_in(const BoxViews& views) {
  if (views.init == 0) return numbers_in(views.proc, ".");
  std::vector<std::string> found{std::to_string(views.init)};
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto threads = numbers_in(views.proc, (found[i] + "/task").c_str());
    if (!threads && !has_gone(threads.error())) return std::unexpected(threads.error());
    if (!threads) continue;
    for (const std::string& thread : *threads) {
      // Its children, made by that thread, or given to it. Source: proc(5).
      const std::string path = found[i] + "/task/" + thread + "/children";
      const auto text = read_kernel_file(views.proc, path.c_str());
      if (!text && !has_gone(text.error())) return std::unexpected(text.error());
      std::istringstream children(text.value_or(""));
      for (std::string child; children >> child;) found.push_back(child);
    }
  }
  return found;
}

bool is_init(const BoxViews& views, const std::string& process) {
  return process == std::to_string(views.init == 0 ? 1 : views.init);
}

Expected<std::vector<SysvSegment>> list_segments(const BoxViews& views) {
  // Of the machine's, none is the box's: it may make none.
  if (views.init != 0) return std::vector<SysvSegment>{};
  const auto rows = rows_of(views.sysv_segments, 15);
  if (!rows) return std::unexpected(rows.error());
  std::vector<SysvSegment> segments;
  for (const Row& row : *rows) {  // key shmid perms size cpid lpid nattch … rss swap
    const bool removed = row[2] / 1000 % 2 != 0;  // SHM_DEST, 01000, in octal digits
    segments.push_back({static_cast<int>(row[1]), static_cast<key_t>(row[0]),
                        static_cast<std::uint64_t>(row[3]), static_cast<std::uint64_t>(row[6]),
                        removed, static_cast<std::uint64_t>(row[14])});
  }
  return segments;
}

Expected<void> list_named(const BoxViews& views, Listing& listing) {
  if (views.mqueue >= 0) {
    const auto names = sorted_names_in(views.mqueue);
    if (!names) return std::unexpected(names.error());
    for (const std::string& name : *names) listing.posix_queues.push_back({"/" + name});
  }
  if (views.shm >= 0) {
    const auto names = sorted_names_in(views.shm);
    if (!names) return std::unexpected(names.error());
    for (const std::string& name : *names) {
      struct stat status {};
      if (::fstatat(views.shm, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
      listing.shared_memory_files.push_back({name, static_cast<std::uint64_t>(status.st_size)});
    }
  }
  return {};
}

Expected<Listing> list_box(const BoxViews& views) {
  Listing listing;
  auto segments = list_segments(views);
  if (!segments) return std::unexpected(segments.error());
  listing.segments = std::move(*segments);
  if (auto named = list_named(views, listing); !named) return std::unexpected(named.error());
  auto processes = list_processes(views);
  if (!processes) return std::unexpected(processes.error());
  listing.processes = std::move(*processes);
  if (views.init != 0) return listing;
  const auto semaphores = rows_of(views.sysv_semaphores, 4);
  if (!semaphores) return std::unexpected(semaphores.error());
  for (const Row& row : *semaphores) {  // key semid perms nsems …
    listing.semaphore_sets.push_back(
        {static_cast<int>(row[1]), static_cast<key_t>(row[0]), static_cast<std::uint64_t>(row[3])});
  }
  const auto queues = rows_of(views.sysv_queues, 5);
  if (!queues) return std::unexpected(queues.error());
  for (const Row& row : *queues) {  // key msqid perms cbytes qnum …
    listing.message_queues.push_back({static_cast<int>(row[1]), static_cast<key_t>(row[0]),
                                      static_cast<std::uint64_t>(row[4]),
                                      static_cast<std::uint64_t>(row[3])});
  }
  return listing;
}

}  // namespace sandbox
