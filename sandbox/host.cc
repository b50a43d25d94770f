#include "sandbox/host.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/personality.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <sstream>

#include "sandbox/bare_root.h"
#include "sandbox/files.h"
#include "sandbox/init_process.h"

namespace sandbox {
namespace {

constexpr const char* kDemand = "IPCGRADE_ISOLATION";

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

/// The ids that this process's user namespace has, from 0 on: all, or in a rootless container those
/// that were mapped into it. Source: user_namespaces(7).
std::uint64_t mapped_users() {
  constexpr std::uint64_t kAll = 0xffffffff;
  const auto map = read_kernel_file(AT_FDCWD, "/proc/self/uid_map");
  if (!map) return kAll;  // a kernel without user namespaces
  std::istringstream fields(*map);
  std::uint64_t end = 0;
  for (std::uint64_t inside = 0, outside = 0, count = 0; fields >> inside >> outside >> count;) {
    if (inside == 0 || inside == end) end = inside + count;
  }
  return end;
}

/// Runs `attempt` in a child process, which it may change as it likes.
bool can_in_child(bool (*attempt)()) {
  const pid_t child = ::fork();
  if (child < 0) return false;
  if (child == 0) ::_exit(attempt() ? 0 : 1);
  int status = 1;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return false;
  }
  return status == 0;
}

std::optional<Host::SpareUsers> find_spare_users() {
  // Between the ids of systemd's containers and the end of the signed ones, nobody assigns any; and
  // no two live inits have the same number. Source: systemd's UIDS-GIDS document, proc(5): pid_max.
  constexpr Host::SpareUsers kNobodys{0x70000000, 1U << 22};
  // Of 65536, the last belong to nobody, but for "nobody" himself.
  constexpr uid_t kFew = 4096;
  static Host::SpareUsers spare;
  const std::uint64_t end = mapped_users();
  if (end >= kNobodys.first + kNobodys.count) {
    spare = kNobodys;
  } else if (end >= 2 * kFew) {
    spare = {static_cast<uid_t>(end) - kFew - 2, kFew};
  } else {
    return std::nullopt;
  }
  const bool may = can_in_child([] {
    return ::syscall(SYS_setgroups, 0, nullptr) == 0 &&
           ::syscall(SYS_setresgid, spare.first, spare.first, spare.first) == 0 &&
           ::syscall(SYS_setresuid, spare.first, spare.first, spare.first) == 0;
  });
  return may ? std::optional(spare) : std::nullopt;
}

/// Some containers refuse it (personality(2)).
bool may_fix_addresses() {
  return can_in_child([] { return ::personality(ADDR_NO_RANDOMIZE) >= 0; });
}

/// The strongest tier whose boxes can be made here, each tried from end to end.
void choose_tier(Host& host) {
  const bool every_user = host.spare_users && mapped_users() == 0xffffffff;
  for (const Tier tier : {Tier::kRoot, Tier::kUser}) {
    if (tier == Tier::kRoot && (::geteuid() != 0 || !every_user)) continue;
    host.tier = tier;
    const auto made = InitProcess::try_namespaces(host);
    // What comes of a machine in trouble is no answer: the box will tell.
    if (made || !is_refusal(made.error())) {
      host.why_not_better.clear();
      return;
    }
    if (host.why_not_better.empty()) host.why_not_better = made.error().text();
  }
  host.tier = host.spare_users ? Tier::kOwnId : Tier::kSameId;
}

}  // namespace

std::optional<Tier> tier_of_letter(std::string_view letter) {
  for (const Tier tier : {Tier::kRoot, Tier::kUser, Tier::kOwnId, Tier::kSameId}) {
    if (letter == std::string_view{std::array{letter_of(tier)}.data(), 1}) return tier;
  }
  return std::nullopt;
}

void Host::demand(Tier wanted, std::string_view by) {
  if (is_demanded() && least <= wanted) return;
  least = wanted;
  least_by = by;
}

Expected<void> Host::suffices() const {
  if (!wrong_demand.empty()) {
    return failure(std::string(kDemand) + " is \"" + wrong_demand + "\": it is A, B, C or D");
  }
  if (tier <= least) return {};
  std::string text = "this machine isolates no better than " + Isolation{tier}.text() + "; " +
                     least_by + " asks for " + std::string{letter_of(least)};
  if (!why_not_better.empty()) text += " (" + why_not_better + ")";
  return failure(std::move(text));
}

Host Host::find() {
  Host host;
  if (const char* demanded = std::getenv(kDemand); demanded != nullptr && *demanded != '\0') {
    const auto wanted = tier_of_letter(demanded);
    if (wanted) host.demand(*wanted, kDemand);
    if (!wanted) host.wrong_demand = demanded;
  }
  const long version =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  host.landlock_version = version > 0 ? static_cast<int>(version) : 0;
  host.cgroups = CgroupHierarchies::find();
  host.cgroups.remove_stale_groups();
  host.places = find_places();
  host.spare_users = find_spare_users();
  host.fixed_addresses = may_fix_addresses();
  choose_tier(host);
  if (!has_namespaces(host.tier)) BareRoot::remove_stale();
  return host;
}

std::string Isolation::text() const {
  constexpr std::array<const char*, 4> kTiers{
      "root, namespaces", "user namespace", "own user id, no namespaces",
      "nothing but limits: the user id of whoever runs the grader, no namespaces"};
  std::string text =
      std::string{letter_of(tier)} + ": " + kTiers.at(static_cast<std::size_t>(tier));
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
  if (!has_namespaces(tier)) {
    missing.push_back("no namespaces: " + why_not_better +
                      "; programs see the names of the machine's processes and files, nothing is "
                      "run at full speed, what a build writes has no bound but those of one file, "
                      "and a program that can't be held is not graded");
  }
  if (landlock_version == 0) {
    missing.emplace_back(
        has_namespaces(tier) ? "no Landlock: the private root alone confines what is written"
        : tier == Tier::kOwnId
            ? "no Landlock: permissions alone confine what a build reads and writes"
            : "no Landlock: a build can read and write all that you can. For your own work only");
  }
  if (tier == Tier::kSameId) {
    missing.emplace_back(
        "programs run with the user id of whoever runs the grader: for the work of people whom you "
        "trust, or your own");
  }
  if (!fixed_addresses) {
    missing.emplace_back(
        "personality(2) is refused: addresses that programs print differ from run to run");
  }
  if (tier == Tier::kUser) {
    missing.emplace_back(
        "user namespace: programs run with the user id of whoever runs the grader, and the number "
        "of System V objects has only the kernel's own limit");
  }
  return missing;
}

}  // namespace sandbox
