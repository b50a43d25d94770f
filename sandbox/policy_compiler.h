// From the policy's table of rules to a seccomp program, by libseccomp.
#pragma once

#include <linux/filter.h>

#include <span>
#include <string>
#include <vector>

#include "sandbox/error.h"

namespace sandbox {

/// The program that allows the base group and `groups`, for this machine's architecture.
[[nodiscard]] Expected<std::vector<sock_filter>> compile_policy(
    std::span<const std::string> groups);

}  // namespace sandbox
