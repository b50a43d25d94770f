#include <Zydis/Zydis.h>

#include <algorithm>

#include "x86/instruction.h"
#include "x86/mnemonics.h"
#include "x86/registers.h"

namespace ipcgrade::x86 {
namespace {

struct Decoded {
  ZydisDecodedInstruction instruction;
  std::array<ZydisDecodedOperand, ZYDIS_MAX_OPERAND_COUNT> operands;
};

std::uint8_t general_number(ZydisRegister reg) {
  if (reg == ZYDIS_REGISTER_NONE) return kNoRegister;
  if (reg == ZYDIS_REGISTER_RIP || reg == ZYDIS_REGISTER_EIP) return kRip;
  const ZydisRegister whole = ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, reg);
  if (whole < ZYDIS_REGISTER_RAX || whole > ZYDIS_REGISTER_R15) return kNoRegister;
  return static_cast<std::uint8_t>(whole - ZYDIS_REGISTER_RAX);
}

Segment segment_of(ZydisRegister reg) {
  // The bases of the others are 0 in 64-bit mode (volume 1, 3.4.2.1).
  if (reg == ZYDIS_REGISTER_FS) return Segment::kFs;
  return reg == ZYDIS_REGISTER_GS ? Segment::kGs : Segment::kFlat;
}

bool is_string(const Decoded& decoded) {
  return decoded.instruction.meta.category == ZYDIS_CATEGORY_STRINGOP;
}

/// Where the stack pointer moves within the instruction: a push writes below it, and the operand of
/// a pop is found after it has moved (volume 2, POP).
std::int64_t stack_movement(const Decoded& decoded, const ZydisDecodedOperand& operand) {
  const std::int64_t bytes = operand.size / 8;
  const bool hidden = operand.visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN;
  if (operand.mem.base != ZYDIS_REGISTER_RSP) return 0;
  if (hidden) return (operand.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0 ? -bytes : 0;
  return decoded.instruction.mnemonic == ZYDIS_MNEMONIC_POP ? bytes : 0;
}

MemoryOperand memory_operand(const Decoded& decoded, const ZydisDecodedOperand& operand) {
  MemoryOperand memory;
  memory.size = static_cast<std::uint16_t>(operand.size / 8);
  memory.base = general_number(operand.mem.base);
  memory.index = general_number(operand.mem.index);
  memory.scale = operand.mem.scale;
  memory.segment = segment_of(operand.mem.segment);
  memory.narrow = decoded.instruction.address_width == 32;
  memory.reads = (operand.actions & ZYDIS_OPERAND_ACTION_MASK_READ) != 0;
  memory.writes = (operand.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0;
  memory.displacement = operand.mem.disp.value + stack_movement(decoded, operand);
  if (memory.base == kRip) memory.displacement += decoded.instruction.length;
  return memory;
}

bool is_high_byte(ZydisRegister reg) {
  return reg >= ZYDIS_REGISTER_AH && reg <= ZYDIS_REGISTER_BH;
}

/// Also fails for what is no general or vector register.
bool set_register(ZydisRegister reg, Operand& operand) {
  switch (ZydisRegisterGetClass(reg)) {
    case ZYDIS_REGCLASS_GPR8:
    case ZYDIS_REGCLASS_GPR16:
    case ZYDIS_REGCLASS_GPR32:
    case ZYDIS_REGCLASS_GPR64:
      operand.kind = Operand::Kind::kRegister;
      operand.number = general_number(reg);
      operand.high = is_high_byte(reg);
      break;
    case ZYDIS_REGCLASS_XMM:
    case ZYDIS_REGCLASS_YMM:
    case ZYDIS_REGCLASS_ZMM:
      operand.kind = Operand::Kind::kVector;
      operand.number = static_cast<std::uint8_t>(ZydisRegisterGetId(reg));
      break;
    default:
      return false;
  }
  operand.size =
      static_cast<std::uint8_t>(ZydisRegisterGetWidth(ZYDIS_MACHINE_MODE_LONG_64, reg) / 8);
  return true;
}

/// Lays down all operands in memory, and those that are written out, for execute(). False if there
/// is one that execute() does not know.
bool set_operands(const Decoded& decoded, Instruction& result) {
  bool known = true;
  std::size_t used = 0;
  const auto all = std::span(decoded.operands).first(decoded.instruction.operand_count);
  for (const ZydisDecodedOperand& operand : all) {
    Operand next;
    if (operand.type == ZYDIS_OPERAND_TYPE_MEMORY) {
      if (operand.mem.type == ZYDIS_MEMOP_TYPE_VSIB) result.scattered = true;
      if (operand.mem.type != ZYDIS_MEMOP_TYPE_MEM || result.memory_count == result.memory.size()) {
        known = false;
        continue;
      }
      next = {Operand::Kind::kMemory, static_cast<std::uint8_t>(operand.size / 8),
              result.memory_count};
      result.memory[result.memory_count++] = memory_operand(decoded, operand);
      known = known && operand.size <= 512;
    }
    if (operand.visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN) continue;
    if (operand.type == ZYDIS_OPERAND_TYPE_REGISTER) {
      // k0 in the place of a mask stands for none (volume 2, 2.7.3).
      if (operand.reg.value == ZYDIS_REGISTER_K0 &&
          operand.encoding == ZYDIS_OPERAND_ENCODING_MASK) {
        continue;
      }
      known = set_register(operand.reg.value, next) && known;
    } else if (operand.type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
      next.kind = Operand::Kind::kImmediate;
      result.immediate = operand.imm.value.s;
    }
    if (used == result.operands.size()) return false;
    result.operands[used++] = next;
  }
  return known;
}

bool is_masked(const Decoded& decoded) {
  const ZydisDecodedInstruction& instruction = decoded.instruction;
  switch (instruction.mnemonic) {
    case ZYDIS_MNEMONIC_MASKMOVQ:
    case ZYDIS_MNEMONIC_MASKMOVDQU:
    case ZYDIS_MNEMONIC_VMASKMOVDQU:
    case ZYDIS_MNEMONIC_VMASKMOVPS:
    case ZYDIS_MNEMONIC_VMASKMOVPD:
    case ZYDIS_MNEMONIC_VPMASKMOVD:
    case ZYDIS_MNEMONIC_VPMASKMOVQ:
      return true;
    default:
      return instruction.avx.mask.reg != ZYDIS_REGISTER_NONE &&
             instruction.avx.mask.reg != ZYDIS_REGISTER_K0;
  }
}

Repeat repeat_of(const Decoded& decoded) {
  if (!is_string(decoded)) return Repeat::kOnce;
  constexpr ZydisInstructionAttributes kEqual = ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE;
  if ((decoded.instruction.attributes & kEqual) != 0) return Repeat::kWhileEqual;
  const bool unequal = (decoded.instruction.attributes & ZYDIS_ATTRIB_HAS_REPNE) != 0;
  return unequal ? Repeat::kWhileNotEqual : Repeat::kOnce;
}

bool is_memory(const Operand& operand) { return operand.kind == Operand::Kind::kMemory; }

/// Vector operations are named by the direction of the move, and the mnemonic does not tell it.
void set_direction(Instruction& result) {
  if (!is_memory(result.operands[0])) return;
  if (result.operation == Operation::kVectorLoad || result.operation == Operation::kVectorLoadLow) {
    result.operation = Operation::kVectorStore;
  } else if (result.operation == Operation::kVectorLoadHigh) {
    result.operation = Operation::kVectorStoreHigh;
  }
}

/// Whether execute() can take these operands for that operation; the rest is the processor's.
bool is_supported(const Instruction& it) {
  const Operand& first = it.operands[0];
  const Operand& second = it.operands[1];
  const auto is_vector = [](const Operand& o) { return o.kind == Operand::Kind::kVector; };
  switch (it.operation) {
    case Operation::kCall:
    case Operation::kJump:
      return is_memory(first) && first.size == 8;
    case Operation::kPush:
    case Operation::kPop:
      return is_memory(first);
    case Operation::kVectorStore:
    case Operation::kVectorStoreHigh:
      return is_vector(second);
    case Operation::kVectorLoad:
      return is_vector(first) && is_memory(second);
    case Operation::kVectorBroadcast:
      // vmovddup reads as much as it writes where that is more than 16 bytes: no plain repetition.
      return is_vector(first) && is_memory(second) && second.size < first.size;
    case Operation::kVectorLoadLow:
    case Operation::kVectorLoadHigh:
    case Operation::kVectorLanes: {
      const bool three = it.clears_above;
      const Operand& source = three ? it.operands[2] : second;
      const bool whole = it.operation != Operation::kVectorLanes || source.size == first.size;
      return is_vector(first) && (!three || is_vector(second)) && is_memory(source) && whole;
    }
    default:
      return std::ranges::none_of(it.operands, is_vector);
  }
}

void set_operation(const Decoded& decoded, Instruction& result) {
  const Meaning meaning = meaning_of(decoded.instruction);
  result.operation = meaning.operation;
  result.condition = meaning.condition;
  result.aligned = meaning.aligned;
  result.lane = meaning.lane;
  result.lane_size = meaning.lane_size;
  if (result.operation == Operation::kMultiply && decoded.instruction.operand_count_visible == 1) {
    result.operation = Operation::kMultiplyWideSigned;
  }
  set_direction(result);
}

}  // namespace

std::optional<Instruction> decode(std::span<const std::byte> code) {
  ZydisDecoder decoder;
  ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
  Decoded decoded;
  const ZyanStatus status =
      ZydisDecoderDecodeFull(&decoder, code.data(), std::min(code.size(), kLongestInstruction),
                             &decoded.instruction, decoded.operands.data());
  if (!ZYAN_SUCCESS(status)) return std::nullopt;
  // Its address has a part that is one byte of a register.
  if (decoded.instruction.mnemonic == ZYDIS_MNEMONIC_XLAT) return std::nullopt;

  Instruction result;
  result.length = decoded.instruction.length;
  const bool known = set_operands(decoded, result);
  set_operation(decoded, result);
  result.atomic = (decoded.instruction.attributes & ZYDIS_ATTRIB_HAS_LOCK) != 0 ||
                  (result.operation == Operation::kExchange && result.memory_count != 0);
  result.masked = is_masked(decoded);
  result.repeat = repeat_of(decoded);
  result.packed_floats = decoded.instruction.mnemonic == ZYDIS_MNEMONIC_MOVUPS ||
                         decoded.instruction.mnemonic == ZYDIS_MNEMONIC_MOVAPS ||
                         decoded.instruction.mnemonic == ZYDIS_MNEMONIC_VMOVUPS ||
                         decoded.instruction.mnemonic == ZYDIS_MNEMONIC_VMOVAPS;
  result.narrow_counter = decoded.instruction.address_width == 32;
  result.clears_above = decoded.instruction.encoding != ZYDIS_INSTRUCTION_ENCODING_LEGACY;
  if (!known || result.masked || result.memory_count == 0 || !is_supported(result)) {
    result.operation = Operation::kStep;
  }
  return result;
}

bool has_atomic(std::span<const std::byte> code) {
  while (!code.empty()) {
    const auto instruction = decode(code);
    if (instruction && instruction->atomic) return true;
    code = code.subspan(instruction ? instruction->length : 1);
  }
  return false;
}

}  // namespace ipcgrade::x86
