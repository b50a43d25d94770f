#include "sandbox/sample.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <memory>
#include <sstream>
#include <string>

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

std::uint64_t parse_pss(const std::string& text) {
  const std::size_t at = text.find("\nPss:");
  if (at == std::string::npos) return 0;
  std::istringstream words(text.substr(at + 5));
  std::uint64_t kibibytes = 0;
  words >> kibibytes;
  return kibibytes * 1024;
}

}  // namespace

Sample sample_tree(int proc) {
  Sample sample;
  const int copy = ::openat(proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, decltype([](DIR* stream) { ::closedir(stream); })> stream(
      copy < 0 ? nullptr : ::fdopendir(copy));
  if (!stream) return sample;
  std::uint64_t ticks = 0;
  while (const dirent* entry = ::readdir(stream.get())) {
    if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
    const std::string name = entry->d_name;
    const auto stat = read_kernel_file(proc, (name + "/stat").c_str());
    if (!stat) continue;
    const Stat fields = parse_stat(*stat);
    ticks += fields.ticks;
    if (name == "1") continue;  // init's children count, itself does not
    sample.tasks += fields.threads;
    const auto memory = read_kernel_file(proc, (name + "/smaps_rollup").c_str());
    if (memory) sample.memory += parse_pss(*memory);
  }
  const auto ticks_a_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  sample.cpu = std::chrono::milliseconds(ticks * 1000 / ticks_a_second);
  return sample;
}

}  // namespace sandbox
