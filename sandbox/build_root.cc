// The private root of a box: read-only views of the host's system folders and sized tmpfs.
// Sources: mount(2), mount_setattr(2), open_tree (Linux 5.2), pivot_root(2); Linux 5.12 or newer.
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stddef.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "sandbox/init_parts.h"

// <linux/mount.h> and <sys/mount.h> of glibc 2.36 exclude each other in part; these are missing.
#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif

namespace sandbox {
namespace {

constexpr unsigned long kQuiet = MS_NOSUID | MS_NODEV;
constexpr int kMostPlaces = 16;

int make_read_only(int tree, unsigned flags, std::uint64_t attributes) {
  struct mount_attr attr {};
  attr.attr_set = attributes;
  return static_cast<int>(
      syscall(SYS_mount_setattr, tree, "", flags | AT_EMPTY_PATH, &attr, sizeof attr));
}

int clone_tree(const char* path, unsigned flags) {
  return static_cast<int>(
      syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | flags));
}

int place_tree(int tree, const char* target) {
  return static_cast<int>(
      syscall(SYS_move_mount, tree, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH));
}

/// For something to be mounted on.
int make_empty_file(const char* path) {
  const int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  return file < 0 ? -1 : close(file);
}

/// A device of the host's: bound, since a box may not make devices.
int place_device(const char* source, const char* target) {
  if (make_empty_file(target) != 0) return -1;
  return mount(source, target, nullptr, MS_BIND, nullptr);
}

int build_dev(const Plan& plan) {
  // Relative to the new root, before it is entered: the devices are still the host's.
  constexpr const char* kDevices[] = {"null", "zero", "full", "random", "urandom"};
  if (mkdir("dev", 0755) != 0) return -1;
  for (const char* name : kDevices) {
    char source[32] = "/dev/";
    char target[32] = "dev/";
    strncat(source, name, sizeof source - 8);
    strncat(target, name, sizeof target - 8);
    if (place_device(source, target) != 0) return -1;
  }
  if (symlink("/proc/self/fd", "dev/fd") != 0 || symlink("fd/0", "dev/stdin") != 0 ||
      symlink("fd/1", "dev/stdout") != 0 || symlink("fd/2", "dev/stderr") != 0) {
    return -1;
  }
  if (plan.posix_ipc && (mkdir("dev/shm", 0755) != 0 || mkdir("dev/mqueue", 0755) != 0)) return -1;
  return 0;
}

int mount_writable(const char* target, const char* options, uid_t owner, mode_t mode) {
  if (mount("tmpfs", target, "tmpfs", kQuiet, options) != 0) return -1;
  if (owner != 0 && chown(target, owner, owner) != 0) return -1;
  return chmod(target, mode);
}

int place_all(const Plan& plan, const int* trees, Step& step) {
  step = Step::kPlaceSystemFolder;
  for (std::uint32_t i = 0; i < plan.place_count; ++i) {
    const PlannedPlace& place = plan.places[i];
    const char* target = place.path + 1;
    if (place.symlink) {
      if (symlink(place.link_target, target) != 0) return -1;
      continue;
    }
    // One level deep at most: /usr, /etc/alternatives.
    if (const char* slash = strchr(target, '/')) {
      char parent[64] = "";
      strncat(parent, target, static_cast<size_t>(slash - target));
      if (mkdir(parent, 0755) != 0 && errno != EEXIST) return -1;
    }
    if (place.file) {
      if (make_empty_file(target) != 0) return -1;
    } else if (mkdir(target, 0755) != 0 && errno != EEXIST) {
      return -1;
    }
    if (place_tree(trees[i], target) != 0) return -1;
    close(trees[i]);
  }
  return 0;
}

/// Makes the root of this mount namespace our root, which in a chroot it is not: pivot_root(2)
/// would leave what is above the chroot above the box, and the names that /proc/PID/maps shows of
/// the box's files would begin there. Who enters a mount namespace gets its root, also where he is
/// in it already. Source: setns(2), mntns_install() in fs/namespace.c.
void leave_chroot() {
  const int own = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
  // Where it is refused, a box in a chroot tells fewer lines, and all others are as they were.
  setns(own, CLONE_NEWNS);
  close(own);
}

int build(const Plan& plan, uid_t user, Step& step) {
  step = Step::kPrivateMounts;
  const int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  leave_chroot();
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return -1;

  // Cloned before the new root hides what is below /tmp.
  step = Step::kOpenSystemFolder;
  if (fchdir(root) != 0 || close(root) != 0) return -1;
  int trees[kMostPlaces];
  for (std::uint32_t i = 0; i < plan.place_count && i < kMostPlaces; ++i) {
    trees[i] = -1;
    if (plan.places[i].symlink) continue;
    trees[i] = clone_tree(plan.places[i].path + 1, AT_RECURSIVE);
    if (trees[i] < 0 ||
        make_read_only(trees[i], AT_RECURSIVE,
                       MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV) != 0) {
      return -1;
    }
  }

  step = Step::kMountRoot;
  // Any folder does: nobody outside this mount namespace sees it. Not nodev, for /dev.
  if (mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID, plan.tmpfs_options) != 0) return -1;
  if (chdir("/tmp") != 0 || chmod(".", 0755) != 0) return -1;
  if (place_all(plan, trees, step) != 0) return -1;

  step = Step::kMountProc;
  // Before the old root goes: in a user namespace proc may be mounted only while another, whole one
  // is in sight.
  if (mkdir("proc", 0755) != 0 || mount("proc", "proc", "proc", kQuiet | MS_NOEXEC, nullptr) != 0) {
    return -1;
  }

  step = Step::kMountDev;
  if (build_dev(plan) != 0) return -1;

  step = Step::kMountWritable;
  if (mkdir("work", 0755) != 0 || mkdir("tmp", 0755) != 0 || mkdir("programs", 0755) != 0) {
    return -1;
  }
  if (mount_writable("work", plan.tmpfs_options, user, 0755) != 0 ||
      mount_writable("tmp", plan.tmpfs_options, 0, 01777) != 0) {
    return -1;
  }
  if (plan.posix_ipc) {
    if (mount_writable("dev/shm", plan.tmpfs_options, 0, 01777) != 0) return -1;
    step = Step::kMountQueues;
    if (mount("mqueue", "dev/mqueue", "mqueue", kQuiet | MS_NOEXEC, nullptr) != 0) return -1;
  }

  step = Step::kEnterRoot;
  // The old root is mounted over the new one, where no path leads: no folder for it is needed.
  return static_cast<int>(syscall(SYS_pivot_root, ".", "."));
}

}  // namespace

int build_root(const Plan& plan, uid_t user, Step& step) {
  return build(plan, user, step) == 0 ? 0 : errno;
}

int leave_old_root() {
  // "." is still the folder below the two.
  return umount2(".", MNT_DETACH) == 0 && chdir("/") == 0 ? 0 : errno;
}

int seal_root() {
  struct mount_attr attr {};
  attr.attr_set = MOUNT_ATTR_RDONLY;
  // Only this mount: /work, /tmp and /dev/shm are mounts of their own. EBUSY: another thread of the
  // keeper's has just cloned an init, which holds copies of descriptors until it has closed them.
  constexpr int kTries = 2000;
  for (int tries = 0; tries < kTries; ++tries) {
    if (syscall(SYS_mount_setattr, AT_FDCWD, "/", 0, &attr, sizeof attr) == 0) return 0;
    if (errno != EBUSY) return errno;
    const struct timespec pause { 0, 1'000'000 };
    nanosleep(&pause, nullptr);
  }
  return EBUSY;
}

}  // namespace sandbox
