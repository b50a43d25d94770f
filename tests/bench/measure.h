// What all benchmarks measure with: things in turn, in one run, and medians of them.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

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
