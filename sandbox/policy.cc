#include "sandbox/policy.h"

#include <seccomp.h>

#include <algorithm>
#include <array>

#include "sandbox/policy_compiler.h"
#include "sandbox/policy_rules.h"

namespace sandbox {
namespace {

constexpr PolicyGroup kKernel{kKernelGroup, "changes or controls the machine"};

constexpr sock_filter kWidestProgram[] = {
#include "sandbox_generated/widest_filter.inc"
};

}  // namespace

Expected<Policy> Policy::of(std::span<const std::string> groups) {
  for (const std::string& name : groups) {
    if (std::ranges::find(kPolicyGroups, name, &PolicyGroup::name) != kPolicyGroups.end()) continue;
    std::string known;
    for (const PolicyGroup& group : kPolicyGroups) known += " " + std::string(group.name);
    return failure("no policy group is called '" + name + "'; there are" + known);
  }
  auto program = compile_policy(groups);
  if (!program) return std::unexpected(program.error().within("make the system call filter"));
  Policy policy;
  policy.groups_.assign(groups.begin(), groups.end());
  policy.owned_ = std::make_shared<const std::vector<sock_filter>>(std::move(*program));
  policy.program_ = *policy.owned_;
  return policy;
}

Policy Policy::widest() {
  Policy policy;
  for (const PolicyGroup& group : kPolicyGroups) policy.groups_.emplace_back(group.name);
  policy.program_ = kWidestProgram;
  return policy;
}

bool Policy::allows(std::string_view group) const {
  return group == kBaseGroup || std::ranges::find(groups_, group) != groups_.end();
}

const PolicyGroup* Policy::refusing_group(int number,
                                          std::span<const std::uint64_t> arguments) const {
  for (const PolicyRule& rule : policy_rules()) {
    if (seccomp_syscall_resolve_name(rule.call) != number || !holds(rule, arguments)) continue;
    const bool denied =
        rule.action == RuleAction::kDeny || rule.action == RuleAction::kAllowElseDeny;
    if (denied || allows(rule.group)) return nullptr;
    if (rule.group == kKernelGroup) return &kKernel;
    return &*std::ranges::find(kPolicyGroups, rule.group, &PolicyGroup::name);
  }
  return nullptr;
}

}  // namespace sandbox
