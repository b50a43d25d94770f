#include "assignment/units.h"

#include <array>
#include <charconv>
#include <limits>
#include <span>
#include <utility>

namespace ipcgrade {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t worth;
};

constexpr std::array<Unit, 3> kDurations{{{"ms", 1}, {"s", 1000}, {"min", 60'000}}};
constexpr std::array<Unit, 4> kSizes{
    {{"", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}}};

/// The digits at the beginning, and the rest.
std::pair<std::string_view, std::string_view> split(std::string_view text) {
  std::size_t digits = text.find_first_not_of("0123456789");
  if (digits == std::string_view::npos) digits = text.size();
  return {text.substr(0, digits), text.substr(digits)};
}

std::optional<std::uint64_t> try_quantity(std::string_view text, std::span<const Unit> units) {
  const auto [digits, name] = split(text);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || error != std::errc{}) return std::nullopt;
  for (const Unit& unit : units) {
    if (unit.name != name) continue;
    // Durations are signed, so that half of the range is all there is.
    constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
    if (number > kMost / unit.worth) return std::nullopt;
    return number * unit.worth;
  }
  return std::nullopt;
}

/// The number with the unit that `pick` finds for the first letter of what follows it.
template <typename Pick>
std::string likely(std::string_view text, Pick pick) {
  const auto [digits, rest] = split(text);
  if (digits.empty()) return {};
  const std::size_t letter = rest.find_first_not_of(' ');
  const std::string_view unit = pick(letter == std::string_view::npos ? "" : rest.substr(letter));
  return unit.empty() ? "" : std::string(digits) + std::string(unit);
}

}  // namespace

std::optional<std::chrono::milliseconds> try_duration(std::string_view text) {
  const auto quantity = try_quantity(text, kDurations);
  if (!quantity) return std::nullopt;
  return std::chrono::milliseconds(static_cast<std::int64_t>(*quantity));
}

std::optional<std::uint64_t> try_size(std::string_view text) { return try_quantity(text, kSizes); }

std::string likely_duration(std::string_view text) {
  return likely(text, [](std::string_view unit) -> std::string_view {
    if (unit.empty() || unit.starts_with('s') || unit.starts_with('S')) return "s";
    if (unit.starts_with("ms") || unit.starts_with("mil")) return "ms";
    return unit.starts_with('m') || unit.starts_with('M') ? "min" : "";
  });
}

std::string likely_size(std::string_view text) {
  return likely(text, [](std::string_view unit) -> std::string_view {
    if (unit.starts_with('k') || unit.starts_with('K')) return "KiB";
    if (unit.starts_with('m') || unit.starts_with('M')) return "MiB";
    return unit.starts_with('g') || unit.starts_with('G') ? "GiB" : "";
  });
}

}  // namespace ipcgrade
