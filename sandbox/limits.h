// What a box may use at most. All of them bound the whole tree of processes unless said otherwise.
#pragma once

#include <chrono>
#include <cstdint>

namespace sandbox {

struct Limits {
  /// With less, a box can't be set up.
  static constexpr std::uint64_t kLeastMemory = std::uint64_t{4} << 20;
  static constexpr std::uint32_t kLeastOpenFiles = 16;

  /// From the first start of a command; waiting for a free processor is not counted.
  std::chrono::milliseconds wall{10'000};
  std::chrono::milliseconds cpu{10'000};  ///< user and system time
  std::uint64_t memory = 256ULL << 20;    ///< bytes; tmpfs, pipes and System V segments count too
  std::uint32_t processes = 64;           ///< processes and threads at one time
  std::uint32_t open_files = 256;         ///< descriptors of one process
  std::uint64_t file_size = 64ULL << 20;  ///< bytes of one file
  std::uint64_t output = 16ULL << 20;     ///< bytes that are read from stdout and stderr together
  std::uint64_t storage = 128ULL << 20;   ///< bytes in each of the writable folders
};

}  // namespace sandbox
