#include "report/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace ipcgrade {
namespace {

constexpr int kLane = 150;
constexpr int kRow = 30;
constexpr int kHead = 40;
constexpr int kRadius = 10;
constexpr int kBox = 170;
constexpr int kBetween = 60;
constexpr int kHandle = 26;  ///< how far an edge bows out for each box that it passes

std::size_t index_of(const std::vector<std::string>& names, std::string_view name) {
  return static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
}

/// A triangle whose point is at (x, y), for a line that comes along (dx, dy).
std::string head(double x, double y, double dx, double dy) {
  const double length = std::max(std::hypot(dx, dy), 1.0);
  const double ux = dx / length;
  const double uy = dy / length;
  return fmt::format("{:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f}", x, y, x - 9 * ux + 4 * uy,
                     y - 9 * uy - 4 * ux, x - 9 * ux - 4 * uy, y - 9 * uy + 4 * ux);
}

/// From circle to circle, as far as their edges.
LanePicture::Arrow arrow(const LanePicture::Dot& from, const LanePicture::Dot& to, bool has_head) {
  const double dx = to.x - from.x;
  const double dy = to.y - from.y;
  const double length = std::max(std::hypot(dx, dy), 1.0);
  const int off_x = static_cast<int>(std::lround(dx / length * kRadius));
  const int off_y = static_cast<int>(std::lround(dy / length * kRadius));
  LanePicture::Arrow made{.x1 = from.x + off_x,
                          .y1 = from.y + off_y,
                          .x2 = to.x - off_x,
                          .y2 = to.y - off_y,
                          .is_missing = false,
                          .tip = {}};
  if (has_head) made.tip = head(made.x2, made.y2, dx, dy);
  return made;
}

}  // namespace

std::vector<std::string> lanes_of(const std::vector<StoryStep>& story) {
  std::vector<std::string> lanes;
  for (const StoryStep& step : story) {
    if (!step.process.empty() && std::ranges::find(lanes, step.process) == lanes.end()) {
      lanes.push_back(step.process);
    }
  }
  return lanes;
}

LanePicture lane_picture(const std::vector<StoryStep>& story, const std::vector<std::string>& names,
                         std::pair<int, int> missing, bool has_head) {
  LanePicture picture;
  picture.width = static_cast<int>(names.size()) * kLane;
  for (std::size_t i = 0; i < names.size(); ++i) {
    picture.lanes.push_back({names[i], static_cast<int>(i) * kLane + kLane / 2});
  }
  int y = kHead;
  for (const StoryStep& step : story) {
    const std::size_t lane = index_of(names, step.process);
    if (lane == names.size()) {
      y += kRow / 2;  // what is folded leaves a gap
      continue;
    }
    picture.dots.push_back({picture.lanes[lane].x, y, step.step, step.is_key});
    y += kRow;
  }
  picture.height = y;
  const auto dot = [&](int step) {
    return std::ranges::find(picture.dots, step, &LanePicture::Dot::step);
  };
  for (const StoryStep& step : story) {
    for (const int earlier : step.after) {
      const auto from = dot(earlier);
      const auto to = dot(step.step);
      if (from == picture.dots.end() || to == picture.dots.end()) continue;
      picture.arrows.push_back(arrow(*from, *to, true));
    }
  }
  const auto from = dot(missing.first);
  const auto to = dot(missing.second);
  if (from != picture.dots.end() && to != picture.dots.end()) {
    LanePicture::Arrow made = arrow(*from, *to, has_head);
    made.is_missing = true;
    picture.arrows.push_back(std::move(made));
  }
  return picture;
}

WaitPicture wait_picture(const std::vector<Waiting>& waits) {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  };
  for (const Waiting& one : waits) add(one.location.process);
  for (const Waiting& one : waits) std::ranges::for_each(one.helpers, add);
  WaitPicture picture;
  picture.box_width = kBox;
  const int bow = kHandle * static_cast<int>(names.size());
  picture.top = 10 + bow;
  picture.width = static_cast<int>(names.size()) * (kBox + kBetween) - kBetween + 20;
  picture.height = picture.top + 28 + bow + 10;
  for (std::size_t i = 0; i < names.size(); ++i) {
    picture.nodes.push_back({names[i], 10 + static_cast<int>(i) * (kBox + kBetween) + kBox / 2});
  }
  for (const Waiting& one : waits) {
    const std::size_t from = index_of(names, one.location.process);
    for (const std::string& helper : one.helpers) {
      const std::size_t to = index_of(names, helper);
      // To the right above the boxes, to the left and to itself below them.
      const bool above = to > from;
      const auto far = static_cast<int>(above ? to - from : from - to);
      const int side = above ? picture.top : picture.top + 28;
      const int out = kHandle * (far + 1) * (above ? -1 : 1);
      const int x1 = picture.nodes[from].x + (above ? 20 : -20);
      const int x2 = picture.nodes[to].x + (above ? -20 : 20);
      picture.edges.push_back({fmt::format("M {} {} C {} {} {} {} {} {}", x1, side, x1, side + out,
                                           x2, side + out, x2, side + (above ? -6 : 6)),
                               head(x2, side, 0, above ? 1 : -1)});
    }
  }
  return picture;
}

}  // namespace ipcgrade
