// All orders that are not equivalent, each once: dynamic partial-order reduction with source sets
// and sleep sets (Abdulla, Aronis, Jonsson, Sagonas: Optimal dynamic partial order reduction,
// POPL'14; Source sets: a foundation for optimal DPOR, JACM'17), or, with a bound on preemptions,
// with conservative backtrack points (Coons, Musuvathi, McKinley: Bounded partial-order reduction,
// OOPSLA'13).
//
// Other than there:
// - Operations may wait, and disable each other: see race() for what that changes.
// - The tree of runs is kept, and not a stack, so that several runs can be under way.
// - A clock that moves on while tasks are ready draws on the stall budget. Orders that let these
//   tasks go on first draw less, so they are run first and stand for the others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "explore/dependence_order.h"
#include "explore/order_tree.h"
#include "explore/strategy.h"

namespace ipcgrade {

class DporStrategy : public Strategy {
 public:
  /// Without `most_preemptions`: every inequivalent order once; runs of which nothing new can come
  /// are stopped, see Chooser::kStopRun. With it: orders of so many preemptions that bring each
  /// task to every state that it can come to in any of those, as long as neither signals nor
  /// time-outs are in play, to most of them otherwise; some of the orders are equivalent.
  explicit DporStrategy(std::optional<std::size_t> most_preemptions = std::nullopt);

  /// The first run is the usual order.
  [[nodiscard]] std::unique_ptr<Chooser> start(std::uint64_t run) override;
  void learn(std::uint64_t run, const Trace& trace) override;
  [[nodiscard]] bool exhausted() const override;
  [[nodiscard]] std::string_view name() const override { return name_; }

  /// Every order was run, or one that is equivalent. False, even when it is exhausted, where a run
  /// was cut short by something else than this strategy (too many steps, a refused call), where
  /// the bound left orders out, where a run used up the stall budget (nearly all orders were run
  /// then), and where equal choices did not give equal runs.
  [[nodiscard]] bool covered_all() const { return exhausted() && !left_out_; }

 private:
  using NodeId = OrderTree::NodeId;
  using Place = OrderTree::Place;
  using Sleeper = OrderTree::Sleeper;

  class Run;
  /// Of a run that is under way; its chooser writes here.
  struct Running {
    std::optional<Place> from;  ///< nothing for the first run
    std::vector<Actor> prefix;  ///< to the branch from which on it is new
    std::vector<Sleeper> sleep;
    std::vector<std::vector<Sleeper>> sleeps;  ///< of each decision after the prefix
    bool is_astray = false;                    ///< the prefix could not be followed
  };
  /// A later operation, to be compared with the steps before it.
  struct Later {
    ActorIndex actor;
    StepId until;  ///< its number, or that of the step before which it stopped to wait
    StepId end;    ///< what comes from here on in the run can't have come before it
    const std::vector<Touch>& touches;
    const Clock& past;
    const std::vector<StepId>& influences;
    Clock clock;                    ///< what it knows, with all that it depends on
    std::vector<StepId> dependent;  ///< steps that it depends on and its actor did not know of
  };

  [[nodiscard]] std::vector<NodeId> grow(const Running& running, const Trace& trace,
                                         const DependenceOrder& order);
  [[nodiscard]] std::vector<StepId> open_steps(const DependenceOrder& order,
                                               const std::vector<NodeId>& path) const;
  void detect(const DependenceOrder& order, StepId first, const std::vector<NodeId>& path);
  void compare(const DependenceOrder& order, Later later, const std::vector<NodeId>& path);
  void race(const DependenceOrder& order, const Later& later, StepId earlier,
            const std::vector<NodeId>& path);
  void bounded_race(const DependenceOrder& order, const Later& later, StepId earlier,
                    const std::vector<NodeId>& path);
  void add(NodeId node, Actor actor);
  void add_all(NodeId node);
  void add_or_all(NodeId node, std::optional<Actor> actor);

  std::optional<std::size_t> most_preemptions_;
  std::string name_;
  OrderTree tree_;
  std::vector<StepId> open_;  ///< of the run that is learnt
  std::map<std::uint64_t, Running> running_;
  bool begun_ = false;
  bool left_out_ = false;
};

}  // namespace ipcgrade
