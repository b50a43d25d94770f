// The virtual clock: what each of the kernel's clocks shows at a moment of a run, and how times
// given to calls become moments. Time stands still while a task runs; it moves when the schedule
// lets a timer fire or a sleep end.
#pragma once

#include <sys/time.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

#include "ipc/operation.h"
#include "trace/event.h"

namespace ipcgrade {

extern const Mechanism kClockMechanism;

/// What CLOCK_REALTIME, and the clocks that count from the machine's start, show as a run begins.
inline constexpr std::chrono::seconds kRealtimeBase{1'700'000'000};
inline constexpr std::chrono::seconds kMonotonicBase{1'000};

/// Of which the kernel has two kinds for us: those of real time, and the rest.
[[nodiscard]] constexpr bool is_realtime(clockid_t clock) {
  return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI ||
         clock == CLOCK_REALTIME_ALARM;
}
/// Of whatever a program gives.
[[nodiscard]] constexpr VirtualTime duration_of(const timespec& time) {
  // Of seconds, for ever: more than what CLOCK_REALTIME shows, and sums of two of them fit.
  constexpr std::int64_t kMost = 4'000'000'000;
  constexpr std::int64_t kBillion = 1'000'000'000;
  return std::chrono::seconds(std::clamp(time.tv_sec, -kMost, kMost)) +
         std::chrono::nanoseconds(std::clamp(time.tv_nsec, -kBillion, kBillion));
}
[[nodiscard]] constexpr VirtualTime duration_of(const timeval& time) {
  // There may be more than a second of microseconds: select(2).
  constexpr std::int64_t kMost = 1'000'000'000'000'000;
  return duration_of(timespec{time.tv_sec, 0}) +
         std::chrono::microseconds(std::clamp(time.tv_usec, -kMost, kMost));
}
[[nodiscard]] constexpr bool is_valid(const timespec& time) {
  return time.tv_sec >= 0 && time.tv_nsec >= 0 && time.tv_nsec < 1'000'000'000;
}
/// The moment of an absolute time of a clock; one that is past lies before now.
[[nodiscard]] constexpr VirtualTime until(clockid_t clock, const timespec& absolute) {
  return duration_of(absolute) -
         (is_realtime(clock) ? VirtualTime(kRealtimeBase) : VirtualTime(kMonotonicBase));
}
/// What a clock shows at a moment.
[[nodiscard]] constexpr timespec shown(clockid_t clock, VirtualTime now) {
  const VirtualTime since =
      now + (is_realtime(clock) ? VirtualTime(kRealtimeBase) : VirtualTime(kMonotonicBase));
  constexpr std::int64_t kBillion = 1'000'000'000;
  return {since.count() / kBillion, since.count() % kBillion};
}
/// Seconds since 1970, as the kernel notes them in shm_atime and its like.
[[nodiscard]] constexpr std::int64_t real_seconds(VirtualTime now) {
  return shown(CLOCK_REALTIME, now).tv_sec;
}

}  // namespace ipcgrade
