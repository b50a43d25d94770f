// The control group of one box: bounds and counts the memory, processes and CPU time of its whole
// tree. Fresh for every box, since counters cannot be set back.
// Sources: cgroups(7); Linux Documentation/admin-guide/cgroup-v1 and cgroup-v2.rst.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sandbox/error.h"
#include "sandbox/fd.h"
#include "sandbox/limits.h"

namespace sandbox {

enum class CgroupMode { kV2, kV1, kNone };

/// What the tree used so far. A field that this machine does not count is empty.
struct CgroupUsage {
  std::optional<std::chrono::microseconds> cpu;
  std::optional<std::uint64_t> peak_memory;    ///< bytes
  std::optional<std::uint64_t> memory_kills;   ///< times that the kernel killed for lack of memory
  std::optional<std::uint64_t> refused_forks;  ///< times that the process limit refused one
};

/// Where the hierarchies are mounted, and which of their folders is ours to make groups in.
/// Found once; a plain value, so that tests can point it at a folder of their own.
struct CgroupHierarchies {
  std::filesystem::path v2;  ///< empty where there is none that can be used
  bool v2_controls = false;  ///< it has the memory and pids controllers
  std::filesystem::path v1_memory;
  std::filesystem::path v1_pids;
  std::filesystem::path v1_cpuacct;

  [[nodiscard]] static CgroupHierarchies find();

  /// Removes what killed keepers left: groups that nobody has locked, and no process is in.
  void remove_stale_groups() const;
};

class Cgroup {
 public:
  /// Makes the group with its limits. Where nothing can be made, an object of mode kNone, whose
  /// why_not() says what stood in the way; an error only where a limit could not be set.
  [[nodiscard]] static Expected<Cgroup> create(const CgroupHierarchies& hierarchies,
                                               const Limits& limits);

  Cgroup(Cgroup&&) noexcept = default;
  Cgroup& operator=(Cgroup&&) = delete;
  /// Removes the group; its processes must have ended, or be about to.
  ~Cgroup();

  [[nodiscard]] CgroupMode mode() const { return mode_; }
  [[nodiscard]] const std::string& why_not() const { return why_not_; }

  /// For CLONE_INTO_CGROUP; -1 where the mode is not v2.
  [[nodiscard]] int clone_into() const { return folder_.get(); }
  /// v1 `tasks` files, to be written by the task that joins; -1 where unused.
  [[nodiscard]] std::array<int, 4> tasks_files() const;

  [[nodiscard]] CgroupUsage usage() const;

 private:
  Cgroup() = default;
  bool make_folder(const std::filesystem::path& path);
  bool create_v2(const CgroupHierarchies& hierarchies, const Limits& limits);
  bool create_v1(const CgroupHierarchies& hierarchies, const Limits& limits);

  CgroupMode mode_ = CgroupMode::kNone;
  std::string why_not_;
  Fd folder_;              ///< v2
  std::vector<Fd> tasks_;  ///< v1
  std::filesystem::path v1_memory_;
  std::filesystem::path v1_pids_;
  std::filesystem::path v1_cpuacct_;  ///< empty where there is no such hierarchy
  std::vector<std::filesystem::path> made_;
  std::vector<Fd> locks_;  ///< on the folders of made_
};

}  // namespace sandbox
