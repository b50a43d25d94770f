// For each byte of an object, the accesses that a later one could race with.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <vector>

#include "trace/event.h"

namespace ipcgrade {

/// Bytes with the same past share a cell; cells are kept by lines of a KiB. An access to many
/// untouched bytes costs a node a line, one byte by byte a cell and a node for each.
class Shadow {
 public:
  /// An access of the past. `writes` is of these bytes: one event may read some and write others.
  struct Access {
    EventId event = kNoEvent;
    bool writes = false;

    friend bool operator==(const Access&, const Access&) = default;
  };

  /// Lets `drop(past access)` look at all accesses to [begin, end), where it says true forgets
  /// them, and adds this one. A past access is shown once for each cell that it and this one share.
  template <typename Drop>
  void add(std::uint64_t begin, std::uint64_t end, Access access, Drop drop) {
    while (begin < end) {
      const std::uint64_t number = begin / kLineSize;
      const std::uint64_t line_begin = number * kLineSize;
      const auto line_end = static_cast<std::uint32_t>(std::min(end - line_begin, kLineSize));
      add_to_line(lines_[number], static_cast<std::uint32_t>(begin - line_begin), line_end, access,
                  drop);
      begin = line_begin + line_end;
    }
  }

  /// Forgets all accesses to [begin, end).
  void forget(std::uint64_t begin, std::uint64_t end) {
    for (auto line = lines_.lower_bound(begin / kLineSize);
         line != lines_.end() && line->first * kLineSize < end; ++line) {
      const std::uint64_t line_begin = line->first * kLineSize;
      if (line->second.empty()) continue;
      const auto from = static_cast<std::uint32_t>(std::max(begin, line_begin) - line_begin);
      const auto to = static_cast<std::uint32_t>(std::min(end - line_begin, kLineSize));
      const std::size_t first = split(line->second, from);
      const std::size_t last = split(line->second, to);
      for (std::size_t i = first; i < last; ++i) {
        sweep(line->second[i], [](const Access&) { return true; });
      }
    }
  }

 private:
  static constexpr std::uint64_t kLineSize = 1024;
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max() >> 1U;

  /// Eight bytes: there may be one for each byte of an object.
  class Node {
   public:
    Node(Access access, std::uint32_t next) : event_(access.event), link_(access.writes ? 1 : 0) {
      lead_to(next);
    }
    [[nodiscard]] Access access() const { return {event_, (link_ & 1U) != 0}; }
    [[nodiscard]] std::uint32_t next() const { return link_ >> 1U; }
    void lead_to(std::uint32_t next) { link_ = next << 1U | (link_ & 1U); }

   private:
    EventId event_;
    std::uint32_t link_;  ///< the next node, and in the last bit whether it writes
  };
  /// Reaches to the begin of the next one, the last to the end of the line.
  struct Cell {
    std::uint32_t begin;
    std::uint32_t head;
  };
  using Line = std::vector<Cell>;

  template <typename Drop>
  void add_to_line(Line& line, std::uint32_t begin, std::uint32_t end, Access access, Drop drop) {
    if (line.empty()) line.push_back({0, kNone});
    const std::size_t first = split(line, begin);
    const std::size_t last = split(line, end);
    for (std::size_t i = first; i < last; ++i) {
      sweep(line[i], drop);
      line[i].head = make(access, line[i].head);
    }
    merge(line, first, last);
  }

  template <typename Drop>
  void sweep(Cell& cell, Drop drop) {
    std::uint32_t at = cell.head;
    std::uint32_t kept = kNone;
    while (at != kNone) {
      const std::uint32_t next = nodes_[at].next();
      if (drop(nodes_[at].access())) {
        free(at);
      } else {
        nodes_[at].lead_to(kept);
        kept = at;
      }
      at = next;
    }
    cell.head = kept;
  }

  /// The index of the cell that begins at `at`, which is made where there is none.
  std::size_t split(Line& line, std::uint32_t at) {
    if (at == kLineSize) return line.size();
    const auto next = std::ranges::upper_bound(line, at, {}, &Cell::begin);
    const auto index = static_cast<std::size_t>(next - line.begin());
    if (line[index - 1].begin == at) return index - 1;
    line.insert(next, {at, copy(line[index - 1].head)});
    return index;
  }

  /// Neighbours of which only this access is left are one again.
  void merge(Line& line, std::size_t first, std::size_t last) {
    const auto same = [&](const Cell& a, const Cell& b) {
      const Node& one = nodes_[a.head];
      const Node& other = nodes_[b.head];
      return one.next() == kNone && other.next() == kNone && one.access() == other.access();
    };
    std::size_t kept = first;
    for (std::size_t i = first + 1; i < last; ++i) {
      if (same(line[kept], line[i])) {
        free(line[i].head);
      } else {
        line[++kept] = line[i];
      }
    }
    if (first < last) {
      line.erase(line.begin() + static_cast<std::ptrdiff_t>(kept) + 1,
                 line.begin() + static_cast<std::ptrdiff_t>(last));
    }
  }

  std::uint32_t make(Access access, std::uint32_t next) {
    if (free_ == kNone) {
      nodes_.emplace_back(access, next);
      return static_cast<std::uint32_t>(nodes_.size() - 1);
    }
    const std::uint32_t at = free_;
    free_ = nodes_[at].next();
    nodes_[at] = Node(access, next);
    return at;
  }

  void free(std::uint32_t at) {
    nodes_[at].lead_to(free_);
    free_ = at;
  }

  std::uint32_t copy(std::uint32_t head) {
    std::uint32_t copied = kNone;
    for (; head != kNone; head = nodes_[head].next()) {
      copied = make(nodes_[head].access(), copied);
    }
    return copied;
  }

  std::map<std::uint64_t, Line> lines_;
  std::vector<Node> nodes_;
  std::uint32_t free_ = kNone;
};

}  // namespace ipcgrade
