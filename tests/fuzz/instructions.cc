// Machine code: what is decoded, which memory it touches, and what it does to it. The first eight
// bytes choose the registers, the rest is code, which is followed from its beginning.
#include <array>
#include <cstring>
#include <random>
#include <span>
#include <string_view>

#include "fuzz/fuzz.h"
#include "x86/accesses.h"
#include "x86/execute.h"
#include "x86/registers.h"

namespace {

using namespace ipcgrade;
using fuzz::expect;

constexpr std::uint64_t kBase = 0x10000;
constexpr std::uint64_t kSize = 0x2000;

/// Some memory; what execute() does to it must be among what accesses() said.
class SomeMemory final : public x86::Memory {
 public:
  bool read(std::uint64_t address, std::span<std::byte> into) override {
    check(address, into.size(), false);
    if (!holds(address, into.size())) return false;
    std::memcpy(into.data(), bytes.data() + (address - kBase), into.size());
    return true;
  }
  bool write(std::uint64_t address, std::span<const std::byte> from) override {
    check(address, from.size(), true);
    if (!holds(address, from.size())) return false;
    std::memcpy(bytes.data() + (address - kBase), from.data(), from.size());
    return true;
  }

  std::array<std::byte, kSize> bytes{};
  const x86::Accesses* told = nullptr;  ///< nullptr: it may be read as anybody likes

 private:
  static bool holds(std::uint64_t address, std::uint64_t size) {
    return address >= kBase && address - kBase <= kSize && size <= kSize - (address - kBase);
  }
  void check(std::uint64_t address, std::uint64_t size, bool writes) const {
    if (told == nullptr) {
      expect(!writes, "who asks what is touched changes nothing");
      return;
    }
    if (address + size < address) return;  // no memory is there
    expect(std::any_of(told->begin(), told->end(),
                       [&](const x86::Access& one) {
                         return (writes ? one.writes : one.reads || one.writes) &&
                                address - one.address < one.size &&
                                size <= one.size - (address - one.address);
                       }),
           "what is done to memory was told before");
  }
};

class SomeVectors final : public x86::VectorRegisters {
 public:
  bool read(unsigned number, std::span<std::byte> into) override {
    if (number >= kCount || into.size() > kWidth) return false;
    std::memcpy(into.data(), all[number].data(), into.size());
    return true;
  }
  bool write(unsigned number, std::span<const std::byte> from, Above above) override {
    if (number >= kCount || from.size() > kWidth) return false;
    if (above == Above::kClear) all[number].fill(std::byte{0});
    std::memcpy(all[number].data(), from.data(), from.size());
    return true;
  }

  static constexpr unsigned kCount = 32;
  static constexpr std::size_t kWidth = 64;
  std::array<std::array<std::byte, kWidth>, kCount> all{};
};

user_regs_struct some_registers(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  user_regs_struct registers{};
  for (const auto one : x86::kGeneralRegisters) {
    const std::uint64_t value = random();
    // Most lead to memory that is there, and some are counts.
    registers.*one = value % 8 == 0 ? value : value % 8 == 1 ? value >> 56 : kBase + value % kSize;
  }
  registers.eflags = (random() & (x86::kArithmeticFlags | x86::kDirection)) | 2;
  registers.fs_base = kBase;
  registers.gs_base = kBase + 8;
  return registers;
}

bool are_same(const user_regs_struct& one, const user_regs_struct& other) {
  return std::memcmp(&one, &other, sizeof one) == 0;
}

void check_instruction(const x86::Instruction& instruction, user_regs_struct& registers,
                       SomeMemory& memory, SomeVectors& vectors) {
  memory.told = nullptr;
  const x86::Accesses told = accesses(instruction, registers, memory);
  expect(told.size() <= instruction.memory_count, "an operand is one access");
  for (const x86::Access& one : told) {
    expect(one.size > 0 && one.address + (one.size - 1) >= one.address, "an access has an end");
    expect(one.reads || one.writes, "an access reads or writes");
  }
  const user_regs_struct before = registers;
  const auto memory_before = memory.bytes;
  const auto vectors_before = vectors.all;
  memory.told = &told;
  const x86::Outcome outcome = execute(instruction, registers, vectors, memory);
  memory.told = nullptr;
  if (outcome == x86::Outcome::kDone) {
    expect(instruction.operation != x86::Operation::kStep, "what is for the task is left to it");
    return;
  }
  if (outcome == x86::Outcome::kFault && is_string(instruction.operation)) return;
  expect(are_same(before, registers), "what is not done changes no register");
  expect(memory_before == memory.bytes, "what is not done changes no memory");
  expect(vectors_before == vectors.all, "what is not done changes no vector register");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  user_regs_struct registers = some_registers(input.take<std::uint64_t>());
  const std::string_view rest = input.rest();
  std::span<const std::byte> code = std::as_bytes(std::span(rest.data(), rest.size()));
  SomeMemory memory;
  SomeVectors vectors;
  bool has_atomic = false;
  while (!code.empty()) {
    const auto instruction = x86::decode(code);
    if (!instruction) {
      code = code.subspan(1);
      continue;
    }
    const std::size_t length = instruction->length;
    expect(length > 0 && length <= std::min(code.size(), x86::kLongestInstruction),
           "an instruction is in its bytes");
    const auto alone = x86::decode(code.first(length));
    expect(alone && alone->length == length && alone->operation == instruction->operation &&
               alone->memory_count == instruction->memory_count,
           "what follows an instruction does not change it");
    expect(length == 1 || !x86::decode(code.first(length - 1)), "no instruction ends in another");
    has_atomic = has_atomic || instruction->atomic;
    check_instruction(*instruction, registers, memory, vectors);
    code = code.subspan(length);
  }
  const auto all = std::as_bytes(std::span(rest.data(), rest.size()));
  expect(x86::has_atomic(all) == has_atomic, "atomic instructions are found");
  return 0;
}
