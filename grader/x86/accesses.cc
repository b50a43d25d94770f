#include "x86/accesses.h"

#include <algorithm>

#include "x86/execution.h"
#include "x86/registers.h"

namespace ipcgrade::x86 {
namespace {

/// One range for `count` elements that begin at `address` and go on upwards or downwards.
Access range_of(const MemoryOperand& operand, std::uint64_t address, std::uint64_t count,
                bool downwards) {
  const std::uint64_t element = operand.size;
  std::uint64_t begin = address;
  if (downwards) {
    const std::uint64_t below = std::min(count - 1, address / element);
    begin = address - below * element;
    count = below + 1;
  }
  const std::uint64_t room = ~begin;  // to the end of the addresses
  const std::uint64_t size = count > room / element ? room : count * element;
  return {begin, std::max<std::uint64_t>(size, 1), operand.reads, operand.writes};
}

}  // namespace

std::uint64_t address_of(const MemoryOperand& operand, const user_regs_struct& registers,
                         std::uint64_t beyond) {
  std::uint64_t address = static_cast<std::uint64_t>(operand.displacement) + beyond;
  if (operand.base != kNoRegister) address += registers.*kGeneralRegisters[operand.base];
  if (operand.index != kNoRegister) {
    address += registers.*kGeneralRegisters[operand.index] * operand.scale;
  }
  if (operand.narrow) address &= mask_of(4);
  if (operand.segment == Segment::kFs) address += registers.fs_base;
  if (operand.segment == Segment::kGs) address += registers.gs_base;
  return address;
}

Accesses accesses(const Instruction& instruction, const user_regs_struct& registers,
                  Memory& memory) {
  Accesses result;
  const bool string = is_string(instruction.operation);
  const std::uint64_t count = string ? count_elements(instruction, registers, memory) : 1;
  if (count == 0) return result;
  const bool downwards = string && (registers.eflags & kDirection) != 0;
  for (const MemoryOperand& operand : instruction.memory_operands()) {
    if ((!operand.reads && !operand.writes) || operand.size == 0) continue;
    const std::uint64_t address =
        address_of(operand, registers, bit_offset(instruction, registers));
    result.add(range_of(operand, address, count, downwards));
  }
  return result;
}

}  // namespace ipcgrade::x86
