// Which steps of a run come before which in every run that is equivalent to it: Mazurkiewicz's
// relation, as vector clocks. Not what detectors need, to whom two writes of the same byte are
// unordered until something orders them; here they are dependent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "explore/schedule.h"
#include "trace/trace.h"

namespace ipcgrade {

using StepId = std::uint32_t;      ///< index into Trace::decisions
using ActorIndex = std::uint32_t;  ///< of the run's actors, in the order in which they turned up

/// For each actor, 1 + its last step that is known; 0 for none. Shorter ones are filled with 0.
using Clock = std::vector<StepId>;

void join(Clock& clock, const Clock& other);
[[nodiscard]] bool knows(const Clock& clock, ActorIndex actor, StepId step);

/// What makes a choice dependent on others: its touches, with two more where they apply. All that
/// has to do with one task, the task itself, its signals and its time-outs, touches the task; and
/// those that let ready tasks stand still draw on one budget.
[[nodiscard]] std::vector<Touch> dependence_of(const Trace& trace, const Choice& choice);

/// An operation that was waiting at the decision before `until` and was not made then: it was
/// still waiting when the run ended, or the step before `until` took it away.
struct Unmade {
  ActorIndex actor = 0;
  StepId until = 0;
  std::vector<Touch> touches;
  Clock past;                      ///< what its actor knew
  std::vector<StepId> influences;  ///< steps that changed whether or how it could be made
};

class DependenceOrder {
 public:
  explicit DependenceOrder(const Trace& trace);

  [[nodiscard]] std::size_t steps() const { return steps_.size(); }
  [[nodiscard]] ActorIndex actor_of(StepId step) const { return steps_[step].actor; }
  [[nodiscard]] Actor actor(ActorIndex index) const { return actors_[index]; }
  /// What it would do when it was chosen, and what it did then.
  [[nodiscard]] const std::vector<Touch>& touches(StepId step) const {
    return steps_[step].touches;
  }
  /// What the step's actor knew just before it: without what the step's operation depends on.
  [[nodiscard]] const Clock& past(StepId step) const { return steps_[step].past; }
  [[nodiscard]] const Clock& clock(StepId step) const { return steps_[step].clock; }
  /// 1 + the last step that comes before it; 0 for none.
  [[nodiscard]] StepId last_before(StepId step) const { return steps_[step].last_before; }
  [[nodiscard]] const std::vector<StepId>& influences(StepId step) const {
    return steps_[step].influences;
  }
  [[nodiscard]] const std::vector<Unmade>& unmade() const { return unmade_; }
  [[nodiscard]] std::size_t actors() const { return actors_.size(); }
  /// An actor's, in their order.
  [[nodiscard]] const std::vector<StepId>& steps_of(ActorIndex actor) const {
    return steps_of_[actor];
  }

  [[nodiscard]] bool before(StepId earlier, StepId later) const {
    return knows(steps_[later].clock, steps_[earlier].actor, earlier);
  }

  /// The same for equivalent runs of one scenario, and for no others.
  [[nodiscard]] std::uint64_t hash(const Trace& trace) const;

 private:
  struct Step {
    ActorIndex actor = 0;
    std::vector<Touch> touches;
    Clock past;
    Clock clock;
    StepId last_before = 0;
    std::vector<StepId> influences;
  };
  /// An actor's operation that waits to be made.
  struct Pending {
    std::vector<Touch> touches;
    bool enabled = false;
    bool stalls = false;
    bool present = false;
    std::vector<StepId> influences;
  };
  /// The last step of an actor that touched so.
  struct Toucher {
    ActorIndex actor;
    Touch touch;
    StepId step;
  };

  [[nodiscard]] ActorIndex index_of(Actor actor);
  void look_at(const Trace& trace, StepId now);
  void compare(ActorIndex actor, const Pending& then, StepId now);
  void take(const Trace& trace, StepId now, const Choice& taken, std::size_t& event);
  void order(Step& step, StepId now);

  std::vector<Actor> actors_;
  std::map<Actor, ActorIndex> indices_;
  std::vector<Pending> pending_;  ///< of each actor
  std::vector<Clock> known_;      ///< of each actor
  std::map<ObjectId, std::vector<Toucher>> touchers_;
  std::vector<Step> steps_;
  std::vector<std::vector<StepId>> steps_of_;  ///< of each actor
  std::vector<Unmade> unmade_;
};

}  // namespace ipcgrade
