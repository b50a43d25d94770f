// Whether the kernel does with a policy's calls what the policy's table says.
#pragma once

#include <linux/filter.h>

#include <cstddef>
#include <span>

#include "sandbox/error.h"
#include "sandbox/policy.h"

namespace sandbox {

/// Tries each rule of the table with the call that it is about, numbers that no rule is about, and
/// calls of another architecture; says how many. A child makes them under `program`, of which every
/// answer is made an errno, so that no call is carried out, whatever the program says. An error
/// names the first call that is answered otherwise than `policy` says. Needs seccomp filters (Linux
/// 3.17), no privilege.
[[nodiscard]] Expected<std::size_t> try_filter(std::span<const sock_filter> program,
                                               const Policy& policy);

}  // namespace sandbox
