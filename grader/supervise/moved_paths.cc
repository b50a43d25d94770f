// Which arguments are paths: syscalls(2), and the page of each.
#include "supervise/moved_paths.h"

#include <limits.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "sandbox/bare_root.h"

namespace ipcgrade {
namespace {

struct PathCall {
  long call;
  int first;
  int second = -1;
};

constexpr std::array kPathCalls{PathCall{SYS_open, 0},         PathCall{SYS_creat, 0},
                                PathCall{SYS_openat, 1},       PathCall{SYS_openat2, 1},
                                PathCall{SYS_mknod, 0},        PathCall{SYS_mknodat, 1},
                                PathCall{SYS_mkdir, 0},        PathCall{SYS_mkdirat, 1},
                                PathCall{SYS_symlink, 0, 1},   PathCall{SYS_symlinkat, 0, 2},
                                PathCall{SYS_unlink, 0},       PathCall{SYS_rmdir, 0},
                                PathCall{SYS_unlinkat, 1},     PathCall{SYS_link, 0, 1},
                                PathCall{SYS_linkat, 1, 3},    PathCall{SYS_rename, 0, 1},
                                PathCall{SYS_renameat, 1, 3},  PathCall{SYS_renameat2, 1, 3},
                                PathCall{SYS_truncate, 0},     PathCall{SYS_chdir, 0},
                                PathCall{SYS_stat, 0},         PathCall{SYS_lstat, 0},
                                PathCall{SYS_newfstatat, 1},   PathCall{SYS_statx, 1},
                                PathCall{SYS_access, 0},       PathCall{SYS_faccessat, 1},
                                PathCall{SYS_faccessat2, 1},   PathCall{SYS_readlink, 0},
                                PathCall{SYS_readlinkat, 1},   PathCall{SYS_chmod, 0},
                                PathCall{SYS_fchmodat, 1},     PathCall{SYS_chown, 0},
                                PathCall{SYS_lchown, 0},       PathCall{SYS_fchownat, 1},
                                PathCall{SYS_utime, 0},        PathCall{SYS_utimes, 0},
                                PathCall{SYS_utimensat, 1},    PathCall{SYS_futimesat, 1},
                                PathCall{SYS_execve, 0},       PathCall{SYS_execveat, 1},
                                PathCall{SYS_statfs, 0},       PathCall{SYS_getxattr, 0},
                                PathCall{SYS_lgetxattr, 0},    PathCall{SYS_setxattr, 0},
                                PathCall{SYS_lsetxattr, 0},    PathCall{SYS_listxattr, 0},
                                PathCall{SYS_llistxattr, 0},   PathCall{SYS_removexattr, 0},
                                PathCall{SYS_lremovexattr, 0}, PathCall{SYS_inotify_add_watch, 1}};

const PathCall* find_call(long call) {
  const auto found = std::ranges::find(kPathCalls, call, &PathCall::call);
  return found == kPathCalls.end() ? nullptr : &*found;
}

unsigned long long& argument(Registers& call, int number) {
  switch (number) {
    case 0:
      return call.rdi;
    case 1:
      return call.rsi;
    case 2:
      return call.rdx;
    default:
      return call.r10;
  }
}

}  // namespace

bool has_paths(long call) { return find_call(call) != nullptr || call == SYS_getcwd; }

MovedPaths::MovedPaths(const Tracee& tracee, std::string_view root, Registers& call)
    : tracee_(tracee), root_(root) {
  const auto number = static_cast<long>(call.orig_rax);
  if (root.empty() || !has_paths(number)) return;
  constexpr std::uint64_t kRedZone = 128;  // System V ABI AMD64, 3.2.2
  next_ = call.rsp - kRedZone;
  if (const PathCall* paths = find_call(number)) {
    move(argument(call, paths->first));
    if (paths->second >= 0) move(argument(call, paths->second));
  }
  tells_path_ = number == SYS_getcwd || number == SYS_readlink || number == SYS_readlinkat;
  told_at_ = number == SYS_getcwd ? call.rdi : number == SYS_readlink ? call.rsi : call.rdx;
}

void MovedPaths::move(unsigned long long& argument) {
  std::string path = tracee_.read_text(argument, PATH_MAX);
  path.erase(0,
             std::min(path.find_first_not_of('/'), path.size()) - (path.starts_with('/') ? 1 : 0));
  const std::string moved = sandbox::path_outside(root_, path);
  if (moved == path) return;
  const auto bytes = std::as_bytes(std::span(moved.c_str(), moved.size() + 1));
  Saved saved{next_ - bytes.size(), std::vector<std::byte>(bytes.size())};
  // What lies there may be anybody's: a signal's stack can be a variable.
  if (!tracee_.read(saved.address, saved.bytes) || !tracee_.write(saved.address, bytes)) return;
  argument = next_ = saved.address;
  saved_.push_back(std::move(saved));
}

std::int64_t MovedPaths::finish(std::int64_t result) {
  for (const Saved& one : saved_) (void)tracee_.write(one.address, one.bytes);
  if (!tells_path_ || result <= 0) return result;
  std::string text(static_cast<std::size_t>(result), '\0');
  if (!tracee_.read(told_at_, std::as_writable_bytes(std::span(text)))) return result;
  const std::string inside = sandbox::text_inside(root_, text);
  if (inside == text) return result;
  (void)tracee_.write(told_at_, std::as_bytes(std::span(inside)));
  return static_cast<std::int64_t>(inside.size());
}

sandbox::Expected<void> pass_moved(const Tracee& tracee, std::string_view root,
                                   const Registers& call) {
  Registers changed = call;
  MovedPaths moved(tracee, root, changed);
  if (auto set = tracee.set_registers(changed); !set) return set;
  if (auto done = tracee.resume_to_call_exit(); !done) return done;
  const auto stop = tracee.wait();
  if (!stop) return std::unexpected(stop.error());
  // Where it is gone, the next who waits for it is told.
  if (stop->kind != Stop::Kind::kCallExit)
    return sandbox::failure("a call with a path does not end");
  const auto after = tracee.registers();
  if (!after) return std::unexpected(after.error());
  Registers done = *after;
  restore_arguments(done, call);
  done.rax = static_cast<std::uint64_t>(moved.finish(static_cast<std::int64_t>(after->rax)));
  return tracee.set_registers(done);
}

}  // namespace ipcgrade
