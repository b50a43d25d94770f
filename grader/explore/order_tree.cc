#include "explore/order_tree.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ipcgrade {

OrderTree::NodeId OrderTree::add_node(Node node) {
  if (!forgotten_.empty()) {
    const NodeId id = forgotten_.back();
    forgotten_.pop_back();
    nodes_[id] = std::move(node);
    return id;
  }
  nodes_.push_back(std::move(node));
  return static_cast<NodeId>(nodes_.size() - 1);
}

void OrderTree::add_branch(NodeId node, const Option& option) {
  Node& one = nodes_[node];
  one.branches.push_back({option.actor, option.touches, BranchState::kWaiting});
  frontier_[one.depth].push_back({node, one.branches.size() - 1});
  ++waiting_;
}

bool OrderTree::is_free(Place place) const {
  const auto& branches = nodes_[place.node].branches;
  const auto is_run = [](const Branch& branch) {
    return branch.state == BranchState::kGrown || branch.state == BranchState::kDone;
  };
  return std::all_of(branches.begin(), branches.begin() + static_cast<std::ptrdiff_t>(place.branch),
                     is_run);
}

std::optional<OrderTree::Place> OrderTree::pick() {
  for (auto bucket = frontier_.rbegin(); bucket != frontier_.rend(); ++bucket) {
    auto& places = bucket->second;
    const auto found =
        std::ranges::find_if(places, [this](const Place& place) { return is_free(place); });
    if (found == places.end()) continue;
    const Place place = *found;
    places.erase(found);
    if (places.empty()) frontier_.erase(std::next(bucket).base());
    --waiting_;
    at(place).state = BranchState::kRunning;
    return place;
  }
  return std::nullopt;
}

void OrderTree::prune(NodeId node) {
  while (node != kNoNode) {
    Node& one = nodes_[node];
    if (!std::ranges::all_of(one.branches, [](const Branch& branch) {
          return branch.state == BranchState::kDone;
        })) {
      return;
    }
    const Place above{one.parent, one.parents_branch};
    one = {};
    forgotten_.push_back(node);
    if (above.node != kNoNode) at(above).state = BranchState::kDone;
    node = above.node;
  }
}

std::vector<OrderTree::Place> OrderTree::path_to(Place place) const {
  std::vector<Place> path;
  while (place.node != kNoNode) {
    path.push_back(place);
    const Node& node = nodes_[place.node];
    place = {node.parent, node.parents_branch};
  }
  std::ranges::reverse(path);
  return path;
}

}  // namespace ipcgrade
