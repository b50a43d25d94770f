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

/// A program as it is held: built so that its atomic, volatile and plain accesses are told apart
/// (see runtime/), where that could be done.
struct HeldProgram {
  Program program;            ///< the plain one where it could not
  bool instrumented = false;  ///< a build that avoids our ways may yet give a plain program
  std::string why_not;        ///< "the instrumented build failed: …"
};

/// Whether programs are built a second time, to be held.
enum class Instrument { kNo, kYes };

struct Build {
  std::vector<Program> programs;                ///< those that were built
  std::vector<HeldProgram> held;                ///< with Instrument::kYes: the same, in their order
  std::vector<Finding> findings;                ///< build-error: why the others were not
  std::vector<std::string> warnings;            ///< "server.c:9:1: warning: …"
  std::optional<sandbox::Isolation> isolation;  ///< of the boxes; empty where none was needed
  bool stopped = false;                         ///< by GradeOptions::stop; the rest is not whole
};

/// Builds each program of the assignment as labs.md says: `make PROGRAM` where there is a
/// Makefile, else gcc or g++ on the one source of its name. `stop` as in sandbox::BoxSpec.
/// An error is the machine's (no compiler, no box), never the submission's. What becomes of the
/// second build is no finding: what builds plainly is built.
[[nodiscard]] sandbox::Expected<Build> build(const sandbox::Host& host,
                                             const Assignment& assignment,
                                             const Submission& submission, int stop,
                                             Instrument instrument = Instrument::kNo);

}  // namespace ipcgrade
