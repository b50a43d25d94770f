// All that the box's init needs, prepared by the keeper before it is cloned. Plain data: between
// clone and exec nothing may allocate, lock or throw, since the keeper may have other threads.
#pragma once

#include <sched.h>
#include <sys/types.h>

#include <array>
#include <cstdint>

namespace sandbox {

/// A folder or file of the host that is seen read-only in the box, at the same place.
struct PlannedPlace {
  const char* path;
  bool symlink;  ///< the host has a link here (/lib -> usr/lib): make the same one
  const char* link_target;
  bool file;
};

struct Plan {
  int control = -1;             ///< init's end of the pair
  bool namespaces = true;       ///< tiers A and B; else `root` is in the place of a private root
  bool another_user = true;     ///< tiers A and C: commands have a user id that nobody else has
  const char* root = "";        ///< see BareRoot
  bool fixed_addresses = true;  ///< whether personality(2) can see to it
  bool posix_ipc = true;        ///< mount /dev/shm and /dev/mqueue
  bool loopback = false;
  bool watched_execution = false;                   ///< the keeper has to answer the first execve
  std::array<int, 4> cgroup_tasks{-1, -1, -1, -1};  ///< cgroup v1 `tasks` files to join
  const PlannedPlace* places = nullptr;
  std::uint32_t place_count = 0;
  const char* tmpfs_options = "";  ///< of each writable folder: size=N,nr_inodes=N
  std::uint64_t open_files = 0;
  std::uint64_t file_size = 0;
  std::uint64_t processes = 0;   ///< RLIMIT_NPROC, behind the cgroup's own limit
  int landlock_version = 0;      ///< 0: not there
  cpu_set_t processors{};        ///< that commands may run on
  char* command_line = nullptr;  ///< the keeper's own, of which init's /proc/1/cmdline is made
  std::size_t command_line_size = 0;
};

/// The life of the box's init, process 1 of its namespace. Never returns.
[[noreturn]] void run_init(const Plan& plan);

}  // namespace sandbox
