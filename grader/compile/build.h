// Submission to programs, inside the sandbox: a build is the student's code running.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "assignment/assignment.h"
#include "compile/submission.h"
#include "sandbox/error.h"
#include "sandbox/host.h"
#include "trace/finding.h"

namespace ipcgrade {

/// An executable, as bytes: it is put into each box that runs it, so that no run can change it for
/// the next.
struct Program {
  std::string name;
  std::string bytes;
};

struct Build {
  std::vector<Program> programs;                ///< those that were built
  std::vector<Finding> findings;                ///< build-error: why the others were not
  std::vector<std::string> warnings;            ///< "server.c:9:1: warning: …"
  std::optional<sandbox::Isolation> isolation;  ///< of the boxes; empty where none was needed
  bool stopped = false;                         ///< by GradeOptions::stop; the rest is not whole
};

/// Builds each program of the assignment as labs.md says: `make PROGRAM` where there is a
/// Makefile, else gcc or g++ on the one source of its name. `stop` as in sandbox::BoxSpec.
/// An error is the machine's (no compiler, no box), never the submission's.
[[nodiscard]] sandbox::Expected<Build> build(const sandbox::Host& host,
                                             const Assignment& assignment,
                                             const Submission& submission, int stop);

}  // namespace ipcgrade
