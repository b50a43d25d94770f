#include "ipc/buffers.h"

#include <sys/uio.h>

#include <algorithm>

namespace ipcgrade {

std::optional<Buffers> Buffers::from_array(const Machine& machine, const Task& task,
                                           std::uint64_t address, std::uint64_t count) {
  constexpr std::uint64_t kMost = 1024;  // UIO_MAXIOV
  if (count > kMost) return std::nullopt;
  Buffers made;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto one = machine.peek_value<struct iovec>(task, address + i * sizeof(struct iovec));
    if (!one) return std::nullopt;
    made.pieces_.push_back({reinterpret_cast<std::uint64_t>(one->iov_base), one->iov_len});
    made.size_ += one->iov_len;
  }
  return made;
}

std::vector<Touch> Buffers::touches(const Machine& machine, const Task& task, bool written) const {
  std::vector<Touch> found;
  for (const Piece& piece : pieces_) {
    const auto some = machine.buffer_touches(task, piece.address, piece.size, written);
    found.insert(found.end(), some.begin(), some.end());
  }
  return found;
}

/// Calls `part(address, offset from the first byte that is asked for, size)`.
template <typename Part>
bool Buffers::for_each_part(std::uint64_t offset, std::uint64_t size, Part part) const {
  std::uint64_t done = 0;
  for (const Piece& piece : pieces_) {
    if (offset >= piece.size) {
      offset -= piece.size;
      continue;
    }
    const std::uint64_t some = std::min(piece.size - offset, size - done);
    if (some == 0) break;
    if (!part(piece.address + offset, done, some)) return false;
    done += some;
    offset = 0;
  }
  return true;
}

bool Buffers::peek(const Machine& machine, const Task& task, std::uint64_t offset,
                   std::span<std::byte> into) const {
  return for_each_part(offset, into.size(),
                       [&](std::uint64_t address, std::uint64_t at, std::uint64_t size) {
                         return machine.peek(task, address, into.subspan(at, size));
                       });
}

bool Buffers::write(Machine& machine, const Task& task, std::span<const std::byte> bytes) const {
  return for_each_part(0, bytes.size(),
                       [&](std::uint64_t address, std::uint64_t at, std::uint64_t size) {
                         return machine.write(task, address, bytes.subspan(at, size));
                       });
}

void Buffers::touch(Machine& machine, const Task& task, std::uint64_t offset, std::uint64_t size,
                    bool written) const {
  for_each_part(offset, size, [&](std::uint64_t address, std::uint64_t, std::uint64_t some) {
    machine.moves(written ? Direction::kIn : Direction::kOut, task, address, some);
    for (const Touch& one : machine.buffer_touches(task, address, some, written)) {
      machine.touch(one);
    }
    return true;
  });
}

}  // namespace ipcgrade
