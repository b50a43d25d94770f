// Makes instructions of a given form, with an operand in memory that is written in any of the
// ways that ModRM, SIB and prefixes allow. By hand, so that it shares no mistake with the decoder.
// Source: Intel SDM, volume 2, chapter 2.
#pragma once

#include <sys/user.h>

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace ipcgrade::x86 {

using Random = std::mt19937_64;

enum class Encoding : std::uint8_t { kOld, kVex, kEvex };

/// One line of the opcode tables.
struct Form {
  std::string name;
  std::vector<std::uint8_t> opcode;  ///< with the 0f, 0f38, 0f3a that lead to its map, if old
  int digit = -1;                    ///< in ModRM's reg field; -1: a register
  bool byte = false;                 ///< the operand has 8 bits
  std::vector<unsigned> sizes = {2, 4, 8};  ///< of operands that are no bytes
  unsigned immediate = 0;                   ///< bytes; 4 stands for 2 where the operand has 2
  std::uint8_t prefix = 0;                  ///< mandatory: 66, f2 or f3
  bool lockable = false;
  std::uint64_t undefined = 0;  ///< flags
  unsigned memory = 0;          ///< bytes of the operand in memory, where no operand size says it
  bool aligned = false;
  Encoding encoding{};
  std::uint8_t map = 1;  ///< VEX, EVEX
  unsigned vector = 16;  ///< bytes of the register: VEX.L
  bool w = false;        ///< VEX.W, EVEX.W; REX.W with `memory`
  bool uses_v = false;   ///< it has a second source, in VEX.vvvv

  /// For gtest.
  friend void PrintTo(const Form& form, std::ostream* out) { *out << form.name; }
};

struct Place {
  std::uint64_t code = 0;
  std::uint64_t target = 0;  ///< where the operand in memory is to be
  std::uint64_t fs_base = 0;
  std::uint64_t gs_base = 0;
};

struct Encoded {
  std::vector<std::byte> bytes;
  unsigned size = 0;  ///< of the operand in memory, in bytes
  unsigned reg = 0;   ///< the register operand's number, or the digit
  bool locked = false;
  int base = -1;  ///< general registers that form the address
  int index = -1;
};

/// Sets the registers that the address needs in `registers`, whose others stay as they are.
[[nodiscard]] Encoded encode(const Form& form, const Place& place, Random& random,
                             user_regs_struct& registers);

[[nodiscard]] std::string hexadecimal(std::span<const std::byte> bytes);

}  // namespace ipcgrade::x86
