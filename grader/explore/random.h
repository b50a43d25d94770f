// Randomness that is part of a schedule: the same numbers on every machine, which the standard
// library's distributions do not promise.
#pragma once

#include <cstdint>

namespace ipcgrade {

/// A mixing of all bits; different values give different results.
[[nodiscard]] constexpr std::uint64_t mix_bits(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31);
}

/// SplitMix (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA'14).
class Random {
 public:
  Random(std::uint64_t seed, std::uint64_t stream);

  [[nodiscard]] std::uint64_t next();

  /// Evenly from 0 to `bound` - 1. REQUIRES: bound > 0.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound);

 private:
  std::uint64_t state_;
};

}  // namespace ipcgrade
