// Has a build in a box make instrumented programs: compiled with -fsanitize=thread, and linked with
// our runtime in place of libtsan.
//
// The compilers are called through scripts of their names that are found first in PATH, so that
// whatever command builds, its own options and ways stay. What is not caught (a path to a compiler,
// a PATH of its own, another compiler) makes plain programs; what can't be linked so (-static)
// fails.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sandbox/box.h"
#include "sandbox/error.h"

namespace ipcgrade {

/// Before the box's first start. Takes names in /programs: the runtime's, the compilers', and
/// "instrumented.specs".
[[nodiscard]] sandbox::Expected<void> place_instrumentation(sandbox::Box& box);

/// Changes PATH in the environment of a command of that box.
void add_instrumentation(std::vector<std::string>& environment);

/// A tool of that name, as such a command finds it.
[[nodiscard]] std::string instrumented_tool_path(const std::string& tool);

/// Whether an executable has instrumented code in it: the name __tsan_init is among its strings.
[[nodiscard]] bool is_instrumented(std::string_view executable);

}  // namespace ipcgrade
