// The table behind Policy: which call belongs to which group.
#pragma once

#include <seccomp.h>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "sandbox/policy_groups.h"

namespace sandbox {

inline constexpr std::string_view kBaseGroup = "base";
/// Calls that no policy allows.
inline constexpr PolicyGroup kKernelGroup{"kernel", "controls the machine, or another process"};

enum class RuleAction {
  kAllow,          ///< allowed where the policy names the group, refused elsewhere
  kAllowElseDeny,  ///< allowed where the policy names the group, fails with `error_number`
                   ///< elsewhere
  kDeny,           ///< fails with `error_number`, whatever the policy
  kWatch,          ///< allowed, and the keeper is told first
};

struct PolicyRule {
  std::string_view group;
  const char* call = "";
  /// On one argument each, and all must hold; without any the rule is for every call. Rules for one
  /// call with different actions exclude each other. Only NE and MASKED_EQ are used: libseccomp
  /// before 2.6.1 merges 64-bit GT, GE, LT and LE wrongly (GHSA-4q85-33p6-j5g6).
  std::vector<scmp_arg_cmp> conditions = {};
  RuleAction action = RuleAction::kAllow;
  int error_number = 0;
};

[[nodiscard]] std::span<const PolicyRule> policy_rules();

/// Whether the rule's conditions hold for these arguments, as the seccomp program would say.
[[nodiscard]] bool holds(const PolicyRule& rule, std::span<const std::uint64_t> arguments);

}  // namespace sandbox
