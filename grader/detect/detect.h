// All that is wrong in a held run.
//
// One fault costs one check where that can be told:
// - What is wrong in the fair run counts as such (Stage::kFair), and the same scenario's other
//   orders are then not judged by their results, ends or waits.
// - A run whose program ended wrongly by itself is told for that, and not for who then waited for
// it.
// - What is no matter of results (data races, handlers, pipe ends, what is left behind, burning the
//   processor) has checks of its own and is looked for in every run. A race and the wrong result
//   that it leads to are two findings of two checks: either can be mended without the other.
#pragma once

#include <vector>

#include "assignment/assignment.h"
#include "detect/hang.h"
#include "trace/finding.h"
#include "trace/trace.h"

namespace ipcgrade {

struct DetectOptions {
  Polling polling = Polling::kIsWaiting;
};

/// `fair` is the run in which every task gets its turn; nullptr: `trace` is that run itself. A
/// scenario without results is judged by the rules of `explore`. Nothing where the run was not
/// held, can't be held, was interrupted, or went on for longer than is looked at without a reason
/// to accuse anybody. Findings are in a fixed order, the gravest first.
[[nodiscard]] std::vector<Finding> detect_all(const Scenario& scenario, const Trace* fair,
                                              const Trace& trace,
                                              const DetectOptions& options = {});

}  // namespace ipcgrade
