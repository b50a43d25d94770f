// The buffers of a call, in the memory of the task that makes it: one, or an iovec's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "ipc/machine.h"

namespace ipcgrade {

class Buffers {
 public:
  struct Piece {
    std::uint64_t address = 0;
    std::uint64_t size = 0;
  };

  Buffers() = default;
  Buffers(std::uint64_t address, std::uint64_t size) : pieces_{{address, size}}, size_(size) {}
  /// From an array of struct iovec. Nothing: it can't be read (EFAULT), or it is too long (EINVAL).
  [[nodiscard]] static std::optional<Buffers> from_array(const Machine& machine, const Task& task,
                                                         std::uint64_t address,
                                                         std::uint64_t count);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] std::size_t count() const { return pieces_.size(); }
  [[nodiscard]] const std::vector<Piece>& pieces() const { return pieces_; }
  /// What reading (writing) all of them touches.
  [[nodiscard]] std::vector<Touch> touches(const Machine& machine, const Task& task,
                                           bool written) const;

  /// Copies without an access of the program; false: EFAULT.
  [[nodiscard]] bool peek(const Machine& machine, const Task& task, std::uint64_t offset,
                          std::span<std::byte> into) const;
  /// The kernel's access on the program's behalf, to the bytes from `offset`.
  [[nodiscard]] bool write(Machine& machine, const Task& task,
                           std::span<const std::byte> bytes) const;
  /// Adds to the current event what the kernel has touched and moved: the first `size` bytes from
  /// `offset`.
  void touch(Machine& machine, const Task& task, std::uint64_t offset, std::uint64_t size,
             bool written) const;

 private:
  template <typename Part>
  bool for_each_part(std::uint64_t offset, std::uint64_t size, Part part) const;

  std::vector<Piece> pieces_;
  std::uint64_t size_ = 0;
};

}  // namespace ipcgrade
