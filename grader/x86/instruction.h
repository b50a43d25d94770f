// One machine instruction that touches memory, in the form in which it is held between the faults
// at one address: small, plain, and independent of the decoder's library.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace ipcgrade::x86 {

/// Intel SDM, volume 2, 2.3.11: a longer one is a fault.
inline constexpr std::size_t kLongestInstruction = 15;

/// What execute() is to do. What it does not do itself is kStep.
enum class Operation : std::uint8_t {
  kStep,
  kMove,
  kMoveSignExtended,
  kMoveByteSwapped,
  kAdd,
  kAddWithCarry,
  kSubtract,
  kSubtractWithBorrow,
  kCompare,
  kAnd,
  kTest,
  kOr,
  kXor,
  kIncrement,
  kDecrement,
  kNegate,
  kNot,
  kShiftLeft,
  kShiftRight,
  kShiftRightSigned,
  kRotateLeft,
  kRotateRight,
  kBitTest,
  kBitSet,
  kBitReset,
  kBitComplement,
  kExchange,
  kExchangeAdd,
  kCompareExchange,
  kCompareExchangePair,
  kConditionalMove,
  kSetCondition,
  kMultiply,            ///< imul with two or three operands
  kMultiplyWide,        ///< mul
  kMultiplyWideSigned,  ///< imul with one operand
  kDivide,
  kDivideSigned,
  kPush,
  kPop,
  kCall,
  kJump,
  kMoveString,
  kStoreString,
  kLoadString,
  kCompareString,
  kScanString,
  kVectorLoad,      ///< clears what the memory operand does not fill of the register
  kVectorStore,     ///< the register's lowest bytes
  kVectorLoadLow,   ///< 8 bytes; the 8 above come from another register
  kVectorLoadHigh,  ///< 8 bytes to the upper half of 16
  kVectorStoreHigh,
  kVectorBroadcast,
  kVectorLanes,  ///< lane by lane: Instruction::lane says what
};

/// movs and its like, which may be repeated.
[[nodiscard]] constexpr bool is_string(Operation operation) {
  return operation >= Operation::kMoveString && operation <= Operation::kScanString;
}

/// What kVectorLanes does with each lane of `lane_size` bytes.
enum class LaneOperation : std::uint8_t {
  kAnd,
  kAndNot,
  kOr,
  kXor,
  kAdd,
  kSubtract,
  kEqual,
  kGreaterSigned,
  kMinUnsigned,
  kMaxUnsigned,
  kMinSigned,
  kMaxSigned,
};

enum class Repeat : std::uint8_t {
  kOnce,
  kWhileEqual,     ///< F3: rep for those that do not compare, else repe
  kWhileNotEqual,  ///< F2
};

enum class Segment : std::uint8_t { kFlat, kFs, kGs };

/// Where an operand in memory is, and what is done there.
struct MemoryOperand {
  std::int64_t displacement = 0;  ///< with the instruction's length, where the base is rip
  std::uint16_t size = 0;         ///< bytes; of one element, for string instructions
  std::uint8_t base = 0;          ///< RegisterNumber
  std::uint8_t index = 0;
  std::uint8_t scale = 0;
  Segment segment{};
  bool narrow = false;  ///< the address is cut to 32 bits before the segment's base is added
  bool reads = false;
  bool writes = false;
};

struct Operand {
  enum class Kind : std::uint8_t { kNone, kRegister, kVector, kMemory, kImmediate };

  Kind kind{};
  std::uint8_t size = 0;    ///< bytes
  std::uint8_t number = 0;  ///< of the register; index into Instruction::memory
  bool high = false;        ///< ah, ch, dh, bh
};

struct Instruction {
  Operation operation{};
  std::uint8_t length = 0;
  bool atomic = false;  ///< LOCK, or xchg with memory, which locks always
  /// It may touch less than accesses() says: a mask, read at run time, chooses among the elements.
  bool masked = false;
  /// It gathers or scatters: accesses() leaves that operand out, and each fault tells an address.
  bool scattered = false;
  Repeat repeat{};
  std::uint8_t condition = 0;   ///< as the opcode's lowest four bits give it
  bool narrow_counter = false;  ///< string instructions count with ecx, esi and edi
  bool clears_above = false;    ///< VEX or EVEX: clears the vector register above what it writes
  bool packed_floats = false;   ///< movups and its like: what the C library copies with
  bool aligned = false;  ///< the processor refuses an address that is no multiple of the size
  LaneOperation lane{};
  std::uint8_t lane_size = 0;
  std::array<Operand, 3> operands{};
  std::int64_t immediate = 0;
  std::uint8_t memory_count = 0;
  std::array<MemoryOperand, 3> memory{};

  [[nodiscard]] std::span<const MemoryOperand> memory_operands() const {
    return std::span(memory).first(memory_count);
  }
};

/// `code` begins with the instruction and may be cut where the task's readable memory ends; more
/// than kLongestInstruction bytes are never looked at. Empty if it begins with no instruction of
/// 64-bit mode.
[[nodiscard]] std::optional<Instruction> decode(std::span<const std::byte> code);

/// Whether an atomic instruction is in the code, read from its begin to its end: what is no
/// instruction is skipped byte by byte.
[[nodiscard]] bool has_atomic(std::span<const std::byte> code);

}  // namespace ipcgrade::x86
