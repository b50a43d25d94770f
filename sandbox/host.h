// What this machine offers for boxes, found once.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/cgroup.h"
#include "sandbox/error.h"

namespace sandbox {

/// How a box is made, the strongest first. The letters are used in reports and the documentation.
enum class Tier {
  kRoot,   ///< A: by root, with an unused user id in the box
  kUser,   ///< B: by an ordinary user or a rootless container's root, in a user namespace
  kOwnId,  ///< C: by root in a container that may not make namespaces, with an unused user id
  kSameId  ///< D: the same by somebody who can be nobody else
};

/// 'A' to 'D'.
[[nodiscard]] constexpr char letter_of(Tier tier) {
  return static_cast<char>('A' + static_cast<int>(tier));
}
[[nodiscard]] std::optional<Tier> tier_of_letter(std::string_view letter);
/// Whether boxes have namespaces of their own, and with them a private root.
[[nodiscard]] constexpr bool has_namespaces(Tier tier) { return tier <= Tier::kUser; }

/// What of the host is shown read-only in every box, at the same place: a folder or a file.
struct SystemPlace {
  std::string path;
  std::string link_target;  ///< set where the host has a link there
  bool file = false;
};

struct Host {
  Tier tier = Tier::kUser;
  std::string why_not_better;   ///< what stands in the way of namespaces; empty where they are made
  int landlock_version = 0;     ///< 0: not there
  bool fixed_addresses = true;  ///< programs may have the same addresses each time
  CgroupHierarchies cgroups;
  std::vector<SystemPlace> places;

  /// The weakest that a box may be made with, and who says so: what the site demands by the
  /// environment variable IPCGRADE_ISOLATION, a letter, or demand().
  Tier least = Tier::kSameId;
  std::string least_by{};
  std::string wrong_demand{};  ///< what IPCGRADE_ISOLATION is, if it is no letter of a tier

  /// Keeps the stronger of this and what was demanded before. `by`: "the lab".
  void demand(Tier tier, std::string_view by);
  /// Whether boxes may be made here; the error says what is missing.
  [[nodiscard]] Expected<void> suffices() const;
  [[nodiscard]] bool is_demanded() const { return !least_by.empty(); }

  /// Tries what there is, from the strongest on. What it changes: it may enable controllers in a
  /// cgroup v2 folder, and removes groups and folders that killed keepers left (see
  /// CgroupHierarchies, BareRoot).
  [[nodiscard]] static Host find();

  /// User ids that nobody else has: a box takes the one that its init's number leads to.
  struct SpareUsers {
    uid_t first = 0;
    uid_t count = 0;
  };
  std::optional<SpareUsers> spare_users;  ///< nothing where this process can become nobody else
};

/// What a box has, and what this machine can't promise.
struct Isolation {
  Tier tier = Tier::kUser;
  CgroupMode cgroup = CgroupMode::kNone;
  int landlock_version = 0;
  bool fixed_addresses = true;
  std::string why_not_better{};

  /// "A: root, namespaces, cgroup v2, Landlock 5, seccomp"
  [[nodiscard]] std::string text() const;
  /// A sentence for each promise that can't be given; empty on a machine that has it all.
  [[nodiscard]] std::vector<std::string> missing() const;
};

}  // namespace sandbox
