// The tree of a scenario's orders as far as it is known: what a search through all of them has
// done, does and has yet to do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "trace/event.h"

namespace ipcgrade {

class OrderTree {
 public:
  using NodeId = std::uint32_t;
  static constexpr NodeId kNoNode = 0xffffffff;

  /// A choice that can be taken at a node.
  struct Option {
    Actor actor;
    std::vector<Touch> touches;  ///< what it would do, see dependence_of
    bool stalls = false;         ///< lets ready tasks stand still
    bool preempts = false;
  };
  /// What was explored already where it stands: it would lead to orders that were run.
  struct Sleeper {
    Actor actor;
    std::vector<Touch> touches;
  };
  enum class BranchState : std::uint8_t {
    kWaiting,  ///< to be run
    kRunning,
    kGrown,  ///< was run; something below it is to be run, or under way
    kDone,
  };
  struct Branch {
    Actor actor;
    std::vector<Touch> touches;  ///< what it would do; and what it did, once it was run
    BranchState state = BranchState::kWaiting;
  };
  /// A decision, after one way to come to it. Its branches are in the order in which they are to
  /// be thought to be run: a later one sleeps on what the earlier ones did.
  struct Node {
    NodeId parent = kNoNode;
    std::size_t parents_branch = 0;
    std::size_t depth = 0;        ///< the decision's number
    std::size_t preemptions = 0;  ///< on the way to it
    std::vector<Option> options;
    std::vector<Sleeper> sleep;
    std::vector<Branch> branches;
  };
  struct Place {
    NodeId node = kNoNode;
    std::size_t branch = 0;
  };

  [[nodiscard]] Node& at(NodeId node) { return nodes_[node]; }
  [[nodiscard]] const Node& at(NodeId node) const { return nodes_[node]; }
  [[nodiscard]] Branch& at(Place place) { return nodes_[place.node].branches[place.branch]; }

  /// May move the other nodes.
  [[nodiscard]] NodeId add_node(Node node);

  /// To be run later.
  void add_branch(NodeId node, const Option& option);

  /// A branch to be run now, the deepest, so that little of the tree is alive at a time; it is
  /// kRunning then. Nothing where all others have to wait: a branch is run when those before it
  /// have been, and beside none of the same node.
  [[nodiscard]] std::optional<Place> pick();

  /// Forgets the node, and those above it, where nothing is left to be run.
  void prune(NodeId node);

  /// The branches from the first decision to the place.
  [[nodiscard]] std::vector<Place> path_to(Place place) const;

  [[nodiscard]] std::size_t waiting() const { return waiting_; }

 private:
  [[nodiscard]] bool is_free(Place place) const;

  std::vector<Node> nodes_;
  std::vector<NodeId> forgotten_;
  std::map<std::size_t, std::deque<Place>> frontier_;  ///< by depth
  std::size_t waiting_ = 0;
};

}  // namespace ipcgrade
