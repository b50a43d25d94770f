#include "explore/watch_list.h"

#include <algorithm>
#include <limits>

namespace ipcgrade {

bool WatchList::add(const Watched& more) {
  Watched sum = more;
  for (const Watched& one : all_) {
    if (one.program != more.program || one.begin > more.end || more.begin > one.end) continue;
    if (one.begin <= more.begin && more.end <= one.end) return false;
    sum.begin = std::min(sum.begin, one.begin);
    sum.end = std::max(sum.end, one.end);
  }
  std::erase_if(all_, [&](const Watched& one) {
    return one.program == sum.program && one.begin >= sum.begin && one.end <= sum.end;
  });
  all_.insert(std::ranges::upper_bound(all_, sum), sum);
  const auto count = std::ranges::count(all_, sum.program, &Watched::program);
  if (static_cast<std::size_t>(count) > most_) merge_nearest(sum.program);
  return true;
}

void WatchList::merge_nearest(std::size_t program) {
  std::size_t nearest = 0;
  std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
  for (std::size_t i = 0; i + 1 < all_.size(); ++i) {
    if (all_[i].program != program || all_[i + 1].program != program) continue;
    const std::uint64_t gap = all_[i + 1].begin - all_[i].end;
    if (gap >= least) continue;
    least = gap;
    nearest = i;
  }
  all_[nearest].end = all_[nearest + 1].end;
  all_.erase(all_.begin() + static_cast<std::ptrdiff_t>(nearest) + 1);
}

}  // namespace ipcgrade
