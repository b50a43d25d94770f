// Landlock, behind the private root: should a mount be missed, writing is still confined to the
// writable folders, and nothing outside the box can be signalled or reached by abstract sockets.
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

}  // namespace

int enter_landlock(int version) {
  const std::uint64_t rights = handled(version);
  RulesetAttributes attributes{rights, 0, version >= 6 ? kScopes : 0};
  const std::size_t size = version >= 6 ? sizeof attributes : sizeof attributes.file_system;
  const int ruleset = static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, size, 0));
  if (ruleset < 0) return errno;
  const std::uint64_t write = (kWriteFile | kTruncate) & rights;
  int error = 0;
  // Init has CAP_SYS_ADMIN in its namespace, and so need not give up privileges first.
  if (allow(ruleset, "/", kExecute | kReadFile | kReadFolder) != 0 ||
      allow(ruleset, "/dev", write) != 0 || allow(ruleset, "/proc", write) != 0 ||
      allow(ruleset, "/work", rights) != 0 || allow(ruleset, "/tmp", rights) != 0 ||
      allow(ruleset, "/dev/shm", rights) != 0 || allow(ruleset, "/dev/mqueue", rights) != 0 ||
      syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) {
    error = errno;
  }
  close(ruleset);
  return error;
}

}  // namespace sandbox
