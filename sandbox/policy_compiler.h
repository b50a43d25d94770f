// From the policy's table of rules to a seccomp program, by libseccomp.
#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sandbox/error.h"
#include "sandbox/policy_rules.h"

namespace sandbox {

/// What a program answers to a call of `rule`, where its group is allowed or not: SECCOMP_RET_*.
[[nodiscard]] std::uint32_t action_of(const PolicyRule& rule, bool allowed);

/// The program that allows the base group and `groups`, for this machine's architecture.
[[nodiscard]] Expected<std::vector<sock_filter>> compile_policy(
    std::span<const std::string> groups);

}  // namespace sandbox
