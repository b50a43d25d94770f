#include "supervise/arena.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace ipcgrade {

using sandbox::Expected;

Expected<Arena> Arena::make(std::uint64_t most) {
  sandbox::Fd file(::memfd_create("ipcgrade", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file) return sandbox::from_errno("memfd_create");
  if (::ftruncate(file.get(), static_cast<off_t>(kSize)) != 0) {
    return sandbox::from_errno("ftruncate");
  }
  // Whoever cut it short would have us die of SIGBUS.
  if (::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    return sandbox::from_errno("F_ADD_SEALS");
  }
  void* memory =
      ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, file.get(), 0);
  if (memory == MAP_FAILED) return sandbox::from_errno("mmap");
  return Arena(std::move(file), static_cast<std::byte*>(memory), std::min(most, kSize));
}

Arena::Arena(Arena&& other) noexcept
    : file_(std::move(other.file_)),
      memory_(std::exchange(other.memory_, nullptr)),
      most_(other.most_),
      used_(other.used_) {}

Arena::~Arena() {
  if (memory_ != nullptr) ::munmap(memory_, kSize);
}

std::span<std::byte> Arena::allocate(std::uint64_t size, std::uint64_t& place) {
  constexpr std::uint64_t kPage = 4096;
  if (size > most_ - used_) return {};
  const std::uint64_t whole = (size + kPage - 1) / kPage * kPage;
  if (whole > most_ - used_) return {};
  place = used_;
  used_ += whole;
  return {memory_ + place, whole};
}

void Arena::reset() {
  // Punching a hole costs tens of microseconds, clearing a few pages less.
  constexpr std::uint64_t kLittle = 64 * 1024;
  if (used_ <= kLittle) {
    std::memset(memory_, 0, used_);
  } else {
    ::fallocate(file_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
                static_cast<off_t>(used_));
  }
  used_ = 0;
}

}  // namespace ipcgrade
