#include "explore/rank_chooser.h"

#include <algorithm>

#include "explore/schedule.h"

namespace ipcgrade {

std::size_t RankChooser::choose(const Trace& so_far, const Decision& decision) {
  const Actor ours{ActorKind::kTask, task_};
  if (rank_ != Rank::kLast) {
    auto choice = enabled_choice(so_far, decision, ours);
    if (!choice && rank_ == Rank::kImpatient) {
      choice = enabled_choice(so_far, decision, {ActorKind::kTimeOut, task_});
    }
    return choice.value_or(decision.usual);
  }
  const auto choices = choices_of(so_far, decision);
  if (choices[decision.usual].actor != ours) return decision.usual;
  const auto other = std::ranges::find_if(choices, [&](const Choice& one) {
    return one.enabled && one.actor.kind == ActorKind::kTask && one.actor != ours && !one.idles &&
           !one.repeats;
  });
  return other == choices.end() ? decision.usual
                                : static_cast<std::size_t>(other - choices.begin());
}

}  // namespace ipcgrade
