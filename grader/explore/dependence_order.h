// Which steps of a run come before which in every run that is equivalent to it: Mazurkiewicz's
// relation, as vector clocks. Not what detectors need, to whom two writes of the same byte are
// unordered until something orders them; here they are dependent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
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

/// A step of a run: what was taken at one decision.
struct Step {
  ActorIndex actor = 0;
  std::vector<Touch> touches;  ///< what it would do when it was chosen, and what it did then
  /// What its actor knew just before it: without what its operation depends on.
  Clock past;
  std::shared_ptr<const Clock> clock;  ///< what comes before it, and itself
  StepId last_before = 0;              ///< 1 + the last step that comes before it; 0 for none
  std::vector<StepId> influences;      ///< steps that changed whether or how it could be made
};

/// An operation that was waiting at the decision before `until` and was not made then: it was
/// still waiting when the run ended, or the step before `until` took it away.
struct Unmade {
  ActorIndex actor = 0;
  StepId until = 0;
  std::vector<Touch> touches;
  Clock past;                      ///< what its actor knew
  std::vector<StepId> influences;  ///< steps that changed whether or how it could be made
};

/// Goes through a run once and gives away each step when all that comes before it is known: of a
/// long run, only what later steps can come after is held.
class DependenceWalk {
 public:
  /// The trace outlives this.
  explicit DependenceWalk(const Trace& trace) : trace_(trace) {}

  /// The next step; nothing when there is none.
  [[nodiscard]] std::optional<Step> next();
  /// Those that have turned up since they were asked for last; after the last step, all.
  [[nodiscard]] std::vector<Unmade> take_unmade() { return std::exchange(unmade_, {}); }
  /// So far.
  [[nodiscard]] const std::vector<Actor>& actors() const { return actors_; }

 private:
  /// An actor's operation that waits to be made.
  struct Pending {
    std::vector<Touch> touches;
    bool enabled = false;
    bool present = false;
    std::vector<StepId> influences;
    Clock influenced;  ///< by those steps
  };
  /// The last step of an actor that touched so.
  struct Toucher {
    ActorIndex actor;
    Touch touch;
    StepId step;
    std::shared_ptr<const Clock> clock;
  };

  [[nodiscard]] ActorIndex index_of(Actor actor);
  void look_at();
  void compare(ActorIndex actor, const Pending& then);
  void influence(Pending& one) const;
  void leave(ActorIndex actor, StepId until);
  [[nodiscard]] Step take(const Choice& taken);
  void order(Step& step, const Clock& influenced);

  const Trace& trace_;
  StepId now_ = 0;
  std::size_t event_ = 0;
  bool over_ = false;
  std::vector<Actor> actors_;
  std::map<Actor, ActorIndex> indices_;
  std::vector<Pending> pending_;             ///< of each actor
  std::vector<Clock> known_;                 ///< of each actor
  std::shared_ptr<const Clock> last_clock_;  ///< of the step just before
  std::map<ObjectId, std::vector<Toucher>> touchers_;
  std::vector<Unmade> unmade_;
};

/// The whole of it, for those who go back and forth.
class DependenceOrder {
 public:
  explicit DependenceOrder(const Trace& trace);

  [[nodiscard]] std::size_t steps() const { return steps_.size(); }
  [[nodiscard]] const Step& step(StepId step) const { return steps_[step]; }
  [[nodiscard]] ActorIndex actor_of(StepId step) const { return steps_[step].actor; }
  [[nodiscard]] Actor actor(ActorIndex index) const { return actors_[index]; }
  [[nodiscard]] const Clock& clock(StepId step) const { return *steps_[step].clock; }
  [[nodiscard]] const std::vector<Unmade>& unmade() const { return unmade_; }
  [[nodiscard]] std::size_t actors() const { return actors_.size(); }
  /// An actor's, in their order.
  [[nodiscard]] const std::vector<StepId>& steps_of(ActorIndex actor) const {
    return steps_of_[actor];
  }

  [[nodiscard]] bool before(StepId earlier, StepId later) const {
    return knows(*steps_[later].clock, steps_[earlier].actor, earlier);
  }

 private:
  std::vector<Actor> actors_;
  std::vector<Step> steps_;
  std::vector<std::vector<StepId>> steps_of_;  ///< of each actor
  std::vector<Unmade> unmade_;
};

/// The same for equivalent runs of one scenario, and for no others.
[[nodiscard]] std::uint64_t hash_of_order(const Trace& trace);

}  // namespace ipcgrade
