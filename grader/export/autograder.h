// The zip that Gradescope takes for an autograder: sources of the grader, one lab, and two scripts.
// (Gradescope's documentation of autograders, "Technical Details", 2024.)
#pragma once

#include <filesystem>
#include <string>

#include "assignment/assignment.h"
#include "sandbox/error.h"

namespace ipcgrade {

/// The bytes of the zip. `checkout` is the folder of the grader's sources; of the lab, whose folder
/// is `assignment.folder`, its solution and its corpus are left out: student code runs beside it.
[[nodiscard]] sandbox::Expected<std::string> autograder_zip(const std::filesystem::path& checkout,
                                                            const Assignment& assignment);

}  // namespace ipcgrade
