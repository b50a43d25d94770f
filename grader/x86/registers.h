// The registers of a stopped task by the numbers that instructions give them, and the widths at
// which instructions see them.
// Source: Intel SDM, volume 1, 3.4 (registers, flags) and volume 2, 2.2.1.2 (numbers).
#pragma once

#include <sys/user.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace ipcgrade::x86 {

enum RegisterNumber : std::uint8_t {
  kRax,
  kRcx,
  kRdx,
  kRbx,
  kRsp,
  kRbp,
  kRsi,
  kRdi,
  kR8,
  kR15 = 15,
  kRip = 16,
  kNoRegister = 17,
};

/// The bits of eflags that arithmetic sets.
inline constexpr std::uint64_t kCarry = 1U << 0;
inline constexpr std::uint64_t kParity = 1U << 2;
inline constexpr std::uint64_t kAdjust = 1U << 4;
inline constexpr std::uint64_t kZero = 1U << 6;
inline constexpr std::uint64_t kSign = 1U << 7;
inline constexpr std::uint64_t kOverflow = 1U << 11;
inline constexpr std::uint64_t kArithmeticFlags =
    kCarry | kParity | kAdjust | kZero | kSign | kOverflow;
inline constexpr std::uint64_t kDirection = 1U << 10;
inline constexpr std::uint64_t kResume = 1U << 16;

inline constexpr std::array kGeneralRegisters = {
    &user_regs_struct::rax, &user_regs_struct::rcx, &user_regs_struct::rdx, &user_regs_struct::rbx,
    &user_regs_struct::rsp, &user_regs_struct::rbp, &user_regs_struct::rsi, &user_regs_struct::rdi,
    &user_regs_struct::r8,  &user_regs_struct::r9,  &user_regs_struct::r10, &user_regs_struct::r11,
    &user_regs_struct::r12, &user_regs_struct::r13, &user_regs_struct::r14, &user_regs_struct::r15,
    &user_regs_struct::rip,
};

/// The lowest `size` bytes set; `size` is 1 to 8.
[[nodiscard]] constexpr std::uint64_t mask_of(unsigned size) {
  return ~std::uint64_t{0} >> (64 - 8 * size);
}

[[nodiscard]] constexpr std::uint64_t sign_extended(std::uint64_t value, unsigned size) {
  const unsigned unused = 64 - 8 * size;
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(value << unused) >> unused);
}

/// `high` is for ah, ch, dh and bh, which have the numbers of their ax, cx, dx and bx.
[[nodiscard]] constexpr std::uint64_t read_register(const user_regs_struct& registers,
                                                    std::uint8_t number, unsigned size,
                                                    bool high = false) {
  const std::uint64_t whole = registers.*kGeneralRegisters[number];
  return (high ? whole >> 8 : whole) & mask_of(size);
}

/// 32 bits clear the upper half, 8 and 16 leave the rest alone (volume 1, 3.4.1.1).
constexpr void write_register(user_regs_struct& registers, std::uint8_t number, unsigned size,
                              std::uint64_t value, bool high = false) {
  auto& whole = registers.*kGeneralRegisters[number];
  if (size >= 4) {
    whole = value & mask_of(size);
    return;
  }
  const unsigned shift = high ? 8 : 0;
  const std::uint64_t mask = mask_of(size) << shift;
  whole = (whole & ~mask) | ((value << shift) & mask);
}

}  // namespace ipcgrade::x86
