#include "sandbox/policy_compiler.h"

#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "sandbox/fd.h"

namespace sandbox {
namespace {

struct ReleaseContext {
  void operator()(void* context) const { seccomp_release(context); }
};

Expected<std::vector<sock_filter>> exported(scmp_filter_ctx context) {
  // libseccomp 2.5 exports to a descriptor only.
  const Fd file(::memfd_create("filter", MFD_CLOEXEC));
  if (!file) return from_errno("memfd_create");
  if (const int error = seccomp_export_bpf(context, file.get()); error < 0) {
    return std::unexpected(Error{"seccomp_export_bpf", -error});
  }
  const off_t size = ::lseek(file.get(), 0, SEEK_END);
  if (size < 0) return from_errno("read the filter");
  std::vector<sock_filter> program(static_cast<std::size_t>(size) / sizeof(sock_filter));
  if (::pread(file.get(), program.data(), static_cast<std::size_t>(size), 0) != size) {
    return from_errno("read the filter");
  }
  return program;
}

}  // namespace

std::uint32_t action_of(const PolicyRule& rule, bool allowed) {
  const std::uint32_t denied = SCMP_ACT_ERRNO(static_cast<unsigned>(rule.error_number));
  switch (rule.action) {
    case RuleAction::kAllow:
      return allowed ? SCMP_ACT_ALLOW : SCMP_ACT_NOTIFY;
    case RuleAction::kAllowElseDeny:
      return allowed ? SCMP_ACT_ALLOW : denied;
    case RuleAction::kDeny:
      return denied;
    case RuleAction::kWatch:
      break;
  }
  return SCMP_ACT_NOTIFY;
}

Expected<std::vector<sock_filter>> compile_policy(std::span<const std::string> groups) {
  const std::unique_ptr<void, ReleaseContext> context(seccomp_init(SCMP_ACT_ERRNO(ENOSYS)));
  if (!context) return failure("seccomp_init");
  // The default would kill only the thread, and leave a process with a thread missing.
  seccomp_attr_set(context.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
  // A binary tree by call number: the frequent calls do not wait for three hundred comparisons.
  seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
  for (const PolicyRule& rule : policy_rules()) {
    const int number = seccomp_syscall_resolve_name(rule.call);
    if (number == __NR_SCMP_ERROR) {
      return failure(std::string("this libseccomp does not know the call ") + rule.call);
    }
    const bool allowed =
        rule.group == kBaseGroup || std::ranges::find(groups, rule.group) != groups.end();
    const std::uint32_t action = action_of(rule, allowed);
    const int error = seccomp_rule_add_array(context.get(), action, number,
                                             static_cast<unsigned>(rule.conditions.size()),
                                             rule.conditions.data());
    if (error < 0) return std::unexpected(Error{std::string("rule for ") + rule.call, -error});
  }
  return exported(context.get());
}

}  // namespace sandbox
