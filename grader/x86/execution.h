// What the parts of execute() share. Internal to x86/.
#pragma once

#include <sys/user.h>

#include <cstdint>

#include "x86/execute.h"
#include "x86/instruction.h"
#include "x86/memory.h"

namespace ipcgrade::x86 {

/// An instruction under way.
struct Execution {
  const Instruction& instruction;
  user_regs_struct& registers;
  VectorRegisters& vectors;
  Memory& memory;

  /// Steps on to the next instruction. RF, which a fault leaves set in what it saves, is cleared by
  /// each instruction that completes (Intel SDM, volume 3, 18.3.1.1).
  [[nodiscard]] Outcome done() const;
  [[nodiscard]] bool load(std::uint64_t address, unsigned size, std::uint64_t& value) const;
  [[nodiscard]] bool store(std::uint64_t address, unsigned size, std::uint64_t value) const;
};

[[nodiscard]] Outcome execute_string(const Execution& execution);
/// How many elements a string instruction would touch; one that faults is counted, too.
[[nodiscard]] std::uint64_t count_elements(const Instruction& instruction,
                                           const user_regs_struct& registers, Memory& memory);

[[nodiscard]] Outcome execute_vector(const Execution& execution);

/// bt, bts, btr and btc take the number of the bit in a register as signed, and reach beyond the
/// operand: by how many bytes (Intel SDM, volume 2, BT). 0 for all others.
[[nodiscard]] std::uint64_t bit_offset(const Instruction& instruction,
                                       const user_regs_struct& registers);

}  // namespace ipcgrade::x86
