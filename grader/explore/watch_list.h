// Bytes of programs' own memory at which threads are to be stopped, as they become known.
#pragma once

#include <cstddef>
#include <vector>

#include "trace/event.h"

namespace ipcgrade {

class WatchList {
 public:
  /// `most`: ranges of one program.
  explicit WatchList(std::size_t most) : most_(most) {}

  /// False: all of it was watched already. What touches is one range; where there are too many, the
  /// nearest two are one, with what lies between.
  bool add(const Watched& more);

  /// Ascending, none touching another.
  [[nodiscard]] const std::vector<Watched>& all() const { return all_; }

 private:
  void merge_nearest(std::size_t program);

  std::size_t most_;
  std::vector<Watched> all_;
};

}  // namespace ipcgrade
