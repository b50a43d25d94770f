#include "x86/execute.h"

#include <bit>
#include <cstring>

#include "x86/accesses.h"
#include "x86/arithmetic.h"
#include "x86/execution.h"
#include "x86/registers.h"

namespace ipcgrade::x86 {
namespace {

/// An instruction on general registers and memory. All that can fail is done before a register
/// changes.
class General {
 public:
  explicit General(const Execution& execution)
      : execution_(execution),
        instruction_(execution.instruction),
        registers_(execution.registers),
        first_(instruction_.operands[0]),
        second_(instruction_.operands[1]) {}

  Outcome run();

 private:
  bool load(const Operand& operand, std::uint64_t& value) const;
  bool store(const Operand& operand, std::uint64_t value) const;
  /// Stores the result and sets the flags.
  Outcome finish(const Computed& result) const;
  void set_flags(const Computed& result) const;
  [[nodiscard]] bool carry() const { return (registers_.eflags & kCarry) != 0; }

  Outcome move() const;
  Outcome unary() const;
  Outcome binary() const;
  Outcome shift() const;
  Outcome bit() const;
  Outcome exchange() const;
  Outcome compare_exchange() const;
  Outcome compare_exchange_pair() const;
  Outcome conditional() const;
  Outcome multiply_operands() const;
  Outcome multiply_wide() const;
  Outcome divide_wide() const;
  Outcome push_or_pop() const;
  Outcome branch() const;

  const Execution& execution_;
  const Instruction& instruction_;
  user_regs_struct& registers_;
  const Operand& first_;
  const Operand& second_;
};

std::uint64_t byte_swapped(std::uint64_t value, unsigned size) {
  return __builtin_bswap64(value) >> (64 - 8 * size);
}

bool General::load(const Operand& operand, std::uint64_t& value) const {
  switch (operand.kind) {
    case Operand::Kind::kRegister:
      value = read_register(registers_, operand.number, operand.size, operand.high);
      return true;
    case Operand::Kind::kImmediate:
      value = static_cast<std::uint64_t>(instruction_.immediate);
      return true;
    case Operand::Kind::kMemory:
      return execution_.load(address_of(instruction_.memory[operand.number], registers_),
                             operand.size, value);
    default:
      return false;
  }
}

bool General::store(const Operand& operand, std::uint64_t value) const {
  if (operand.kind == Operand::Kind::kRegister) {
    write_register(registers_, operand.number, operand.size, value, operand.high);
    return true;
  }
  return execution_.store(address_of(instruction_.memory[operand.number], registers_), operand.size,
                          value);
}

void General::set_flags(const Computed& result) const {
  registers_.eflags = (registers_.eflags & ~result.changed) | (result.flags & result.changed);
}

Outcome General::finish(const Computed& result) const {
  if (!store(first_, result.value)) return Outcome::kFault;
  set_flags(result);
  return execution_.done();
}

Outcome General::move() const {
  std::uint64_t value = 0;
  if (!load(second_, value)) return Outcome::kFault;
  if (instruction_.operation == Operation::kMoveSignExtended) {
    value = sign_extended(value, second_.size);
  } else if (instruction_.operation == Operation::kMoveByteSwapped) {
    value = byte_swapped(value, second_.size);
  }
  return finish({value, 0, 0});
}

Outcome General::unary() const {
  std::uint64_t value = 0;
  if (!load(first_, value)) return Outcome::kFault;
  Computed result;
  switch (instruction_.operation) {
    case Operation::kIncrement:
      result = add(value, 1, false, first_.size);
      result.changed &= ~std::uint64_t{kCarry};
      break;
    case Operation::kDecrement:
      result = subtract(value, 1, false, first_.size);
      result.changed &= ~std::uint64_t{kCarry};
      break;
    case Operation::kNegate:
      result = subtract(0, value, false, first_.size);
      break;
    default:
      result.value = ~value & mask_of(first_.size);
      break;
  }
  return finish(result);
}

Outcome General::binary() const {
  const unsigned size = first_.size;
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  if (!load(first_, a) || !load(second_, b)) return Outcome::kFault;
  b &= mask_of(size);
  switch (instruction_.operation) {
    case Operation::kAdd:
      return finish(add(a, b, false, size));
    case Operation::kAddWithCarry:
      return finish(add(a, b, carry(), size));
    case Operation::kSubtract:
      return finish(subtract(a, b, false, size));
    case Operation::kSubtractWithBorrow:
      return finish(subtract(a, b, carry(), size));
    case Operation::kAnd:
      return finish(logical(a & b, size));
    case Operation::kOr:
      return finish(logical(a | b, size));
    case Operation::kXor:
      return finish(logical(a ^ b, size));
    case Operation::kTest:
      set_flags(logical(a & b, size));
      break;
    default:
      set_flags(subtract(a, b, false, size));
      break;
  }
  return execution_.done();
}

Outcome General::shift() const {
  const unsigned size = first_.size;
  std::uint64_t value = 0;
  std::uint64_t count = 0;
  if (!load(first_, value) || !load(second_, count)) return Outcome::kFault;
  switch (instruction_.operation) {
    case Operation::kShiftLeft:
      return finish(shift_left(value, count, size));
    case Operation::kShiftRight:
      return finish(shift_right(value, count, size));
    case Operation::kShiftRightSigned:
      return finish(shift_right_signed(value, count, size));
    case Operation::kRotateLeft:
      return finish(rotate_left(value, count, size));
    default:
      return finish(rotate_right(value, count, size));
  }
}

Outcome General::bit() const {
  const MemoryOperand& operand = instruction_.memory[0];
  const std::uint64_t address =
      address_of(operand, registers_, bit_offset(instruction_, registers_));
  std::uint64_t value = 0;
  std::uint64_t number = 0;
  if (!load(second_, number)) return Outcome::kFault;
  if (!execution_.load(address, operand.size, value)) return Outcome::kFault;
  const std::uint64_t bit = std::uint64_t{1} << (number & (8 * operand.size - 1U));
  std::uint64_t after = value ^ bit;
  if (instruction_.operation == Operation::kBitSet) after = value | bit;
  if (instruction_.operation == Operation::kBitReset) after = value & ~bit;
  if (operand.writes && !execution_.store(address, operand.size, after)) return Outcome::kFault;
  set_flags({0, (value & bit) != 0 ? kCarry : 0U, kCarry});
  return execution_.done();
}

Outcome General::exchange() const {
  // xchg's operand in memory may be named second by the decoder's tables; xadd's never is.
  const bool swapped = first_.kind != Operand::Kind::kMemory;
  const Operand& memory = swapped ? second_ : first_;
  const Operand& reg = swapped ? first_ : second_;
  std::uint64_t before = 0;
  std::uint64_t other = 0;
  if (!load(memory, before) || !load(reg, other)) return Outcome::kFault;
  const bool adds = instruction_.operation == Operation::kExchangeAdd;
  const Computed result = adds ? add(before, other, false, memory.size) : Computed{other, 0, 0};
  if (!store(memory, result.value)) return Outcome::kFault;
  set_flags(result);
  (void)store(reg, before);  // a register always can
  return execution_.done();
}

Outcome General::compare_exchange() const {
  const unsigned size = first_.size;
  std::uint64_t before = 0;
  std::uint64_t wanted = 0;
  if (!load(first_, before) || !load(second_, wanted)) return Outcome::kFault;
  const std::uint64_t expected = read_register(registers_, kRax, size);
  const bool equal = expected == before;
  if (!store(first_, equal ? wanted : before)) return Outcome::kFault;
  set_flags(subtract(expected, before, false, size));
  if (!equal) write_register(registers_, kRax, size, before);
  return execution_.done();
}

Outcome General::compare_exchange_pair() const {
  const MemoryOperand& operand = instruction_.memory[0];
  const unsigned half = operand.size / 2U;
  const std::uint64_t address = address_of(operand, registers_);
  if (half == 8 && address % 16 != 0) return Outcome::kNeedsStep;
  std::array<std::byte, 16> bytes{};
  const auto all = std::span(bytes).first(operand.size);
  if (!execution_.memory.read(address, all)) return Outcome::kFault;
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  std::memcpy(&low, all.data(), half);
  std::memcpy(&high, all.data() + half, half);
  const bool equal =
      low == read_register(registers_, kRax, half) && high == read_register(registers_, kRdx, half);
  if (equal) {
    std::memcpy(all.data(), &registers_.rbx, half);
    std::memcpy(all.data() + half, &registers_.rcx, half);
  }
  if (!execution_.memory.write(address, all)) return Outcome::kFault;
  if (!equal) {
    write_register(registers_, kRax, half, low);
    write_register(registers_, kRdx, half, high);
  }
  set_flags({0, equal ? kZero : 0U, kZero});
  return execution_.done();
}

Outcome General::conditional() const {
  const bool true_now = holds(instruction_.condition, registers_.eflags);
  if (instruction_.operation == Operation::kSetCondition) return finish({true_now ? 1U : 0U, 0, 0});
  // The operand is read, and a register of 32 bits extended, also where the condition is false.
  std::uint64_t value = 0;
  if (!load(second_, value)) return Outcome::kFault;
  if (!true_now) (void)load(first_, value);
  return finish({value, 0, 0});
}

Outcome General::multiply_operands() const {
  const bool three = instruction_.operands[2].kind != Operand::Kind::kNone;
  const unsigned size = first_.size;
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  if (!load(second_, a) || !load(three ? instruction_.operands[2] : first_, b)) {
    return Outcome::kFault;
  }
  const Product product = multiply_signed(a, b & mask_of(size), size);
  return finish({product.low, product.flags, kCarry | kOverflow});
}

Outcome General::multiply_wide() const {
  const unsigned size = first_.size;
  std::uint64_t by = 0;
  if (!load(first_, by)) return Outcome::kFault;
  const std::uint64_t value = read_register(registers_, kRax, size);
  const Product product = instruction_.operation == Operation::kMultiplyWide
                              ? multiply(value, by, size)
                              : multiply_signed(value, by, size);
  if (size == 1) {
    write_register(registers_, kRax, 2, product.low | (product.high << 8));
  } else {
    write_register(registers_, kRax, size, product.low);
    write_register(registers_, kRdx, size, product.high);
  }
  set_flags({0, product.flags, kCarry | kOverflow});
  return execution_.done();
}

Outcome General::divide_wide() const {
  const unsigned size = first_.size;
  std::uint64_t by = 0;
  if (!load(first_, by)) return Outcome::kFault;
  const std::uint64_t low = read_register(registers_, kRax, size);
  // The upper half of a dividend of 16 bits is in ah.
  const std::uint64_t high =
      size == 1 ? read_register(registers_, kRax, 1, true) : read_register(registers_, kRdx, size);
  const Quotient result = instruction_.operation == Operation::kDivide
                              ? divide(high, low, by, size)
                              : divide_signed(high, low, by, size);
  if (!result.fits) return Outcome::kNeedsStep;
  if (size == 1) {
    write_register(registers_, kRax, 2, result.quotient | (result.remainder << 8));
  } else {
    write_register(registers_, kRax, size, result.quotient);
    write_register(registers_, kRdx, size, result.remainder);
  }
  return execution_.done();
}

Outcome General::push_or_pop() const {
  const bool push = instruction_.operation == Operation::kPush;
  const std::uint64_t explicit_address = address_of(instruction_.memory[0], registers_);
  const std::uint64_t stack_address = address_of(instruction_.memory[1], registers_);
  const unsigned size = first_.size;
  std::uint64_t value = 0;
  if (!execution_.load(push ? explicit_address : stack_address, size, value)) {
    return Outcome::kFault;
  }
  if (!execution_.store(push ? stack_address : explicit_address, size, value)) {
    return Outcome::kFault;
  }
  registers_.rsp = push ? registers_.rsp - size : registers_.rsp + size;
  return execution_.done();
}

Outcome General::branch() const {
  std::uint64_t target = 0;
  if (!load(first_, target)) return Outcome::kFault;
  // A target that is not canonical is a general protection fault of this instruction.
  if ((target >> 47) != 0) return Outcome::kNeedsStep;
  if (instruction_.operation == Operation::kCall) {
    const std::uint64_t back = registers_.rip + instruction_.length;
    if (!execution_.store(address_of(instruction_.memory[1], registers_), 8, back)) {
      return Outcome::kFault;
    }
    registers_.rsp -= 8;
  }
  (void)execution_.done();
  registers_.rip = target;
  return Outcome::kDone;
}

Outcome General::run() {
  switch (instruction_.operation) {
    case Operation::kMove:
    case Operation::kMoveSignExtended:
    case Operation::kMoveByteSwapped:
      return move();
    case Operation::kIncrement:
    case Operation::kDecrement:
    case Operation::kNegate:
    case Operation::kNot:
      return unary();
    case Operation::kShiftLeft:
    case Operation::kShiftRight:
    case Operation::kShiftRightSigned:
    case Operation::kRotateLeft:
    case Operation::kRotateRight:
      return shift();
    case Operation::kBitTest:
    case Operation::kBitSet:
    case Operation::kBitReset:
    case Operation::kBitComplement:
      return bit();
    case Operation::kExchange:
    case Operation::kExchangeAdd:
      return exchange();
    case Operation::kCompareExchange:
      return compare_exchange();
    case Operation::kCompareExchangePair:
      return compare_exchange_pair();
    case Operation::kConditionalMove:
    case Operation::kSetCondition:
      return conditional();
    case Operation::kMultiply:
      return multiply_operands();
    case Operation::kMultiplyWide:
    case Operation::kMultiplyWideSigned:
      return multiply_wide();
    case Operation::kDivide:
    case Operation::kDivideSigned:
      return divide_wide();
    case Operation::kPush:
    case Operation::kPop:
      return push_or_pop();
    case Operation::kCall:
    case Operation::kJump:
      return branch();
    default:
      return binary();
  }
}

}  // namespace

Outcome Execution::done() const {
  registers.rip += instruction.length;
  registers.eflags &= ~std::uint64_t{kResume};
  return Outcome::kDone;
}

bool Execution::load(std::uint64_t address, unsigned size, std::uint64_t& value) const {
  std::array<std::byte, 8> bytes{};
  if (!memory.read(address, std::span(bytes).first(size))) return false;
  value = std::bit_cast<std::uint64_t>(bytes);
  return true;
}

bool Execution::store(std::uint64_t address, unsigned size, std::uint64_t value) const {
  const auto bytes = std::bit_cast<std::array<std::byte, 8>>(value);
  return memory.write(address, std::span(bytes).first(size));
}

std::uint64_t bit_offset(const Instruction& instruction, const user_regs_struct& registers) {
  const Operand& number = instruction.operands[1];
  if (instruction.operation < Operation::kBitTest ||
      instruction.operation > Operation::kBitComplement ||
      number.kind != Operand::Kind::kRegister) {
    return 0;
  }
  const auto bit = static_cast<std::int64_t>(
      sign_extended(read_register(registers, number.number, number.size), number.size));
  const std::int64_t bits = 8 * number.size;
  return static_cast<std::uint64_t>((bit & ~(bits - 1)) >> 3);
}

Outcome execute(const Instruction& instruction, user_regs_struct& registers,
                VectorRegisters& vectors, Memory& memory) {
  const Execution execution{instruction, registers, vectors, memory};
  if (instruction.operation == Operation::kStep) return Outcome::kNeedsStep;
  if (is_string(instruction.operation)) return execute_string(execution);
  if (instruction.operation >= Operation::kVectorLoad) return execute_vector(execution);
  return General(execution).run();
}

}  // namespace ipcgrade::x86
