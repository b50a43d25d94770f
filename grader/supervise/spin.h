// Who looks again and again at what nobody has changed. Such a task is held until somebody changes
// it, since until then each round is like the last: the fairness of CHESS (Musuvathi, Qadeer,
// PLDI'08) with what is watched known.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "trace/event.h"

namespace ipcgrade {

class SpinWatch {
 public:
  /// The task did something else: everything begins anew.
  void progressed();

  /// It changed a state, `what`, which was `before` and is `after` now. What by the next pause is
  /// as it was, a lock that was taken and given back, is no progress; nor is, without a pause, what
  /// in a whole round is left alone.
  void changed(std::pair<std::uint64_t, std::uint64_t> what, std::uint64_t before,
               std::uint64_t after);

  /// It looked: at `place`, at `what` (an address, a call), and saw `value`. `polite`: it slept or
  /// yielded, which is waiting and not burning.
  void looked(std::uint64_t place, std::uint64_t what, std::int64_t value,
              std::span<const Touch> touches, bool polite);

  /// Where it stood as it looked: a hash. Who stands there again counts no rounds.
  void stood(std::uint64_t situation);

  /// Whether it has seen just that before, since it last did something else.
  [[nodiscard]] bool knows(std::uint64_t place, std::uint64_t what, std::int64_t value) const;

  /// Another task did something with these touches.
  void others_touched(std::span<const Touch> touches);

  /// Whether every look has been repeated, and nothing that it looks at was touched since. Who
  /// changes something between looks, be it for a moment, waits only when it pauses, too, or stands
  /// where it stood.
  [[nodiscard]] bool waits() const {
    return waits_ && changes_.empty() && (polite_ || !has_changed_ || stands_);
  }
  [[nodiscard]] bool polite() const { return polite_; }
  /// Every look has been repeated, though it may be in the middle of a round.
  [[nodiscard]] bool repeats() const { return waits_; }
  /// It only looks, without a pause: nobody could tell how often.
  [[nodiscard]] bool burns() const { return waits() && !polite_ && !has_changed_; }
  /// It may wait, were it known where it stands.
  [[nodiscard]] bool may_stand() const { return waits_ && !polite_ && has_changed_; }
  /// How often it did something else than look, so far.
  [[nodiscard]] std::size_t steps() const { return steps_; }
  /// The place that it looked from last.
  [[nodiscard]] std::uint64_t place() const { return place_; }

 private:
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::int64_t> seen_;
  std::vector<Touch> watched_;
  struct Change {
    std::uint64_t before = 0;
    bool in_this_round = true;
  };
  /// What is not as it was at the last pause, or before the rounds that touch it.
  std::map<std::pair<std::uint64_t, std::uint64_t>, Change> changes_;
  std::uint64_t begin_ = 0;  ///< of a round: the place of its first look
  bool has_changed_ = false;
  std::set<std::uint64_t> stood_;
  bool stands_ = false;
  std::size_t repeats_ = 0;
  std::size_t steps_ = 0;
  std::uint64_t place_ = 0;
  bool polite_ = false;
  bool waits_ = false;
};

}  // namespace ipcgrade
