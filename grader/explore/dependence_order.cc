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

std::optional<Step> DependenceWalk::next() {
  if (over_) return std::nullopt;
  const Choice* taken = nullptr;
  if (now_ < trace_.decisions.size()) {
    look_at();
    taken = taken_choice(trace_, trace_.decisions[now_]);
  }
  if (taken != nullptr) return take(*taken);
  over_ = true;
  for (ActorIndex actor = 0; actor < pending_.size(); ++actor) {
    // What the last step left of it is not known, where no decision followed.
    if (pending_[actor].present) leave(actor, now_);
  }
  return std::nullopt;
}

ActorIndex DependenceWalk::index_of(Actor actor) {
  const auto [place, is_new] = indices_.try_emplace(actor, static_cast<ActorIndex>(actors_.size()));
  if (is_new) {
    actors_.push_back(actor);
    pending_.emplace_back();
    known_.emplace_back();
  }
  return place->second;
}

void DependenceWalk::look_at() {
  std::vector<bool> present(actors_.size());
  for (const Choice& choice : choices_of(trace_, trace_.decisions[now_])) {
    const ActorIndex actor = index_of(choice.actor);
    if (actor < present.size()) present[actor] = true;
    compare(actor, {dependence_of(trace_, choice), choice.enabled, true, {}, {}});
  }
  for (ActorIndex actor = 0; actor < present.size(); ++actor) {
    if (!present[actor]) compare(actor, {});
  }
}

// What the step just before did to others' operations, touches or not: one that turned up, went
// away, became another or could suddenly (not) be made depends on that step. Touches should say
// so already; where they do not, orders would be missed.
void DependenceWalk::compare(ActorIndex actor, const Pending& then) {
  Pending& one = pending_[actor];
  if (!one.present && !then.present) return;
  const bool is_same = one.present && then.present && one.touches == then.touches;
  if (is_same) {
    if (one.enabled != then.enabled) influence(one);
    one.enabled = then.enabled;
    return;
  }
  if (now_ > 0) {
    if (one.present) {
      influence(one);
      leave(actor, now_);
    }
    join(known_[actor], *last_clock_);
  }
  one = then;
}

void DependenceWalk::influence(Pending& one) const {
  one.influences.push_back(now_ - 1);
  join(one.influenced, *last_clock_);
}

void DependenceWalk::leave(ActorIndex actor, StepId until) {
  const Pending& one = pending_[actor];
  unmade_.push_back({actor, until, one.touches, known_[actor], one.influences});
}

Step DependenceWalk::take(const Choice& taken) {
  const ActorIndex actor = index_of(taken.actor);
  Step step;
  step.actor = actor;
  step.past = known_[actor];
  Pending pending = std::exchange(pending_[actor], {});
  step.touches = std::move(pending.touches);
  step.influences = std::move(pending.influences);
  while (event_ < trace_.events.size() && trace_.events[event_].decision <= now_) {
    const Event& one = trace_.events[event_++];
    if (one.decision != now_) continue;
    for (const Touch& touch : touches_of(trace_, one)) add_touch(step.touches, touch);
  }
  order(step, pending.influenced);
  known_[actor] = *step.clock;
  last_clock_ = step.clock;
  ++now_;
  return step;
}

void DependenceWalk::order(Step& step, const Clock& influenced) {
  const auto made = std::make_shared<Clock>(step.past);
  Clock& clock = *made;
  join(clock, influenced);
  step.clock = made;
  for (const Touch& touch : step.touches) {
    auto& touchers = touchers_[touch.object];
    Toucher* same = nullptr;
    for (Toucher& one : touchers) {
      if (one.actor == step.actor) {
        if (one.touch == touch) same = &one;
      } else if (!knows(clock, one.actor, one.step) && conflict(one.touch, touch)) {
        join(clock, *one.clock);
      }
    }
    if (same != nullptr) {
      same->step = now_;
      same->clock = step.clock;
    } else {
      touchers.push_back({step.actor, touch, now_, step.clock});
    }
  }
  for (const StepId known : clock) step.last_before = std::max(step.last_before, known);
  if (clock.size() <= step.actor) clock.resize(step.actor + 1);
  clock[step.actor] = now_ + 1;
}

DependenceOrder::DependenceOrder(const Trace& trace) {
  DependenceWalk walk(trace);
  while (auto step = walk.next()) {
    if (steps_of_.size() <= step->actor) steps_of_.resize(step->actor + std::size_t{1});
    steps_of_[step->actor].push_back(static_cast<StepId>(steps_.size()));
    steps_.push_back(*std::move(step));
  }
  actors_ = walk.actors();
  steps_of_.resize(actors_.size());
  unmade_ = walk.take_unmade();
}

// Sums, so that the order of steps and of actors does not matter.
std::uint64_t hash_of_order(const Trace& trace) {
  const std::vector<std::uint64_t> task_names = names_of_tasks(trace);
  const auto name_of = [&](const Actor& actor) {
    const bool is_named = actor.kind != ActorKind::kTimer && actor.task < task_names.size();
    const std::uint64_t task = is_named ? task_names[actor.task] : actor.task;
    return mix_bits(task * 4 + static_cast<std::uint64_t>(actor.kind));
  };
  DependenceWalk walk(trace);
  std::vector<std::uint64_t> names;
  std::vector<StepId> made;      // by each actor, so far
  std::vector<StepId> ordinals;  // of each step, among its actor's
  std::uint64_t all = 0;
  while (const auto step = walk.next()) {
    (void)walk.take_unmade();
    while (names.size() < walk.actors().size())
      names.push_back(name_of(walk.actors()[names.size()]));
    made.resize(names.size());
    ordinals.push_back(++made[step->actor]);
    std::uint64_t known = 0;
    for (std::size_t actor = 0; actor < step->clock->size(); ++actor) {
      const StepId last = (*step->clock)[actor];
      if (last != 0) known += mix_bits(names[actor] + mix_bits(ordinals[last - 1]));
    }
    all += mix_bits(mix_bits(names[step->actor]) ^ known);
  }
  return all;
}

}  // namespace ipcgrade
