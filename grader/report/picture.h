// Where the lines of the page's pictures go. Coordinates are in pixels, y downward.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "trace/finding.h"

namespace ipcgrade {

/// Swim lanes: a line a process, time downward, a circle a step, an arrow for what is ordered.
struct LanePicture {
  struct Lane {
    std::string name;
    int x = 0;
  };
  struct Dot {
    int x = 0, y = 0;
    int step = 0;
    bool is_key = false;
  };
  struct Arrow {
    int x1 = 0, y1 = 0, x2 = 0, y2 = 0;
    bool is_missing = false;
    std::string tip;  ///< corners of the head, as SVG has them; empty: none
  };
  int width = 0, height = 0;
  std::vector<Lane> lanes;
  std::vector<Dot> dots;
  std::vector<Arrow> arrows;
};

/// The processes of a story, in the order in which they come.
[[nodiscard]] std::vector<std::string> lanes_of(const std::vector<StoryStep>& story);

/// `lanes`: the processes, those of the story among them. `missing`: the two steps that nothing
/// orders, from the one that was to come later to the one that was to come first; both 0: none.
/// `has_head`: it is known which is which.
[[nodiscard]] LanePicture lane_picture(const std::vector<StoryStep>& story,
                                       const std::vector<std::string>& lanes,
                                       std::pair<int, int> missing, bool has_head);

/// The wait-for graph: a row of processes, an arrow from who waits to who could help.
struct WaitPicture {
  struct Node {
    std::string name;
    int x = 0;
  };
  struct Edge {
    std::string path, tip;
  };
  int width = 0, height = 0;
  int top = 0, box_width = 0;
  std::vector<Node> nodes;
  std::vector<Edge> edges;
};

[[nodiscard]] WaitPicture wait_picture(const std::vector<Waiting>& waits);

}  // namespace ipcgrade
