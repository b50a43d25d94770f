// What all benchmarks measure with: things in turn, in one run, and one figure for many.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

/// Seconds after which SIGALRM ends the benchmark: who waits longer waits for ever.
inline constexpr unsigned kLongestWait = 60;

inline double milliseconds_of(auto&& what) {
  const auto begin = std::chrono::steady_clock::now();
  what();
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  return took.count();
}

inline double median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

/// What a quarter of them do not exceed: others' load only ever adds, now and then for half the
/// time.
inline double lower_quartile(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 4));
  return values[values.size() / 4];
}
