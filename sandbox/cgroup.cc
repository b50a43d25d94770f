#include "sandbox/cgroup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <initializer_list>
#include <string_view>
#include <thread>

#include "sandbox/files.h"

namespace sandbox {
namespace {

namespace fs = std::filesystem;

/// Groups are called ipcgrade-KEEPER-COUNT. The number is for who looks at them; whether the keeper
/// lives is told by the lock that it holds on the folder (flock(2)), which reaches across the PID
/// namespaces of containers that share a hierarchy, and goes when the keeper goes.
constexpr std::string_view kPrefix = "ipcgrade-";

/// A keeper that was killed may have had our pid: then its groups have our names.
std::string unused_name(std::initializer_list<fs::path> parents) {
  static std::atomic<unsigned> count{0};
  for (;;) {
    std::string name =
        std::string(kPrefix) + std::to_string(::getpid()) + "-" + std::to_string(count++);
    std::error_code ignored;
    const auto taken = [&](const fs::path& parent) { return fs::exists(parent / name, ignored); };
    if (std::ranges::none_of(parents, taken)) return name;
  }
}

/// Removes groups whose keeper is gone. rmdir(2) fails for one that still has processes.
void remove_stale(const fs::path& parent) {
  const auto names = names_in(AT_FDCWD, parent.c_str());
  if (!names) return;
  for (const std::string& name : *names) {
    if (!name.starts_with(kPrefix)) continue;
    const fs::path group = parent / name;
    if (const Fd lock = lock_folder(group.c_str())) ::rmdir(group.c_str());
  }
}

std::string contents(const fs::path& file) {
  return read_kernel_file(AT_FDCWD, file.c_str()).value_or("");
}

/// The parts between separators; none of an empty text.
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return parts;
}

bool has_part(std::string_view text, std::string_view part, char separator) {
  const auto parts = split(text, separator);
  return std::ranges::find(parts, part) != parts.end();
}

struct CgroupMount {
  fs::path point;
  std::string root;     ///< the group that is mounted there
  std::string options;  ///< of the file system: the controllers of a v1 hierarchy
  bool v2 = false;
};

/// Source: proc(5), /proc/PID/mountinfo.
std::vector<CgroupMount> cgroup_mounts() {
  std::vector<CgroupMount> mounts;
  const std::string text = contents("/proc/self/mountinfo");
  for (const std::string_view line : split(text, '\n')) {
    const std::size_t separator = line.find(" - cgroup");
    if (separator == std::string_view::npos) continue;
    const auto before = split(line.substr(0, separator), ' ');  // id parent device root point …
    const auto after = split(line.substr(separator + 3), ' ');  // type source options
    if (before.size() < 5 || after.size() < 3) continue;
    mounts.push_back({fs::path(before[4]), std::string(before[3]), std::string(after[2]),
                      after[0] == "cgroup2"});
  }
  return mounts;
}

/// The calling process's group in the hierarchy with this controller ("" for v2), from the lines
/// of /proc/self/cgroup: ID:CONTROLLERS:GROUP.
std::string own_group(std::string_view lines, std::string_view controller) {
  for (const std::string_view line : split(lines, '\n')) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    const bool found =
        controller.empty() ? controllers.empty() : has_part(controllers, controller, ',');
    if (found) return std::string(line.substr(second + 1));
  }
  return "/";
}

fs::path folder_of(const CgroupMount& mount, std::string group) {
  // In a container the mount may show only a part of the hierarchy.
  if (mount.root != "/" && group.starts_with(mount.root)) group.erase(0, mount.root.size());
  const fs::path below = fs::path(group).relative_path();
  return below.empty() ? mount.point : mount.point / below;
}

bool controls(const fs::path& group, const char* file) {
  std::string controllers = contents(group / file);
  std::ranges::replace(controllers, '\n', ' ');
  return has_part(controllers, "memory", ' ') && has_part(controllers, "pids", ' ');
}

/// A folder in which a group with controllers can be made: our own group where it has no
/// processes (a delegated subtree), else its parents, up to the root, where a group may have both.
void find_v2(CgroupHierarchies& found, const CgroupMount& mount, std::string own) {
  for (fs::path group = folder_of(mount, std::move(own));; group = group.parent_path()) {
    // In a hybrid hierarchy v1 has the controllers, and there are none to be enabled here.
    if (::access(group.c_str(), W_OK) == 0 && controls(group, "cgroup.controllers")) {
      if (!controls(group, "cgroup.subtree_control")) {
        // Fails where processes are in the way; then a parent may do.
        (void)write_kernel_file(AT_FDCWD, (group / "cgroup.subtree_control").c_str(),
                                "+memory +pids");
      }
      if (controls(group, "cgroup.subtree_control")) {
        found.v2 = group;
        found.v2_controls = true;
        return;
      }
    }
    if (group == mount.point || group.native().size() <= mount.point.native().size()) return;
  }
}

std::optional<std::uint64_t> number_at(std::string_view text) {
  std::uint64_t number = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc{}) {
    return std::nullopt;
  }
  return number;
}

std::optional<std::uint64_t> number_in(const fs::path& file) { return number_at(contents(file)); }

/// The value beside `key` in a file of "KEY VALUE" lines.
std::optional<std::uint64_t> number_of(const fs::path& file, std::string_view key) {
  const std::string text = contents(file);
  for (const std::string_view line : split(text, '\n')) {
    if (line.starts_with(key) && line.substr(key.size()).starts_with(' ')) {
      return number_at(line.substr(key.size() + 1));
    }
  }
  return std::nullopt;
}

Expected<void> set(const fs::path& file, std::uint64_t value) {
  return write_kernel_file(AT_FDCWD, file.c_str(), std::to_string(value));
}

bool writable(const fs::path& folder) {
  return !folder.empty() && ::access(folder.c_str(), W_OK) == 0;
}

}  // namespace

CgroupHierarchies CgroupHierarchies::find() {
  CgroupHierarchies found;
  const std::string own = contents("/proc/self/cgroup");
  for (const CgroupMount& mount : cgroup_mounts()) {
    if (mount.v2) {
      find_v2(found, mount, own_group(own, ""));
      continue;
    }
    for (auto [controller, folder] :
         {std::pair{"memory", &found.v1_memory}, std::pair{"pids", &found.v1_pids},
          std::pair{"cpuacct", &found.v1_cpuacct}}) {
      if (has_part(mount.options, controller, ',')) {
        *folder = folder_of(mount, own_group(own, controller));
      }
    }
  }
  return found;
}

void CgroupHierarchies::remove_stale_groups() const {
  for (const fs::path* parent : {&v2, &v1_memory, &v1_pids, &v1_cpuacct}) {
    if (!parent->empty()) remove_stale(*parent);
  }
}

Expected<Cgroup> Cgroup::create(const CgroupHierarchies& hierarchies, const Limits& limits) {
  const bool v1 = writable(hierarchies.v1_memory) && writable(hierarchies.v1_pids);
  std::string why_not = "no cgroup with the memory and pids controllers may be made";
  // A group that was just made may be taken for stale before it is locked.
  constexpr int kTries = 5;
  for (int tries = 0; tries < kTries && (hierarchies.v2_controls || v1); ++tries) {
    Cgroup group;
    const bool made = hierarchies.v2_controls ? group.create_v2(hierarchies, limits)
                                              : group.create_v1(hierarchies, limits);
    if (made) return group;
    why_not = group.why_not_;
  }
  Cgroup none;
  none.why_not_ = why_not;
  return none;
}

bool Cgroup::make_folder(const fs::path& path) {
  if (::mkdir(path.c_str(), 0755) != 0) {
    why_not_ = from_errno("mkdir " + path.string()).error().text();
    return false;
  }
  made_.push_back(path);
  locks_.push_back(lock_folder(path.c_str()));
  if (!locks_.back()) why_not_ = path.string() + " could not be locked";
  return static_cast<bool>(locks_.back());
}

bool Cgroup::create_v2(const CgroupHierarchies& hierarchies, const Limits& limits) {
  const fs::path path = hierarchies.v2 / unused_name({hierarchies.v2});
  if (!make_folder(path)) return false;
  folder_ = Fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (const auto& done : {set(path / "memory.max", limits.memory),
                           set(path / "pids.max", limits.processes + 1)}) {  // init counts, too
    if (!done) {
      why_not_ = done.error().text();
      folder_.reset();
      return false;
    }
  }
  // Not there on kernels without swap accounting.
  (void)set(path / "memory.swap.max", 0);
  mode_ = CgroupMode::kV2;
  return true;
}

bool Cgroup::create_v1(const CgroupHierarchies& hierarchies, const Limits& limits) {
  const std::initializer_list<fs::path> parents{hierarchies.v1_memory, hierarchies.v1_pids,
                                                hierarchies.v1_cpuacct};
  const std::string name = unused_name(parents);
  for (const fs::path& parent : parents) {
    if (!writable(parent)) continue;
    const fs::path path = parent / name;
    // Controllers that are mounted together share the folder.
    if (std::ranges::find(made_, path) != made_.end()) continue;
    if (!make_folder(path)) return false;
    tasks_.emplace_back(::open((path / "tasks").c_str(), O_WRONLY | O_CLOEXEC));
  }
  for (const auto& done :
       {set(hierarchies.v1_memory / name / "memory.limit_in_bytes", limits.memory),
        set(hierarchies.v1_pids / name / "pids.max", limits.processes + 1)}) {
    if (!done) {
      why_not_ = done.error().text();
      return false;
    }
  }
  (void)set(hierarchies.v1_memory / name / "memory.memsw.limit_in_bytes", limits.memory);
  v1_memory_ = hierarchies.v1_memory / name;
  v1_pids_ = hierarchies.v1_pids / name;
  if (!hierarchies.v1_cpuacct.empty()) v1_cpuacct_ = hierarchies.v1_cpuacct / name;
  mode_ = CgroupMode::kV1;
  return true;
}

Cgroup::~Cgroup() {
  using namespace std::chrono_literals;
  tasks_.clear();
  folder_.reset();
  // The locks go last: until then nobody else removes the folders.
  for (const fs::path& path : made_) {
    // The last process leaves its group a moment after it was reaped.
    for (int tries = 0; ::rmdir(path.c_str()) != 0 && errno == EBUSY && tries < 200; ++tries) {
      std::this_thread::sleep_for(1ms);
    }
  }
}

std::array<int, 4> Cgroup::tasks_files() const {
  std::array<int, 4> files{-1, -1, -1, -1};
  for (std::size_t i = 0; i < tasks_.size() && i < files.size(); ++i) files[i] = tasks_[i].get();
  return files;
}

CgroupUsage Cgroup::usage() const {
  CgroupUsage usage;
  using std::chrono::microseconds;
  if (mode_ == CgroupMode::kV2) {
    const fs::path& path = made_.front();
    if (const auto cpu = number_of(path / "cpu.stat", "usage_usec")) usage.cpu = microseconds(*cpu);
    usage.peak_memory = number_in(path / "memory.peak");  // Linux 5.19
    usage.memory_kills = number_of(path / "memory.events", "oom_kill");
    usage.refused_forks = number_of(path / "pids.events", "max");
    return usage;
  }
  if (mode_ == CgroupMode::kV1) {
    if (!v1_cpuacct_.empty()) {
      const auto nanoseconds = number_in(v1_cpuacct_ / "cpuacct.usage");
      if (nanoseconds) usage.cpu = microseconds(*nanoseconds / 1000);
    }
    usage.peak_memory = number_in(v1_memory_ / "memory.max_usage_in_bytes");
    usage.memory_kills = number_of(v1_memory_ / "memory.oom_control", "oom_kill");
    usage.refused_forks = number_of(v1_pids_ / "pids.events", "max");
  }
  return usage;
}

}  // namespace sandbox
