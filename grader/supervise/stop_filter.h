// The seccomp program of held tasks: harmless calls go on at full speed, all others stop for the
// supervisor, who knows what they are or that he does not.
#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <vector>

#include "sandbox/policy.h"

namespace ipcgrade {

/// Made from the policy's own program, by libseccomp: what that denies is denied as ever, what it
/// allows or refuses stops as SECCOMP_RET_TRACE, but for the calls of is_harmless(), and close(2)
/// of numbers that no descriptor can have, from `open_files` on: they fail.
[[nodiscard]] std::vector<sock_filter> stop_filter(const sandbox::Policy& policy,
                                                   std::uint32_t open_files);

/// Whether a call concerns nobody but its own task, and can't wait.
[[nodiscard]] bool is_harmless(long call);

}  // namespace ipcgrade
