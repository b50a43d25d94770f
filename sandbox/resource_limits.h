// The kernel's own limits that a command of a box gets: setrlimit(2).
#pragma once

#include <array>
#include <cstdint>

#include "sandbox/error.h"
#include "sandbox/plan.h"

namespace sandbox {

struct ResourceLimit {
  int resource;         ///< RLIMIT_…
  const char* name;     ///< "open files"
  char option;          ///< of the shell's ulimit
  bool may_be_less;     ///< no honest program notices
  std::uint64_t value;  ///< soft and hard
};

[[nodiscard]] std::array<ResourceLimit, 7> resource_limits(const Plan& plan);

/// An error where whoever started this process has lowered a hard limit below what a command is to
/// get, and it can't be raised: programs would fail for want of it. (CAP_SYS_RESOURCE raises them
/// in the first user namespace alone; containers do not have it.)
[[nodiscard]] Expected<void> check_resource_limits(const Plan& plan);

}  // namespace sandbox
