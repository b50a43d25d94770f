// data-race: two tasks touch the same bytes, one of them writes, and nothing orders the two.
#pragma once

#include <vector>

#include "assignment/assignment.h"
#include "trace/finding.h"
#include "trace/trace.h"

namespace ipcgrade {

/// One finding for each pair of places, in the order in which they were met; a warning where one of
/// the two may be atomic for all that is known. What the C library does inside its own objects is
/// no access. A touch of memory without an end is of the object as a whole (its removal) and none,
/// either.
[[nodiscard]] std::vector<Finding> detect_data_races(const Scenario& scenario, const Trace& trace);

/// Where threads race that told of it as they went on (Trace::logged): the bytes of each two
/// accesses of which they had in common. They accuse nobody, since the story of such a pair is not
/// known: a run in which the threads are stopped there is judged. Ascending, and no more than a few
/// hundred.
[[nodiscard]] std::vector<Watched> races_to_watch(const Trace& trace);

}  // namespace ipcgrade
