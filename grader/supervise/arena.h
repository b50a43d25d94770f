// The memory that tasks of a run share: one anonymous file, which each of them has under the same
// descriptor and maps pieces of, and which the supervisor has mapped whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "sandbox/error.h"
#include "sandbox/fd.h"

namespace ipcgrade {

class Arena {
 public:
  /// Address space only: pages are had as they are written.
  static constexpr std::uint64_t kSize = 1ULL << 30;

  /// `most`: bytes that may be given out in a run.
  [[nodiscard]] static sandbox::Expected<Arena> make(std::uint64_t most);
  Arena(Arena&& other) noexcept;
  Arena& operator=(Arena&&) = delete;
  ~Arena();

  [[nodiscard]] int descriptor() const { return file_.get(); }
  /// Zeroed whole pages, until reset(). Empty where they do not fit. `place` is their offset.
  [[nodiscard]] std::span<std::byte> allocate(std::uint64_t size, std::uint64_t& place);
  /// For the next run: everything is free, and zero.
  void reset();

 private:
  Arena(sandbox::Fd file, std::byte* memory, std::uint64_t most)
      : file_(std::move(file)), memory_(memory), most_(most) {}

  sandbox::Fd file_;
  std::byte* memory_ = nullptr;
  std::uint64_t most_ = kSize;
  std::uint64_t used_ = 0;
};

}  // namespace ipcgrade
