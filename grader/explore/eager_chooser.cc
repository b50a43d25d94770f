#include "explore/eager_chooser.h"

#include "explore/schedule.h"

namespace ipcgrade {

std::size_t EagerChooser::choose(const Trace& so_far, const Decision& decision) {
  return enabled_choice(so_far, decision, {ActorKind::kTask, task_}).value_or(decision.usual);
}

}  // namespace ipcgrade
