#include "sandbox/policy.h"

#include <seccomp.h>

#include <algorithm>
#include <array>

#include "sandbox/policy_compiler.h"
#include "sandbox/policy_rules.h"
#include "sandbox/policy_trial.h"

namespace sandbox {
namespace {

constexpr sock_filter kWidestProgram[] = {
#include "sandbox_generated/widest_filter.inc"
};

Expected<void> check_known(std::span<const std::string> groups) {
  for (const std::string& name : groups) {
    if (std::ranges::find(kPolicyGroups, name, &PolicyGroup::name) != kPolicyGroups.end()) continue;
    std::string known;
    for (const PolicyGroup& group : kPolicyGroups) known += " " + std::string(group.name);
    return failure("no policy group is called '" + name + "'; there are" + known);
  }
  return {};
}

/// The rule by which the program would tell of a call that its group does not have; nullptr where
/// there is none.
const PolicyRule* telling_rule(int number, std::span<const std::uint64_t> arguments) {
  const auto rules = policy_rules();
  // Once for all: held tasks are asked for at each call.
  static const std::vector<int> kNumbers = [&] {
    std::vector<int> numbers;
    for (const PolicyRule& rule : rules) numbers.push_back(seccomp_syscall_resolve_name(rule.call));
    return numbers;
  }();
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const PolicyRule& rule = rules[i];
    if (kNumbers[i] != number || !holds(rule, arguments)) continue;
    const bool fails =
        rule.action == RuleAction::kDeny || rule.action == RuleAction::kAllowElseDeny;
    return fails ? nullptr : &rule;
  }
  return nullptr;
}

}  // namespace

Expected<Policy> Policy::of(std::span<const std::string> groups,
                            std::span<const std::string> denied) {
  if (auto known = check_known(groups); !known) return std::unexpected(known.error());
  if (auto known = check_known(denied); !known) return std::unexpected(known.error());
  for (const std::string& name : denied) {
    if (std::ranges::find(groups, name) == groups.end()) continue;
    return failure("the policy group '" + name + "' can't be both allowed and denied");
  }
  auto program = compile_policy(groups);
  if (!program) return std::unexpected(program.error().within("make the system call filter"));
  Policy policy;
  policy.groups_.assign(groups.begin(), groups.end());
  policy.denied_.assign(denied.begin(), denied.end());
  policy.owned_ = std::make_shared<const std::vector<sock_filter>>(std::move(*program));
  policy.program_ = *policy.owned_;
  return policy;
}

Policy Policy::widest() {
  static const Policy kWidest = [] {
    Policy policy;
    for (const PolicyGroup& group : kPolicyGroups) policy.groups_.emplace_back(group.name);
    policy.program_ = kWidestProgram;
    return policy;
  }();
  return kWidest;
}

Expected<std::size_t> Policy::tried() const {
  const std::lock_guard lock(trial_->mutex);
  if (trial_->judged) return *trial_->judged;
  auto result = try_filter(program_, *this);
  // That there was no room for a child now says nothing of the filter.
  const bool is_judged = result || result.error().error_number == 0;
  if (is_judged) trial_->judged = result;
  return result;
}

bool Policy::allows(std::string_view group) const {
  return group == kBaseGroup || std::ranges::find(groups_, group) != groups_.end();
}

const PolicyGroup* Policy::refusing_group(int number,
                                          std::span<const std::uint64_t> arguments) const {
  const PolicyRule* rule = telling_rule(number, arguments);
  if (rule == nullptr || allows(rule->group)) return nullptr;
  if (std::ranges::find(denied_, rule->group) != denied_.end()) return nullptr;
  if (rule->group == kKernelGroup.name) return &kKernelGroup;
  return &*std::ranges::find(kPolicyGroups, rule->group, &PolicyGroup::name);
}

bool Policy::denies(int number, std::span<const std::uint64_t> arguments) const {
  if (denied_.empty()) return false;
  const PolicyRule* rule = telling_rule(number, arguments);
  return rule != nullptr && std::ranges::find(denied_, rule->group) != denied_.end();
}

}  // namespace sandbox
