#include "sandbox/sample.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "sandbox/fd.h"
#include "sandbox/files.h"

namespace sandbox {
namespace {

/// The fields of /proc/PID/stat from the third on. Source: proc(5).
struct Stat {
  std::uint64_t ticks = 0;  ///< utime, stime and, of children waited for, cutime, cstime
  std::uint32_t threads = 0;
};

Stat parse_stat(const std::string& text) {
  Stat stat;
  const std::size_t close = text.rfind(')');
  if (close == std::string::npos) return stat;
  std::istringstream fields(text.substr(close + 1));
  std::string field;
  for (int number = 3; number <= 20 && fields >> field; ++number) {
    std::uint64_t value = 0;
    std::from_chars(field.data(), field.data() + field.size(), value);
    if (number >= 14 && number <= 17) stat.ticks += value;
    if (number == 20) stat.threads = static_cast<std::uint32_t>(value);
  }
  return stat;
}

/// A field of a smaps_rollup file, in bytes.
std::uint64_t bytes_in(const std::string& text, const std::string& field) {
  const std::size_t at = text.find("\n" + field + ":");
  if (at == std::string::npos) return 0;
  std::istringstream words(text.substr(at + field.size() + 2));
  std::uint64_t kibibytes = 0;
  words >> kibibytes;
  return kibibytes * 1024;
}

/// None of what has gone meanwhile.
std::vector<std::string> numbers_of(int proc, const std::string& path) {
  return numbers_in(proc, path.c_str()).value_or(std::vector<std::string>());
}

std::vector<std::string> seen_in(const BoxViews& views) {
  return processes_in(views).value_or(std::vector<std::string>());
}

/// The device that the kernel keeps everybody's anonymous files on.
std::optional<dev_t> find_anonymous_device() {
  const Fd file(::memfd_create("device", MFD_CLOEXEC));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) return std::nullopt;
  return status.st_dev;
}

/// The bytes of the anonymous files that a process has open, but for those in `seen`.
std::uint64_t anonymous_files(int proc, const std::string& process, std::set<ino_t>& seen) {
  static const std::optional<dev_t> kDevice = find_anonymous_device();
  std::uint64_t bytes = 0;
  for (const std::string& number : numbers_of(proc, process + "/fd")) {
    struct stat status {};
    if (::fstatat(proc, (process + "/fd/" + number).c_str(), &status, 0) != 0) continue;
    if (status.st_dev != kDevice || !seen.insert(status.st_ino).second) continue;
    bytes += static_cast<std::uint64_t>(status.st_blocks) * 512;
  }
  return bytes;
}

}  // namespace

Sample sample_tree(const BoxViews& views) {
  const int proc = views.proc;
  Sample sample;
  std::uint64_t ticks = 0;
  std::uint64_t mapped_shared = 0;
  std::uint64_t shared = 0;
  std::set<ino_t> seen;
  for (const std::string& name : seen_in(views)) {
    const auto stat = read_kernel_file(proc, (name + "/stat").c_str());
    if (!stat) continue;
    const Stat fields = parse_stat(*stat);
    ticks += fields.ticks;
    if (is_init(views, name)) continue;  // its children count, itself does not
    sample.tasks += fields.threads;
    const auto memory = read_kernel_file(proc, (name + "/smaps_rollup").c_str());
    if (memory) {
      sample.memory += bytes_in(*memory, "Pss_Anon") + bytes_in(*memory, "Pss_File");
      mapped_shared += bytes_in(*memory, "Pss_Shmem");
    }
    shared += anonymous_files(proc, name, seen);
  }
  for (const SysvSegment& one : list_segments(views).value_or(std::vector<SysvSegment>())) {
    shared += one.resident;
  }
  // What is mapped of these files and segments is in both: the larger sum is surely used.
  sample.memory += std::max(mapped_shared, shared);
  const auto ticks_a_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  sample.cpu = std::chrono::milliseconds(ticks * 1000 / ticks_a_second);
  return sample;
}

void LostTime::update(const BoxViews& views) {
  const int proc = views.proc;
  std::uint64_t most = 0;
  std::unordered_map<std::string, std::uint64_t> waited;
  for (const std::string& process : seen_in(views)) {
    if (is_init(views, process)) continue;
    for (const std::string& thread : numbers_of(proc, process + "/task")) {
      const std::string task = process + "/task/" + thread;
      const auto text = read_kernel_file(proc, (task + "/schedstat").c_str());
      if (!text) continue;
      std::uint64_t ran = 0;
      std::uint64_t now = 0;
      if (!(std::istringstream(*text) >> ran >> now)) continue;
      const auto before = waited_.find(task);
      const std::uint64_t then = before == waited_.end() ? 0 : before->second;
      // Of a number that was given again to a new task, what was counted is less.
      if (now > then) most = std::max(most, now - then);
      waited.emplace(task, now);
    }
  }
  waited_ = std::move(waited);
  total_ += std::chrono::nanoseconds(most);
}

}  // namespace sandbox
