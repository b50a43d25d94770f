// unhandled-error: what a program made of a call that the grader made fail.
#pragma once

#include <vector>

#include "assignment/assignment.h"
#include "trace/finding.h"
#include "trace/trace.h"

namespace ipcgrade {

/// Judges the program that was failed by the rules of labs.md, "Failure", and its partner not at
/// all. EINTR and a short count are no failures: the results must be right. After any other the
/// results are right, too, or the program says so on stderr, exits with another status than 0,
/// prints nothing but the beginning of a right output, and leaves nothing; where a removal was made
/// to fail, the object may stay. Nothing where the fair run, without the injection, is wrong, or
/// where the call was never made. A finding stands at the call.
[[nodiscard]] std::vector<Finding> detect_unhandled_error(const Scenario& scenario,
                                                          const Trace& fair,
                                                          const Injection& injection,
                                                          const Trace& trace);

/// What to look at where a child was killed, and its parent did not handle that.
[[nodiscard]] std::string hint_for_killed_child();

}  // namespace ipcgrade
