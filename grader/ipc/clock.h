// The clocks that programs read, as places on the one virtual clock.
#pragma once

#include <time.h>

#include <chrono>
#include <cstdint>
#include <optional>

#include "ipc/operation.h"
#include "trace/event.h"

namespace ipcgrade {

/// Clocks, sleeps and timers of a process.
extern const Mechanism kClockMechanism;

/// What the clocks show when a run begins: fixed, so that every run shows the same.
inline constexpr std::chrono::seconds kRealTimeBase{1'700'000'000};
inline constexpr std::chrono::seconds kMonotonicBase{1'000};

[[nodiscard]] constexpr bool is_real_time(clockid_t clock) {
  return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI ||
         clock == CLOCK_REALTIME_ALARM;
}

/// Whether the kernel takes it: else EINVAL.
[[nodiscard]] constexpr bool is_valid(const timespec& time) {
  return time.tv_sec >= 0 && time.tv_nsec >= 0 && time.tv_nsec < 1'000'000'000;
}

/// A stretch of time, never longer than a clock of 64 bits can hold (292 years; here half of it,
/// so that sums fit, too).
[[nodiscard]] constexpr VirtualTime duration(const timespec& time) {
  constexpr std::int64_t kMostSeconds = 4'600'000'000;
  if (time.tv_sec >= kMostSeconds) return std::chrono::seconds(kMostSeconds);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

/// When an absolute time of that clock comes, on the virtual clock. It may have gone by: negative.
[[nodiscard]] constexpr VirtualTime until(clockid_t clock, const timespec& absolute) {
  const std::chrono::seconds base = is_real_time(clock) ? kRealTimeBase : kMonotonicBase;
  return duration(absolute) - VirtualTime(base);
}

/// What a clock shows at a moment.
[[nodiscard]] constexpr timespec shown(clockid_t clock, VirtualTime now) {
  const VirtualTime since = now + (is_real_time(clock) ? kRealTimeBase : kMonotonicBase);
  constexpr std::int64_t kBillion = 1'000'000'000;
  return {since.count() / kBillion, since.count() % kBillion};
}

/// Seconds since 1970, as the kernel notes them in shm_atime and its like.
[[nodiscard]] constexpr std::int64_t real_seconds(VirtualTime now) {
  return std::chrono::duration_cast<std::chrono::seconds>(now + kRealTimeBase).count();
}

}  // namespace ipcgrade
