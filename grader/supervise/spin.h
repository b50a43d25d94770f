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

/// How somebody looks: an instruction that reads, a call that finds nothing, or one that sleeps or
/// yields before the next look, which is waiting and not burning.
enum class Look : std::uint8_t { kRead, kCall, kPause };

class SpinWatch {
 public:
  /// The task did something else: everything begins anew.
  void progressed();

  /// It changed a state, `what`, which was `before` and is `after` now. What by the next pause is
  /// as it was, a lock that was taken and given back, is no progress; nor is, without a pause, what
  /// in a whole round is left alone.
  void changed(std::pair<std::uint64_t, std::uint64_t> what, std::uint64_t before,
               std::uint64_t after);

  /// It looked: at `place`, at `what` (an address, a call), and saw `value`.
  void looked(std::uint64_t place, std::uint64_t what, std::int64_t value,
              std::span<const Touch> touches, Look look);

  /// Where it stood as it looked: a hash. Who stands there again counts no rounds.
  void stood(std::uint64_t situation);

  /// Whether it has seen just that before, since it last did something else.
  [[nodiscard]] bool knows(std::uint64_t place, std::uint64_t what, std::int64_t value) const;

  /// Another task did something with these touches.
  void others_touched(std::span<const Touch> touches);

  /// Whether every look has been repeated, and nothing that it looks at was touched since. Who
  /// makes calls without a pause, or changes something between looks, be it for a moment, may only
  /// try a few times: it waits when it stands where it stood, or has looked very often.
  [[nodiscard]] bool waits() const {
    constexpr std::size_t kOften = 1'000;
    return waits_ && changes_.empty() && (polite_ || only_reads() || stands_ || repeats_ > kOften);
  }
  [[nodiscard]] bool polite() const { return polite_; }
  /// Every look has been repeated, though it may be in the middle of a round.
  [[nodiscard]] bool repeats() const { return waits_; }
  /// Some look has been repeated.
  [[nodiscard]] bool looks_again() const { return repeats_ > 0; }
  /// It only reads, without a pause: nobody could tell how often.
  [[nodiscard]] bool burns() const { return waits() && !polite_ && only_reads(); }
  /// It may wait, were it known where it stands.
  [[nodiscard]] bool may_stand() const { return waits_ && !polite_ && !only_reads(); }
  /// How often it did something else than look, so far.
  [[nodiscard]] std::size_t steps() const { return steps_; }
  /// The place that it looked from last.
  [[nodiscard]] std::uint64_t place() const { return place_; }

 private:
  [[nodiscard]] bool only_reads() const { return !has_changed_ && !calls_; }

  std::map<std::pair<std::uint64_t, std::uint64_t>, std::int64_t> seen_;
  std::vector<Touch> watched_;
  struct Change {
    std::uint64_t before = 0;
    bool in_this_round = true;
  };
  /// What is not as it was at the last pause, or before the rounds that touch it.
  std::map<std::pair<std::uint64_t, std::uint64_t>, Change> changes_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> round_;  ///< looks, since one came again
  bool has_changed_ = false;  ///< something, in this round or the last
  bool changed_in_round_ = false;
  bool calls_ = false;
  std::set<std::uint64_t> stood_;
  bool stands_ = false;
  std::size_t repeats_ = 0;
  std::size_t steps_ = 0;
  std::uint64_t place_ = 0;
  bool polite_ = false;
  bool waits_ = false;
};

}  // namespace ipcgrade
