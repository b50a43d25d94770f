// movs, stos, lods, cmps and scas, once or repeated.
// Source: Intel SDM, volume 2, "REP/REPE/REPZ/REPNE/REPNZ", and volume 1, 7.3.9.3.
#include <algorithm>
#include <array>

#include "x86/accesses.h"
#include "x86/arithmetic.h"
#include "x86/execution.h"
#include "x86/registers.h"

namespace ipcgrade::x86 {
namespace {

constexpr std::size_t kPage = 4096;

class StringExecution {
 public:
  explicit StringExecution(const Execution& execution)
      : execution_(execution),
        instruction_(execution.instruction),
        registers_(execution.registers),
        width_(instruction_.narrow_counter ? 4 : 8),
        size_(instruction_.memory[0].size) {}

  Outcome run();

 private:
  [[nodiscard]] bool repeats() const { return instruction_.repeat != Repeat::kOnce; }
  [[nodiscard]] bool compares() const {
    return instruction_.operation == Operation::kCompareString ||
           instruction_.operation == Operation::kScanString;
  }
  [[nodiscard]] bool downwards() const { return (registers_.eflags & kDirection) != 0; }
  [[nodiscard]] std::uint64_t left() const { return read_register(registers_, kRcx, width_); }
  [[nodiscard]] std::uint64_t address(std::size_t operand) const {
    return address_of(instruction_.memory[operand], registers_);
  }

  bool element();
  bool compare(std::uint64_t a, std::uint64_t b);
  /// Many elements at once; 0 where that can't be done, and they have to go one by one.
  std::uint64_t block();
  [[nodiscard]] std::size_t longest_block() const;
  void advance(std::uint64_t elements);
  void advance(std::uint8_t number, std::uint64_t elements);

  const Execution& execution_;
  const Instruction& instruction_;
  user_regs_struct& registers_;
  const unsigned width_;  ///< of the counter and the addresses
  const unsigned size_;   ///< of an element
  Computed comparison_;
};

void StringExecution::advance(std::uint8_t number, std::uint64_t elements) {
  const std::uint64_t before = read_register(registers_, number, width_);
  const std::uint64_t bytes = elements * size_;
  write_register(registers_, number, width_, downwards() ? before - bytes : before + bytes);
}

void StringExecution::advance(std::uint64_t elements) {
  for (const MemoryOperand& operand : instruction_.memory_operands()) {
    advance(operand.base, elements);
  }
  if (repeats()) write_register(registers_, kRcx, width_, left() - elements);
}

bool StringExecution::compare(std::uint64_t a, std::uint64_t b) {
  comparison_ = subtract(a, b, false, size_);
  return true;
}

bool StringExecution::element() {
  std::uint64_t value = 0;
  std::uint64_t other = 0;
  switch (instruction_.operation) {
    case Operation::kMoveString:
      return execution_.load(address(1), size_, value) &&
             execution_.store(address(0), size_, value);
    case Operation::kStoreString:
      return execution_.store(address(0), size_, registers_.rax);
    case Operation::kLoadString:
      if (!execution_.load(address(0), size_, value)) return false;
      write_register(registers_, kRax, size_, value);
      return true;
    case Operation::kCompareString:
      return execution_.load(address(0), size_, value) &&
             execution_.load(address(1), size_, other) && compare(value, other);
    default:
      return execution_.load(address(0), size_, value) &&
             compare(read_register(registers_, kRax, size_), value);
  }
}

/// How many bytes can be moved at once so that none is read that is written before it in the same
/// block, as a copy forwards onto itself does on purpose. The two addresses may be views of one
/// object: then they tell the distance within it up to whole pages.
std::size_t StringExecution::longest_block() const {
  if (instruction_.operation == Operation::kStoreString) return kPage;
  const std::uint64_t distance = (address(0) - address(1)) % kPage;
  return distance == 0 ? kPage : distance;
}

std::uint64_t StringExecution::block() {
  const bool moves = instruction_.operation == Operation::kMoveString;
  const bool stores = instruction_.operation == Operation::kStoreString;
  if ((!moves && !stores) || !repeats() || downwards() || width_ != 8) return 0;
  const std::uint64_t elements = std::min<std::uint64_t>(left(), longest_block() / size_);
  if (elements < 2) return 0;
  std::array<std::byte, kPage> buffer;
  const auto bytes = std::span(buffer).first(elements * size_);
  if (moves) {
    if (!execution_.memory.read(address(1), bytes)) return 0;
  } else {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<std::byte>(registers_.rax >> (8 * (i % size_)));
    }
  }
  return execution_.memory.write(address(0), bytes) ? elements : 0;
}

Outcome StringExecution::run() {
  // Intel's processors clear the upper half of rcx even if ecx is 0; others may not.
  if (repeats() && left() == 0) write_register(registers_, kRcx, width_, 0);
  // Blocks that were refused once are not tried again: what is left ends soon, or is in pieces.
  bool try_blocks = true;
  while (!repeats() || left() != 0) {
    const std::uint64_t moved = try_blocks ? block() : 0;
    if (moved != 0) {
      advance(moved);
      continue;
    }
    try_blocks = false;
    if (!element()) return Outcome::kFault;
    advance(1);
    if (!repeats()) break;
    const bool equal = (comparison_.flags & kZero) != 0;
    if (compares() && equal != (instruction_.repeat == Repeat::kWhileEqual)) break;
  }
  // Not before the end: a fault on the way leaves the flags as they were.
  registers_.eflags = (registers_.eflags & ~comparison_.changed) | comparison_.flags;
  return execution_.done();
}

/// For instructions that have no use for them.
class NoVectors final : public VectorRegisters {
 public:
  bool read(unsigned /*number*/, std::span<std::byte> /*into*/) override { return false; }
  bool write(unsigned /*number*/, std::span<const std::byte> /*from*/, Above /*above*/) override {
    return false;
  }
};

}  // namespace

Outcome execute_string(const Execution& execution) { return StringExecution(execution).run(); }

std::uint64_t count_elements(const Instruction& instruction, const user_regs_struct& registers,
                             Memory& memory) {
  const unsigned width = instruction.narrow_counter ? 4 : 8;
  const std::uint64_t most = read_register(registers, kRcx, width);
  if (instruction.repeat == Repeat::kOnce) return 1;
  if (instruction.operation != Operation::kCompareString &&
      instruction.operation != Operation::kScanString) {
    return most;
  }
  // These only read, so they can be done on a copy of the registers.
  user_regs_struct copy = registers;
  NoVectors vectors;
  const Outcome outcome = execute_string({instruction, copy, vectors, memory});
  const std::uint64_t done = most - read_register(copy, kRcx, width);
  return outcome == Outcome::kFault ? done + 1 : done;
}

}  // namespace ipcgrade::x86
