// The default plan of a search: the fair run; then, where the scenario is small, all its orders;
// else a portfolio of samplers, since no single one finds everything, for as long as allowed.
#pragma once

#include "explore/explorer.h"

namespace ipcgrade {

/// The result depends on the options and the scenario, and, as long as the budget does not end it,
/// neither on the machine's speed nor on the number of workers.
[[nodiscard]] sandbox::Expected<Explored> explore(WorkerPool& pool, const Judge& judge,
                                                  const ExploreOptions& options);

}  // namespace ipcgrade
