#include "sandbox/as_user.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace sandbox {
namespace {

constexpr int kSame = -1;

}  // namespace

RealUser::RealUser(uid_t user) : user_before_(::getuid()), group_before_(::getgid()) {
  ::syscall(SYS_setresgid, user, kSame, kSame);
  ::syscall(SYS_setresuid, user, kSame, kSame);
}
RealUser::~RealUser() {
  ::syscall(SYS_setresuid, user_before_, kSame, kSame);
  ::syscall(SYS_setresgid, group_before_, kSame, kSame);
}

AsUser::AsUser(std::optional<uid_t> user)
    : changed_(user.has_value()), user_before_(::geteuid()), group_before_(::getegid()) {
  if (!changed_) return;
  // The kernel forgets it with a change of ids. Source: prctl(2), PR_SET_PDEATHSIG.
  ::prctl(PR_GET_PDEATHSIG, &death_signal_, 0, 0, 0);
  ::syscall(SYS_setresgid, kSame, *user, kSame);
  ::syscall(SYS_setresuid, kSame, *user, kSame);
}
AsUser::~AsUser() {
  if (!changed_) return;
  ::syscall(SYS_setresuid, kSame, user_before_, kSame);
  ::syscall(SYS_setresgid, kSame, group_before_, kSame);
  ::prctl(PR_SET_PDEATHSIG, death_signal_, 0, 0, 0);
}

}  // namespace sandbox
