// Where in its source a stopped thread is, for programs with debug information.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "sandbox/outcome.h"

namespace sandbox {

/// The frames of `thread` (host number) that lie in programs whose path in the box begins with
/// `prefix`, innermost first. The thread must be waiting in a system call, and stays there.
/// Best effort: empty where there is no debug information, or where it is damaged.
///
/// A program's debug information is its author's: it is read in a child process that is `user`, the
/// thread's own, with bounds on time and memory. Its crash costs nothing but the answer.
[[nodiscard]] std::vector<SourceLine> stack_of(pid_t thread, const std::string& prefix, uid_t user);

}  // namespace sandbox
