#include "explore/dependence_order.h"

#include <algorithm>
#include <utility>

#include "explore/random.h"

namespace ipcgrade {
namespace {

// Objects that only this module knows: far above those of any run.
constexpr ObjectId kStallBudget = kNoObject - 1;
constexpr ObjectId kFirstTaskItself = kNoObject - 2;

void add_touch(std::vector<Touch>& touches, const Touch& touch) {
  if (std::ranges::find(touches, touch) == touches.end()) touches.push_back(touch);
}

// The number of a task depends on which of two forks came first, which may not matter: it is named
// by its parent and by how many children that had.
std::vector<std::uint64_t> names_of_tasks(const Trace& trace) {
  std::vector<std::uint64_t> names;
  std::vector<std::uint64_t> children(trace.tasks.size());
  for (std::size_t i = 0; i < trace.tasks.size(); ++i) {
    const TaskId parent = trace.tasks[i].parent;
    if (parent == kNoTask || parent >= i) {
      names.push_back(mix_bits(i + 1));
    } else {
      names.push_back(mix_bits(names[parent] + ++children[parent]));
    }
  }
  return names;
}

}  // namespace

void join(Clock& clock, const Clock& other) {
  if (clock.size() < other.size()) clock.resize(other.size());
  for (std::size_t i = 0; i < other.size(); ++i) clock[i] = std::max(clock[i], other[i]);
}

bool knows(const Clock& clock, ActorIndex actor, StepId step) {
  return actor < clock.size() && clock[actor] > step;
}

std::vector<Touch> dependence_of(const Trace& trace, const Choice& choice) {
  std::vector<Touch> touches;
  for (const Touch& touch : touches_of(trace, choice)) add_touch(touches, touch);
  if (choice.actor.kind != ActorKind::kTimer) {
    touches.push_back(writes(kFirstTaskItself - choice.actor.task));
  }
  if (choice.stall > VirtualTime::zero()) touches.push_back(writes(kStallBudget));
  return touches;
}

DependenceOrder::DependenceOrder(const Trace& trace) {
  std::size_t event = 0;
  for (StepId now = 0; now < trace.decisions.size(); ++now) {
    look_at(trace, now);
    const Choice* taken = taken_choice(trace, trace.decisions[now]);
    if (taken == nullptr) break;
    take(trace, now, *taken, event);
  }
  const auto end = static_cast<StepId>(steps_.size());
  for (ActorIndex actor = 0; actor < pending_.size(); ++actor) {
    Pending& one = pending_[actor];
    // What the last step left of it is not known, where no decision followed.
    if (!one.present) continue;
    unmade_.push_back({actor, end, one.touches, known_[actor], one.influences});
  }
}

ActorIndex DependenceOrder::index_of(Actor actor) {
  const auto [place, is_new] = indices_.try_emplace(actor, static_cast<ActorIndex>(actors_.size()));
  if (is_new) {
    actors_.push_back(actor);
    pending_.emplace_back();
    known_.emplace_back();
    steps_of_.emplace_back();
  }
  return place->second;
}

void DependenceOrder::look_at(const Trace& trace, StepId now) {
  std::vector<bool> present(actors_.size());
  for (const Choice& choice : choices_of(trace, trace.decisions[now])) {
    const ActorIndex actor = index_of(choice.actor);
    if (actor < present.size()) present[actor] = true;
    compare(actor,
            {dependence_of(trace, choice),
             choice.enabled,
             choice.stall > VirtualTime::zero(),
             true,
             {}},
            now);
  }
  for (ActorIndex actor = 0; actor < present.size(); ++actor) {
    if (!present[actor]) compare(actor, {}, now);
  }
}

// What the step just before did to others' operations, touches or not: one that turned up, went
// away, became another or could suddenly (not) be made depends on that step. Touches should say
// so already; where they do not, orders would be missed.
void DependenceOrder::compare(ActorIndex actor, const Pending& then, StepId now) {
  Pending& one = pending_[actor];
  if (!one.present && !then.present) return;
  const bool is_same = one.present && then.present && one.touches == then.touches;
  if (is_same) {
    if (one.enabled != then.enabled) one.influences.push_back(now - 1);
    one.enabled = then.enabled;
    return;
  }
  if (now > 0) {
    if (one.present) {
      one.influences.push_back(now - 1);
      unmade_.push_back({actor, now, one.touches, known_[actor], one.influences});
    }
    join(known_[actor], steps_[now - 1].clock);
  }
  one = then;
}

void DependenceOrder::take(const Trace& trace, StepId now, const Choice& taken,
                           std::size_t& event) {
  const ActorIndex actor = index_of(taken.actor);
  Step step;
  step.actor = actor;
  step.past = known_[actor];
  step.touches = pending_[actor].touches;
  step.influences = std::move(pending_[actor].influences);
  pending_[actor] = {};
  while (event < trace.events.size() && trace.events[event].decision <= now) {
    const Event& one = trace.events[event++];
    if (one.decision != now) continue;
    for (const Touch& touch : touches_of(trace, one)) add_touch(step.touches, touch);
  }
  order(step, now);
  known_[actor] = step.clock;
  steps_of_[actor].push_back(now);
  steps_.push_back(std::move(step));
}

void DependenceOrder::order(Step& step, StepId now) {
  step.clock = step.past;
  for (const StepId influence : step.influences) join(step.clock, steps_[influence].clock);
  for (const Touch& touch : step.touches) {
    auto& touchers = touchers_[touch.object];
    Toucher* same = nullptr;
    for (Toucher& one : touchers) {
      if (one.actor == step.actor) {
        if (one.touch == touch) same = &one;
      } else if (!knows(step.clock, one.actor, one.step) && conflict(one.touch, touch)) {
        join(step.clock, steps_[one.step].clock);
      }
    }
    if (same != nullptr) {
      same->step = now;
    } else {
      touchers.push_back({step.actor, touch, now});
    }
  }
  for (const StepId known : step.clock) step.last_before = std::max(step.last_before, known);
  if (step.clock.size() <= step.actor) step.clock.resize(step.actor + 1);
  step.clock[step.actor] = now + 1;
}

std::uint64_t DependenceOrder::hash(const Trace& trace) const {
  const std::vector<std::uint64_t> task_names = names_of_tasks(trace);
  std::vector<std::uint64_t> names;
  for (const Actor& actor : actors_) {
    const bool is_named = actor.kind != ActorKind::kTimer && actor.task < task_names.size();
    const std::uint64_t task = is_named ? task_names[actor.task] : actor.task;
    names.push_back(mix_bits(task * 4 + static_cast<std::uint64_t>(actor.kind)));
  }
  // Sums, so that the order of steps and of actors does not matter.
  std::vector<std::uint64_t> ordinals(steps_.size());
  std::vector<std::uint64_t> made(actors_.size());
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const Step& step = steps_[i];
    ordinals[i] = ++made[step.actor];
    std::uint64_t known = 0;
    for (std::size_t actor = 0; actor < step.clock.size(); ++actor) {
      if (step.clock[actor] == 0) continue;
      known += mix_bits(names[actor] + mix_bits(ordinals[step.clock[actor] - 1]));
    }
    all += mix_bits(mix_bits(names[step.actor]) ^ known);
  }
  return all;
}

}  // namespace ipcgrade
