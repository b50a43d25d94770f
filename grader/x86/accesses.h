// Which memory an instruction is about to touch.
#pragma once

#include <sys/user.h>

#include <array>
#include <cstdint>

#include "x86/instruction.h"
#include "x86/memory.h"

namespace ipcgrade::x86 {

struct Access {
  std::uint64_t address = 0;
  std::uint64_t size = 0;  ///< never 0; the last byte's address is above the first one's
  bool reads = false;
  bool writes = false;

  friend bool operator==(const Access&, const Access&) = default;
};

/// At most one for each operand in memory.
class Accesses {
 public:
  void add(const Access& access) { all_[count_++] = access; }
  [[nodiscard]] const Access* begin() const { return all_.data(); }
  [[nodiscard]] const Access* end() const { return all_.data() + count_; }
  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] const Access& operator[](std::size_t index) const { return all_[index]; }

 private:
  std::array<Access, 3> all_{};
  std::size_t count_ = 0;
};

/// What the instruction would touch if it ran now, private memory and the stack too; a repeated
/// string instruction as one range. Where the data decide how far it goes (repne scas, repe cmps)
/// they are read from `memory`, which is not written; so ask again when the data may have changed.
/// A compare-and-exchange counts as a write also where it will fail: the processor then writes back
/// what it read.
[[nodiscard]] Accesses accesses(const Instruction& instruction, const user_regs_struct& registers,
                                Memory& memory);

/// Where the operand is, for a task with these registers: `rip` is that of the instruction, and
/// `beyond` is added to the displacement.
[[nodiscard]] std::uint64_t address_of(const MemoryOperand& operand,
                                       const user_regs_struct& registers, std::uint64_t beyond = 0);

}  // namespace ipcgrade::x86
