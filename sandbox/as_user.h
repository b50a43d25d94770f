// For a thread of root's that has not root's usual power over others (a container without
// CAP_SYS_PTRACE): how it looks at the processes of a box that it made, which have a user id of
// their own. Linux keeps ids for each thread; the C library's setuid(3) would change all.
#pragma once

#include <sys/types.h>

#include <optional>

namespace sandbox {

/// While it lives, the real user and group id of the calling thread are these, which is enough for
/// ptrace(2), process_vm_readv(2) and kill(2); it stays what it is in all else. Goes in the thread
/// that it came in. Source: ptrace(2), "Ptrace access mode checking".
class RealUser {
 public:
  explicit RealUser(uid_t user);
  RealUser(const RealUser&) = delete;
  RealUser& operator=(const RealUser&) = delete;
  ~RealUser();

 private:
  uid_t user_before_;
  gid_t group_before_;
};

/// While it lives, the calling thread acts as that user, in what it opens, too. Nothing happens
/// without one.
class AsUser {
 public:
  explicit AsUser(std::optional<uid_t> user);
  AsUser(const AsUser&) = delete;
  AsUser& operator=(const AsUser&) = delete;
  ~AsUser();

 private:
  bool changed_;
  uid_t user_before_;
  gid_t group_before_;
  int death_signal_ = 0;
};

}  // namespace sandbox
