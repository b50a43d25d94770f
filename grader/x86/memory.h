// What an instruction sees of its task, beside the general registers. Implemented by the holder of
// the task, and by tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ipcgrade::x86 {

class Memory {
 public:
  virtual ~Memory() = default;

  /// False, and nothing written, where the task itself could not do it: not mapped, past the end of
  /// the object, or not permitted. A range that lies in several mappings may be refused if it is
  /// longer than 64 bytes: it is asked for again in smaller pieces.
  [[nodiscard]] virtual bool read(std::uint64_t address, std::span<std::byte> into) = 0;
  [[nodiscard]] virtual bool write(std::uint64_t address, std::span<const std::byte> from) = 0;
};

class VectorRegisters {
 public:
  enum class Above { kKeep, kClear };

  virtual ~VectorRegisters() = default;

  /// The lowest 16, 32 or 64 bytes of zmm`number`; those above are kept or cleared. False where
  /// they can't be had, or do not exist: then the instruction is stepped over instead.
  [[nodiscard]] virtual bool read(unsigned number, std::span<std::byte> into) = 0;
  [[nodiscard]] virtual bool write(unsigned number, std::span<const std::byte> from,
                                   Above above) = 0;
};

}  // namespace ipcgrade::x86
