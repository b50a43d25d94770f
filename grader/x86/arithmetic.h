// What the integer instructions compute, and the flags that they leave: pure functions.
// Source: Intel SDM, volume 2, the "Operation" and "Flags Affected" parts of each instruction.
#pragma once

#include <cstdint>

namespace ipcgrade::x86 {

struct Computed {
  std::uint64_t value = 0;    ///< zero above the operand's size
  std::uint64_t flags = 0;    ///< their new values
  std::uint64_t changed = 0;  ///< which flags get them; the others stay
};

/// Operands are zero above `size`, which is 1, 2, 4 or 8 bytes.
[[nodiscard]] Computed add(std::uint64_t a, std::uint64_t b, bool carry, unsigned size);
[[nodiscard]] Computed subtract(std::uint64_t a, std::uint64_t b, bool borrow, unsigned size);
/// The flags of and, or, xor and test, whose result is `value`.
[[nodiscard]] Computed logical(std::uint64_t value, unsigned size);

/// `count` is as in the register or the instruction, not yet masked.
[[nodiscard]] Computed shift_left(std::uint64_t a, std::uint64_t count, unsigned size);
[[nodiscard]] Computed shift_right(std::uint64_t a, std::uint64_t count, unsigned size);
[[nodiscard]] Computed shift_right_signed(std::uint64_t a, std::uint64_t count, unsigned size);
[[nodiscard]] Computed rotate_left(std::uint64_t a, std::uint64_t count, unsigned size);
[[nodiscard]] Computed rotate_right(std::uint64_t a, std::uint64_t count, unsigned size);

/// The product in two halves of `size` bytes.
struct Product {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  std::uint64_t flags = 0;  ///< carry and overflow: the upper half says something
};
[[nodiscard]] Product multiply(std::uint64_t a, std::uint64_t b, unsigned size);
[[nodiscard]] Product multiply_signed(std::uint64_t a, std::uint64_t b, unsigned size);

struct Quotient {
  bool fits = false;  ///< else the processor raises #DE
  std::uint64_t quotient = 0;
  std::uint64_t remainder = 0;
};
[[nodiscard]] Quotient divide(std::uint64_t high, std::uint64_t low, std::uint64_t divisor,
                              unsigned size);
[[nodiscard]] Quotient divide_signed(std::uint64_t high, std::uint64_t low, std::uint64_t divisor,
                                     unsigned size);

/// Whether the condition that an opcode's lowest four bits name holds (volume 1, appendix B).
[[nodiscard]] bool holds(std::uint8_t condition, std::uint64_t flags);

}  // namespace ipcgrade::x86
