// The hand-ins that a lab is verified with: its reference, and its corpus.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "assignment/assignment.h"
#include "assignment/parse.h"
#include "verify/expectation.h"

namespace ipcgrade {

struct Case {
  std::string name;  ///< "reference", "correct/NAME", "wrong/NAME"
  std::filesystem::path folder;
  Expectation expectation;
};

/// The reference first, then those of the corpus by name; what the assignment names none of is left
/// out. An error is all mistakes in the expectations, folders that are not there, and a corpus that
/// holds nothing.
[[nodiscard]] std::expected<std::vector<Case>, AssignmentError> read_cases(
    const Assignment& assignment);

}  // namespace ipcgrade
