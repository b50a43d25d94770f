// What this machine offers for boxes, found once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sandbox/cgroup.h"
#include "sandbox/error.h"

namespace sandbox {

/// How a box is made. The letters are used in reports and the documentation.
enum class Tier {
  kRoot,  ///< A: by root, with an unused user id in the box
  kUser,  ///< B: by an ordinary user or a rootless container's root, in a user namespace
};

/// What of the host is shown read-only in every box, at the same place: a folder or a file.
struct SystemPlace {
  std::string path;
  std::string link_target;  ///< set where the host has a link there
  bool file = false;
};

struct Host {
  Tier tier = Tier::kUser;
  int landlock_version = 0;  ///< 0: not there
  CgroupHierarchies cgroups;
  std::vector<SystemPlace> places;

  /// Looks. What it changes: it may enable controllers in a cgroup v2 folder, and removes groups
  /// that killed keepers left there (see CgroupHierarchies).
  [[nodiscard]] static Host find();
};

/// What a box has, and what this machine can't promise.
struct Isolation {
  Tier tier = Tier::kUser;
  CgroupMode cgroup = CgroupMode::kNone;
  int landlock_version = 0;

  /// "A: root, namespaces, cgroup v2, Landlock 5, seccomp"
  [[nodiscard]] std::string text() const;
  /// A sentence for each promise that can't be given; empty on a machine that has it all.
  [[nodiscard]] std::vector<std::string> missing() const;
};

}  // namespace sandbox
