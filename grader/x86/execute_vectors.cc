// Moves between vector registers and memory, and what the C library's string functions do with an
// operand in memory. Source: Intel SDM, volume 2, the "Operation" part of each instruction.
#include <algorithm>
#include <array>
#include <cstring>

#include "x86/accesses.h"
#include "x86/execution.h"

namespace ipcgrade::x86 {
namespace {

constexpr std::size_t kXmm = 16;
constexpr std::size_t kHalf = 8;
using Bytes = std::array<std::byte, 64>;

/// The old encodings leave what is above the register alone, VEX and EVEX clear it
/// (volume 1, 14.1.3).
VectorRegisters::Above above(const Execution& execution) {
  return execution.instruction.clears_above ? VectorRegisters::Above::kClear
                                            : VectorRegisters::Above::kKeep;
}

bool write_back(const Execution& execution, std::span<const std::byte> value) {
  return execution.vectors.write(execution.instruction.operands[0].number, value, above(execution));
}

Outcome finish(const Execution& execution, std::span<const std::byte> value) {
  return write_back(execution, value) ? execution.done() : Outcome::kNeedsStep;
}

Outcome store(const Execution& execution, std::uint64_t address) {
  const Operand& source = execution.instruction.operands[1];
  const bool high = execution.instruction.operation == Operation::kVectorStoreHigh;
  Bytes value;
  if (!execution.vectors.read(source.number, std::span(value).first(source.size))) {
    return Outcome::kNeedsStep;
  }
  const auto part =
      std::span(value).subspan(high ? kHalf : 0, execution.instruction.operands[0].size);
  return execution.memory.write(address, part) ? execution.done() : Outcome::kFault;
}

/// movlps, movhps and their like: one half from memory, the other from the register that the VEX
/// form names second, or from the destination itself.
Outcome load_half(const Execution& execution, std::span<const std::byte> loaded) {
  const Instruction& instruction = execution.instruction;
  const bool high = instruction.operation == Operation::kVectorLoadHigh;
  const Operand& other = instruction.operands[instruction.clears_above ? 1 : 0];
  Bytes value;
  const auto whole = std::span(value).first(kXmm);
  if (!execution.vectors.read(other.number, whole)) return Outcome::kNeedsStep;
  std::ranges::copy(loaded, whole.subspan(high ? kHalf : 0).begin());
  return finish(execution, whole);
}

Outcome broadcast(const Execution& execution, std::span<const std::byte> loaded) {
  Bytes value;
  const auto whole = std::span(value).first(execution.instruction.operands[0].size);
  for (std::size_t i = 0; i < whole.size(); ++i) whole[i] = loaded[i % loaded.size()];
  return finish(execution, whole);
}

template <typename Lane>
Lane lane(LaneOperation operation, Lane a, Lane b) {
  using Signed = std::make_signed_t<Lane>;
  const auto all_if = [](bool condition) { return static_cast<Lane>(condition ? ~Lane{0} : 0); };
  switch (operation) {
    case LaneOperation::kAnd:
      return static_cast<Lane>(a & b);
    case LaneOperation::kAndNot:
      return static_cast<Lane>(~a & b);
    case LaneOperation::kOr:
      return static_cast<Lane>(a | b);
    case LaneOperation::kXor:
      return static_cast<Lane>(a ^ b);
    case LaneOperation::kAdd:
      return static_cast<Lane>(a + b);
    case LaneOperation::kSubtract:
      return static_cast<Lane>(a - b);
    case LaneOperation::kEqual:
      return all_if(a == b);
    case LaneOperation::kGreaterSigned:
      return all_if(static_cast<Signed>(a) > static_cast<Signed>(b));
    case LaneOperation::kMinUnsigned:
      return std::min(a, b);
    case LaneOperation::kMaxUnsigned:
      return std::max(a, b);
    case LaneOperation::kMinSigned:
      return static_cast<Signed>(a) < static_cast<Signed>(b) ? a : b;
    case LaneOperation::kMaxSigned:
      return static_cast<Signed>(a) > static_cast<Signed>(b) ? a : b;
  }
  __builtin_unreachable();
}

template <typename Lane>
void lanes(LaneOperation operation, std::span<std::byte> into, std::span<const std::byte> from) {
  for (std::size_t i = 0; i < into.size(); i += sizeof(Lane)) {
    Lane a;
    Lane b;
    std::memcpy(&a, &into[i], sizeof a);
    std::memcpy(&b, &from[i], sizeof b);
    a = lane(operation, a, b);
    std::memcpy(&into[i], &a, sizeof a);
  }
}

Outcome lanes(const Execution& execution, std::span<const std::byte> loaded) {
  const Instruction& instruction = execution.instruction;
  const Operand& other = instruction.operands[instruction.clears_above ? 1 : 0];
  Bytes value;
  const auto whole = std::span(value).first(instruction.operands[0].size);
  if (!execution.vectors.read(other.number, whole)) return Outcome::kNeedsStep;
  switch (instruction.lane_size) {
    case 1:
      lanes<std::uint8_t>(instruction.lane, whole, loaded);
      break;
    case 2:
      lanes<std::uint16_t>(instruction.lane, whole, loaded);
      break;
    case 4:
      lanes<std::uint32_t>(instruction.lane, whole, loaded);
      break;
    default:
      lanes<std::uint64_t>(instruction.lane, whole, loaded);
      break;
  }
  return finish(execution, whole);
}

}  // namespace

Outcome execute_vector(const Execution& execution) {
  const Instruction& instruction = execution.instruction;
  const MemoryOperand& operand = instruction.memory[0];
  const std::uint64_t address = address_of(operand, execution.registers);
  if (instruction.aligned && address % operand.size != 0) return Outcome::kNeedsStep;
  if (operand.writes) return store(execution, address);

  Bytes loaded{};
  const auto bytes = std::span(loaded).first(operand.size);
  if (!execution.memory.read(address, bytes)) return Outcome::kFault;
  switch (instruction.operation) {
    case Operation::kVectorLoad:
      return finish(execution, std::span(loaded).first(std::max<std::size_t>(kXmm, operand.size)));
    case Operation::kVectorLoadLow:
    case Operation::kVectorLoadHigh:
      return load_half(execution, bytes);
    case Operation::kVectorBroadcast:
      return broadcast(execution, bytes);
    default:
      return lanes(execution, bytes);
  }
}

}  // namespace ipcgrade::x86
