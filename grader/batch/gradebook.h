// Grades as learning platforms import them.
//
// Canvas: "Student", "ID" (the number that is in the names of files, too), "SIS User ID", "SIS
//   Login ID", "Section", then a column an assignment, "Title (id)", and columns that it computes,
//   without an id; there may be a line "Points Possible".
// Moodle: the grading worksheet, with "Identifier" ("Participant 123") first, "Grade" and, where it
//   was exported with them, "Full name" and "Maximum Grade"; the words are those of its language.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "batch/graded.h"
#include "sandbox/error.h"

namespace ipcgrade {

struct Gradebook {
  std::string csv;  ///< for the platform's import: only lines of those who have a grade
  /// Hand-ins with a grade for whom the exported gradebook has no line: keys.
  std::vector<std::string> unknown;
  /// What is odd about it, a sentence each: other points than the lab's.
  std::vector<std::string> notes;
};

/// `exported`: what the platform exported, or empty: then it is made from the names alone.
/// `column`: of an assignment of Canvas, its title or a part of it; of Moodle, what it calls the
/// grade; needed only where several could be meant, or Moodle speaks no English. An error where
/// `exported` is none of the platform's, or the column can't be told: the same before anybody has a
/// grade.
[[nodiscard]] sandbox::Expected<Gradebook> gradebook_for_import(const Batch& batch,
                                                                std::string_view exported,
                                                                std::string_view column,
                                                                std::string_view lab);

}  // namespace ipcgrade
