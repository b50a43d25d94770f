// A lab by its name, for the subcommands that need one.
#pragma once

#include <optional>
#include <string>

#include "assignment/assignment.h"
#include "cli/commands.h"

namespace ipcgrade {

/// `name` is one that `list` shows, or an assignment folder. Nothing where there is no such lab or
/// its file has mistakes, which is said on stderr.
[[nodiscard]] std::optional<Assignment> open_lab(const Context& context, const std::string& name);

}  // namespace ipcgrade
