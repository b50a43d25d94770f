#include "sandbox/host.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <sstream>

#include "sandbox/files.h"

namespace sandbox {
namespace {

std::vector<SystemPlace> find_places() {
  std::vector<SystemPlace> places;
  // Enough for a compiler and for what it makes; the rest of /etc is nobody's business.
  for (const char* path : {"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32",
                           "/etc/alternatives", "/etc/ld.so.cache"}) {
    struct stat status {};
    if (::lstat(path, &status) != 0) continue;
    SystemPlace place{path, "", S_ISREG(status.st_mode)};
    if (S_ISLNK(status.st_mode)) {
      std::array<char, 256> target{};
      const ssize_t size = ::readlink(path, target.data(), target.size());
      if (size <= 0 || size == static_cast<ssize_t>(target.size())) continue;
      place.link_target.assign(target.data(), static_cast<std::size_t>(size));
    }
    places.push_back(place);
  }
  return places;
}

/// Whether this root may become any user. That of a user namespace (a rootless container) has only
/// the ids that were mapped into it, and not those that boxes take. Source: user_namespaces(7).
bool has_every_user_id() {
  const auto map = read_kernel_file(AT_FDCWD, "/proc/self/uid_map");
  if (!map) return true;  // a kernel without user namespaces
  std::istringstream fields(*map);
  std::uint64_t inside = 0;
  std::uint64_t outside = 0;
  std::uint64_t count = 0;
  fields >> inside >> outside >> count;
  constexpr std::uint64_t kAll = 0xffffffff;
  return count == kAll;
}

}  // namespace

Host Host::find() {
  Host host;
  host.tier = ::geteuid() == 0 && has_every_user_id() ? Tier::kRoot : Tier::kUser;
  const long version =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  host.landlock_version = version > 0 ? static_cast<int>(version) : 0;
  host.cgroups = CgroupHierarchies::find();
  host.cgroups.remove_stale_groups();
  host.places = find_places();
  return host;
}

std::string Isolation::text() const {
  std::string text = tier == Tier::kRoot ? "A: root, namespaces" : "B: user namespace";
  switch (cgroup) {
    case CgroupMode::kV2:
      text += ", cgroup v2";
      break;
    case CgroupMode::kV1:
      text += ", cgroup v1";
      break;
    case CgroupMode::kNone:
      text += ", no cgroup";
      break;
  }
  if (landlock_version > 0) text += ", Landlock " + std::to_string(landlock_version);
  return text + ", seccomp";
}

std::vector<std::string> Isolation::missing() const {
  std::vector<std::string> missing;
  if (cgroup == CgroupMode::kNone) {
    missing.emplace_back(
        "no cgroup: memory and the number of processes are only sampled, fifty times a second; CPU "
        "time is a lower bound");
  }
  if (cgroup == CgroupMode::kV1) {
    missing.emplace_back(
        "cgroup v1: swapped-out memory is limited only where the kernel accounts for swap");
  }
  if (landlock_version == 0) {
    missing.emplace_back("no Landlock: the private root alone confines what is written");
  }
  if (tier == Tier::kUser) {
    missing.emplace_back(
        "user namespace: programs run with the user id of whoever runs the grader, and the number "
        "of System V objects has only the kernel's own limit");
  }
  return missing;
}

}  // namespace sandbox
