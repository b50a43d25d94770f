#include "explore/random.h"

#include <limits>

namespace ipcgrade {
namespace {
constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15U;  // 2^64 / the golden ratio, odd
}

// The stream goes through the mixing first: neighbouring runs would else give shifted sequences.
Random::Random(std::uint64_t seed, std::uint64_t stream)
    : state_(mix_bits(seed + kGolden) ^ mix_bits(mix_bits(stream + kGolden) + kGolden)) {}

std::uint64_t Random::next() {
  state_ += kGolden;
  return mix_bits(state_);
}

std::uint64_t Random::below(std::uint64_t bound) {
  // Numbers of the last, incomplete block would favour small remainders.
  const std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t incomplete = (last % bound + 1) % bound;
  std::uint64_t number = next();
  while (number > last - incomplete) number = next();
  return number % bound;
}

}  // namespace ipcgrade
