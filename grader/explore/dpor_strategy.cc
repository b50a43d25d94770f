#include "explore/dpor_strategy.h"

#include <algorithm>
#include <utility>

namespace ipcgrade {
namespace {

using Node = OrderTree::Node;
using Option = OrderTree::Option;
using Branch = OrderTree::Branch;
using BranchState = OrderTree::BranchState;

const Option* option_of(const Node& node, Actor actor) {
  const auto found = std::ranges::find(node.options, actor, &Option::actor);
  return found == node.options.end() ? nullptr : &*found;
}

bool has_branch(const Node& node, Actor actor) {
  return std::ranges::find(node.branches, actor, &Branch::actor) != node.branches.end();
}

bool is_asleep(const std::vector<OrderTree::Sleeper>& sleep, Actor actor) {
  return std::ranges::find(sleep, actor, &OrderTree::Sleeper::actor) != sleep.end();
}

// Orders in which the actor goes first here have been run, or will be.
bool is_covered(const Node& node, Actor actor) {
  return has_branch(node, actor) || is_asleep(node.sleep, actor);
}

bool all_covered(const Node& node) {
  return std::ranges::all_of(node.options,
                             [&](const Option& one) { return is_covered(node, one.actor); });
}

std::vector<Option> options_of(const Trace& trace, const Decision& decision) {
  std::vector<Option> options;
  for (const Choice& choice : choices_of(trace, decision)) {
    if (!choice.enabled) continue;
    options.push_back({choice.actor, dependence_of(trace, choice),
                       choice.stall > VirtualTime::zero(), choice.preempts});
  }
  return options;
}

const Choice* choice_of(const Trace& trace, const Decision& decision, Actor actor) {
  const auto choices = choices_of(trace, decision);
  const auto found = std::ranges::find(choices, actor, &Choice::actor);
  return found == choices.end() ? nullptr : &*found;
}

// What the step before the last decision did.
std::vector<Touch> last_step(const Trace& trace) {
  const std::size_t step = trace.decisions.size() - 2;
  std::vector<Touch> touches = dependence_of(trace, *taken_choice(trace, trace.decisions[step]));
  for (std::size_t i = trace.events.size(); i > 0; --i) {
    const Event& event = trace.events[i - 1];
    if (event.decision < step) break;
    const auto more = touches_of(trace, event);
    if (event.decision == step) touches.insert(touches.end(), more.begin(), more.end());
  }
  return touches;
}

// Who still sleeps after the last step: whose operation does not depend on it, and is the same.
void wake(std::vector<OrderTree::Sleeper>& sleep, const Trace& trace) {
  if (sleep.empty() || trace.decisions.size() < 2) return;
  const Decision& now = trace.decisions.back();
  const Decision& then = trace.decisions[trace.decisions.size() - 2];
  const Actor moved = taken_choice(trace, then)->actor;
  const std::vector<Touch> touches = last_step(trace);
  std::erase_if(sleep, [&](const OrderTree::Sleeper& one) {
    if (one.actor == moved || conflict(one.touches, touches)) return true;
    const Choice* before = choice_of(trace, then, one.actor);
    const Choice* after = choice_of(trace, now, one.actor);
    return before == nullptr || after == nullptr || !before->enabled || !after->enabled ||
           dependence_of(trace, *before) != dependence_of(trace, *after);
  });
}

// A clock that could not move on, since ready tasks would have stood still for too long. Whether it
// can depends on who was ready, which no touch tells: an order that had stood still for less may
// be equivalent, and yet go on otherwise.
bool draws_budget_out(const Trace& trace) {
  return std::ranges::any_of(trace.choices.values(), [](const Choice& choice) {
    return !choice.enabled && !choice.idles && choice.stall > VirtualTime::zero();
  });
}

}  // namespace

/// Follows the prefix, then the usual order, as far as that does not sleep.
class DporStrategy::Run : public Chooser {
 public:
  Run(Running& running, bool is_bounded) : running_(running), is_bounded_(is_bounded) {}

  [[nodiscard]] std::size_t choose(const Trace& so_far, const Decision& decision) override {
    const std::size_t now = so_far.decisions.size() - 1;
    if (now < running_.prefix.size()) {
      const auto choice = enabled_choice(so_far, decision, running_.prefix[now]);
      if (!choice) running_.is_astray = true;
      return choice.value_or(kStopRun);
    }
    wake(running_.sleep, so_far);
    running_.sleeps.push_back(running_.sleep);
    return awake(so_far, decision);
  }

 private:
  [[nodiscard]] std::size_t awake(const Trace& so_far, const Decision& decision) const {
    const auto choices = choices_of(so_far, decision);
    const auto is_good = [&](const Choice& choice) {
      return choice.enabled && !is_asleep(running_.sleep, choice.actor) &&
             !(is_bounded_ && choice.preempts);
    };
    if (is_good(choices[decision.usual])) return decision.usual;
    std::size_t best = kStopRun;
    for (std::size_t i = 0; i < choices.size(); ++i) {
      if (!is_good(choices[i])) continue;
      if (best == kStopRun || choices[i].stall < choices[best].stall) best = i;
    }
    return best == kStopRun && is_bounded_ ? decision.usual : best;
  }

  Running& running_;
  bool is_bounded_;
};

DporStrategy::DporStrategy(std::optional<std::size_t> most_preemptions)
    : most_preemptions_(most_preemptions),
      name_(most_preemptions ? "dpor-" + std::to_string(*most_preemptions) : "dpor") {}

bool DporStrategy::exhausted() const { return begun_ && tree_.waiting() == 0 && running_.empty(); }

std::unique_ptr<Chooser> DporStrategy::start(std::uint64_t run) {
  Running running;
  if (begun_) {
    const auto place = tree_.pick();
    if (!place) return nullptr;
    running.from = *place;
    for (const Place& one : tree_.path_to(*place)) running.prefix.push_back(tree_.at(one).actor);
    const Node& node = tree_.at(place->node);
    if (!most_preemptions_) {
      running.sleep = node.sleep;
      for (std::size_t i = 0; i < place->branch; ++i) {
        running.sleep.push_back({node.branches[i].actor, node.branches[i].touches});
      }
    }
  }
  begun_ = true;
  Running& kept = running_[run] = std::move(running);
  return std::make_unique<Run>(kept, most_preemptions_.has_value());
}

void DporStrategy::learn(std::uint64_t run, const Trace& trace) {
  const Running running = std::move(running_.extract(run).mapped());
  if (running.is_astray || trace.decisions.size() < running.prefix.size()) {
    left_out_ = true;
    if (running.from) {
      tree_.at(*running.from).state = BranchState::kDone;
      tree_.prune(running.from->node);
    }
    return;
  }
  const bool is_whole = trace.end == RunEnd::kDone || trace.end == RunEnd::kDeadlock ||
                        trace.end == RunEnd::kSpinning || trace.end == RunEnd::kAbandoned;
  if (!is_whole || draws_budget_out(trace)) left_out_ = true;
  const DependenceOrder order(trace);
  const std::vector<NodeId> path = grow(running, trace, order);
  const std::size_t first = running.prefix.empty() ? 0 : running.prefix.size() - 1;
  detect(order, static_cast<StepId>(first), path);
  if (!path.empty()) tree_.prune(path.back());
}

// The nodes of the run's decisions, with new ones after the prefix.
std::vector<DporStrategy::NodeId> DporStrategy::grow(const Running& running, const Trace& trace,
                                                     const DependenceOrder& order) {
  std::vector<NodeId> path;
  std::optional<Place> above = running.from;
  if (above) {
    for (const Place& one : tree_.path_to(*above)) path.push_back(one.node);
  }
  for (std::size_t i = path.size(); i <= trace.decisions.size(); ++i) {
    if (above) {
      Branch& branch = tree_.at(*above);
      branch.touches = order.step(static_cast<StepId>(i - 1)).touches;
      branch.state = BranchState::kGrown;
    }
    Node node;
    if (above) {
      node.parent = above->node;
      node.parents_branch = above->branch;
      const Node& parent = tree_.at(above->node);
      const Option* taken = option_of(parent, tree_.at(*above).actor);
      node.preemptions = parent.preemptions + (taken != nullptr && taken->preempts ? 1 : 0);
    }
    node.depth = i;
    const Choice* taken = nullptr;
    if (i < trace.decisions.size()) {
      taken = taken_choice(trace, trace.decisions[i]);
      node.options = options_of(trace, trace.decisions[i]);
      const std::size_t after = i - running.prefix.size();
      if (after < running.sleeps.size()) node.sleep = running.sleeps[after];
    }
    if (taken != nullptr) node.branches.push_back({taken->actor, {}, BranchState::kRunning});
    const NodeId id = tree_.add_node(std::move(node));
    path.push_back(id);
    above = Place{id, 0};
    if (taken == nullptr) break;
  }
  return path;
}

// The steps before which a branch could be added at all: in long runs, where most of the time only
// one can go on, few.
std::vector<StepId> DporStrategy::open_steps(const DependenceOrder& order,
                                             const std::vector<NodeId>& path) const {
  std::vector<StepId> open;
  bool block_is_open = false;
  for (StepId step = 0; step < order.steps(); ++step) {
    const bool is_open = !all_covered(tree_.at(path[step]));
    const bool begins = step == 0 || order.actor_of(step) != order.actor_of(step - 1);
    if (begins) block_is_open = is_open;
    if (is_open || (most_preemptions_ && block_is_open)) open.push_back(step);
  }
  return open;
}

void DporStrategy::detect(const DependenceOrder& order, StepId first,
                          const std::vector<NodeId>& path) {
  open_ = open_steps(order, path);
  for (StepId step = first; step < order.steps(); ++step) {
    const Step& one = order.step(step);
    compare(order, {one.actor, step, step, one.touches, one.past, one.influences, *one.clock, {}},
            path);
  }
  // Those that were taken away long ago, too: what is new in this run might have let them be made.
  const auto end = static_cast<StepId>(order.steps());
  for (const Unmade& one : order.unmade()) {
    compare(order, {one.actor, one.until, end, one.touches, one.past, one.influences, {}, {}},
            path);
  }
}

void DporStrategy::compare(const DependenceOrder& order, Later later,
                           const std::vector<NodeId>& path) {
  const auto depends_on = [&](StepId step) {
    return conflict(order.step(step).touches, later.touches) ||
           std::ranges::find(later.influences, step) != later.influences.end();
  };
  const bool can_matter = std::ranges::any_of(open_, [&](StepId step) {
    return step < later.until && order.actor_of(step) != later.actor &&
           !knows(later.past, order.actor_of(step), step) && depends_on(step);
  });
  if (!can_matter) return;
  for (ActorIndex actor = 0; actor < order.actors(); ++actor) {
    if (actor == later.actor) continue;
    // The last ones, which it does not know of: in long runs, few.
    const auto& steps = order.steps_of(actor);
    for (auto at = std::ranges::lower_bound(steps, later.end); at != steps.begin();) {
      const StepId step = *--at;
      if (knows(later.past, actor, step)) break;
      if (depends_on(step)) later.dependent.push_back(step);
    }
  }
  std::ranges::sort(later.dependent);
  if (later.clock.empty()) {
    later.clock = later.past;
    for (const StepId step : later.dependent) join(later.clock, order.clock(step));
  }
  for (const StepId step : later.dependent) {
    if (step >= later.until) break;
    if (most_preemptions_) {
      bounded_race(order, later, step, path);
    } else {
      race(order, later, step, path);
    }
  }
}

// The later operation depends on the earlier step: there may be orders in which it comes first.
// What happened between the two, but for what comes after the earlier step in every order, is v;
// such an order begins, at the earlier step's node, with a part of v, and then has the later
// operation. Something that can be first in it has to be a branch there.
//
// Where nothing waits, the part is all of v, and POPL'14 looks at neighbours only: at pairs with no
// step between that depends on one and that the other depends on. Here the earlier step may have
// taken away what the later operation needs, and others have brought it back, so that the two are
// never seen as neighbours: all pairs count. And the part has all steps of v that the later
// operation's actor knew of, but of those that the operation itself depends on (what brought it
// back) it may have any or none. A branch that is in every part, or that depends on none, will do
// for all; else each of those steps needs its own, and so does the part without them.
void DporStrategy::race(const DependenceOrder& order, const Later& later, StepId earlier,
                        const std::vector<NodeId>& path) {
  const NodeId node = path[earlier];
  if (all_covered(tree_.at(node))) return;
  std::vector<StepId> openers;  // first in v, and what the later operation depends on needs them
  std::optional<Actor> known;   // is first in v, and in every part
  for (StepId step = earlier + 1; step < later.end; ++step) {
    if (order.step(step).last_before > earlier || order.before(earlier, step)) continue;
    const ActorIndex actor = order.actor_of(step);
    const bool is_known = knows(later.past, actor, step);
    if (!is_known && knows(later.clock, actor, step)) {
      openers.push_back(step);
      continue;
    }
    if (is_covered(tree_.at(node), order.actor(actor))) return;
    if (is_known && !known) known = order.actor(actor);
  }
  if (known) {
    add_or_all(node, known);
    return;
  }
  // Where it has to wait, it can't come first.
  add(node, order.actor(later.actor));
  for (const StepId step : later.dependent) {
    if (step <= earlier || order.before(earlier, step)) continue;
    const auto leads_there = [&](StepId one) { return one == step || order.before(one, step); };
    const auto is_open = [&](StepId one) {
      return leads_there(one) && is_covered(tree_.at(node), order.actor(order.actor_of(one)));
    };
    if (std::ranges::any_of(openers, is_open)) continue;
    const auto opener = std::ranges::find_if(openers, leads_there);
    if (opener != openers.end()) add_or_all(node, order.actor(order.actor_of(*opener)));
  }
}

// Sleep sets and the freedom of source sets would let an order stand for an equivalent one of more
// preemptions than are left: only what the later operation's actor knew of counts, and it goes on
// also from where the earlier step's actor was switched to, which may cost one preemption less.
void DporStrategy::bounded_race(const DependenceOrder& order, const Later& later, StepId earlier,
                                const std::vector<NodeId>& path) {
  std::optional<Actor> chosen;
  for (StepId step = earlier + 1; step < later.until && !chosen; ++step) {
    const ActorIndex actor = order.actor_of(step);
    if (knows(later.past, actor, step)) chosen = order.actor(actor);
  }
  if (!chosen) chosen = order.actor(later.actor);
  add_or_all(path[earlier], chosen);
  StepId block = earlier;
  while (block > 0 && order.actor_of(block - 1) == order.actor_of(earlier)) --block;
  if (block != earlier) add_or_all(path[block], chosen);
}

void DporStrategy::add(NodeId node, Actor actor) {
  const Option* option = option_of(tree_.at(node), actor);
  if (option == nullptr || is_covered(tree_.at(node), actor)) return;
  if (most_preemptions_ &&
      tree_.at(node).preemptions + (option->preempts ? 1 : 0) > *most_preemptions_) {
    left_out_ = true;
    return;
  }
  if (option->stalls) {
    for (const Option& other : tree_.at(node).options) {
      if (!other.stalls) add(node, other.actor);
    }
  }
  tree_.add_branch(node, *option);
}

void DporStrategy::add_all(NodeId node) {
  for (const Option& option : tree_.at(node).options) add(node, option.actor);
}

// Where what is to go first can't, something else than touches tells made it wait; to be safe, all
// others are tried.
void DporStrategy::add_or_all(NodeId node, std::optional<Actor> actor) {
  if (actor && option_of(tree_.at(node), *actor) != nullptr) {
    add(node, *actor);
  } else {
    add_all(node);
  }
}

}  // namespace ipcgrade
