// Landlock, behind the private root: should a mount be missed, writing is still confined to the
// writable folders, and nothing outside the box can be signalled or reached by abstract sockets.
// Where there is no private root, it takes its place.
//
// Init enters it, once, and commands inherit it: in domains of their own two commands of a box
// could not signal each other. Source: landlock(7); the numbers of ABI 2 to 6 are newer than Debian
// 12's headers.
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

#include "sandbox/init_parts.h"

namespace sandbox {
namespace {

constexpr std::uint64_t kExecute = 1ULL << 0;
constexpr std::uint64_t kWriteFile = 1ULL << 1;
constexpr std::uint64_t kReadFile = 1ULL << 2;
constexpr std::uint64_t kReadFolder = 1ULL << 3;
constexpr std::uint64_t kReadAll = kExecute | kReadFile | kReadFolder;
constexpr std::uint64_t kFirstVersion = (1ULL << 13) - 1;
constexpr std::uint64_t kRefer = 1ULL << 13;     // ABI 2
constexpr std::uint64_t kTruncate = 1ULL << 14;  // ABI 3
constexpr std::uint64_t kScopes = 3;             // ABI 6: abstract sockets, signals

/// As in Linux 6.12; an older kernel takes the shorter one that it knows.
struct RulesetAttributes {
  std::uint64_t file_system;
  std::uint64_t network;
  std::uint64_t scoped;
};

std::uint64_t handled(int version) {
  std::uint64_t rights = kFirstVersion;
  if (version >= 2) rights |= kRefer;
  if (version >= 3) rights |= kTruncate;
  return rights;
}

int allow(int ruleset, const char* path, std::uint64_t rights) {
  const int folder = open(path, O_PATH | O_CLOEXEC);
  if (folder < 0) return errno == ENOENT ? 0 : -1;
  struct landlock_path_beneath_attr rule {};
  rule.allowed_access = rights;
  rule.parent_fd = folder;
  const long result = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  close(folder);
  return static_cast<int>(result);
}

bool allow_private_root(int ruleset, std::uint64_t rights) {
  const std::uint64_t write = (kWriteFile | kTruncate) & rights;
  return allow(ruleset, "/", kReadAll) == 0 && allow(ruleset, "/dev", write) == 0 &&
         allow(ruleset, "/proc", write) == 0 && allow(ruleset, "/work", rights) == 0 &&
         allow(ruleset, "/tmp", rights) == 0 && allow(ruleset, "/dev/shm", rights) == 0 &&
         allow(ruleset, "/dev/mqueue", rights) == 0;
}

/// Where there are no mounts of the box's own, this is what keeps the host's files apart.
bool allow_bare_root(const Plan& plan, int ruleset, std::uint64_t rights) {
  const std::uint64_t read_write = kWriteFile | kReadFile | (kTruncate & rights);
  for (std::uint32_t i = 0; i < plan.place_count; ++i) {
    const bool file = plan.places[i].file;
    if (allow(ruleset, plan.places[i].path, file ? kExecute | kReadFile : kReadAll) != 0) {
      return false;
    }
  }
  for (const char* path : {"/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/hosts"}) {
    if (allow(ruleset, path, kReadFile) != 0) return false;
  }
  for (const char* path : {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"}) {
    if (allow(ruleset, path, read_write) != 0) return false;
  }
  // Where the commands' user has others, what he may write of those is in there, too.
  const std::uint64_t change = plan.another_user ? read_write : 0;
  if (allow(ruleset, "/proc", kReadFile | kReadFolder | change) != 0) return false;
  const int root = open(plan.root, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (root < 0 || fchdir(root) != 0) return false;
  close(root);
  return allow(ruleset, ".", kReadAll) == 0 && allow(ruleset, "work", rights) == 0 &&
         allow(ruleset, "tmp", rights) == 0 && allow(ruleset, "dev/shm", rights) == 0;
}

}  // namespace

int enter_landlock(const Plan& plan) {
  const int version = plan.landlock_version;
  const std::uint64_t rights = handled(version);
  RulesetAttributes attributes{rights, 0, version >= 6 ? kScopes : 0};
  const std::size_t size = version >= 6 ? sizeof attributes : sizeof attributes.file_system;
  const int ruleset = static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, size, 0));
  if (ruleset < 0) return errno;
  const bool allowed = plan.namespaces ? allow_private_root(ruleset, rights)
                                       : allow_bare_root(plan, ruleset, rights);
  const int error = allowed && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0 ? 0 : errno;
  close(ruleset);
  return error;
}

}  // namespace sandbox
