#include "supervise/spin.h"

#include <algorithm>
#include <utility>

namespace ipcgrade {

void SpinWatch::progressed() {
  SpinWatch anew;
  anew.steps_ = steps_ + 1;
  anew.changes_ = std::move(changes_);
  *this = std::move(anew);
}

void SpinWatch::changed(std::pair<std::uint64_t, std::uint64_t> what, std::uint64_t before,
                        std::uint64_t after) {
  has_changed_ = changed_in_round_ = true;
  const auto [at, added] = changes_.try_emplace(what, Change{before});
  at->second.in_this_round = true;
  if (at->second.before == after) changes_.erase(at);
}

void SpinWatch::looked(std::uint64_t place, std::uint64_t what, std::int64_t value,
                       std::span<const Touch> touches, Look look) {
  constexpr std::size_t kMostPlaces = 64;  // a round of more is no poll
  const bool pauses = look == Look::kPause;
  if (pauses && !changes_.empty()) {
    progressed();
    changes_.clear();
  }
  const auto [at, added] = seen_.try_emplace({place, what}, value);
  if (seen_.size() > kMostPlaces || (!added && at->second != value)) {
    progressed();
    seen_[{place, what}] = value;
  } else if (!added) {
    ++repeats_;
  }
  if (!round_.insert({place, what}).second) {
    round_ = {{place, what}};
    std::erase_if(changes_, [](const auto& one) { return !one.second.in_this_round; });
    for (auto& one : changes_) one.second.in_this_round = false;
    has_changed_ = std::exchange(changed_in_round_, false);
  }
  place_ = place;
  polite_ = polite_ || pauses;
  calls_ = calls_ || look == Look::kCall;
  for (const Touch& one : touches) {
    if (std::ranges::find(watched_, one) == watched_.end()) watched_.push_back(one);
  }
  waits_ = repeats_ >= 2 * seen_.size();
}

void SpinWatch::stood(std::uint64_t situation) { stands_ = !stood_.insert(situation).second; }

bool SpinWatch::knows(std::uint64_t place, std::uint64_t what, std::int64_t value) const {
  const auto at = seen_.find({place, what});
  return at != seen_.end() && at->second == value;
}

void SpinWatch::others_touched(std::span<const Touch> touches) {
  if (!conflict(std::span<const Touch>(watched_), touches)) return;
  // One look decides whether it was what it waits for.
  waits_ = false;
  repeats_ = 0;
  seen_.clear();
  round_.clear();
  stood_.clear();
  stands_ = false;
}

}  // namespace ipcgrade
