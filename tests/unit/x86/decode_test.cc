// What decode() and accesses() tell of an instruction, and that no bytes at all confuse them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "encoder.h"
#include "native_machine.h"
#include "x86/accesses.h"
#include "x86/execute.h"

namespace ipcgrade::x86 {
namespace {

constexpr std::uint64_t kAddress = 0x10000;

Instruction decoded(std::initializer_list<unsigned char> code) {
  std::vector<std::byte> bytes;
  for (const unsigned char byte : code) bytes.push_back(static_cast<std::byte>(byte));
  return decode(bytes).value();
}

std::vector<Access> touched(const Instruction& instruction, const user_regs_struct& registers) {
  ShadowMemory memory(kAddress, std::array<std::byte, 64>{});
  const Accesses all = accesses(instruction, registers, memory);
  return {all.begin(), all.end()};
}

Access reads(std::uint64_t address, std::uint64_t size) { return {address, size, true, false}; }
Access writes(std::uint64_t address, std::uint64_t size) { return {address, size, false, true}; }
Access changes(std::uint64_t address, std::uint64_t size) { return {address, size, true, true}; }

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Decode, TellsAtomicInstructions) {
  EXPECT_TRUE(decoded({0xf0, 0xff, 0x00}).atomic);   // lock incl (%rax)
  EXPECT_FALSE(decoded({0xff, 0x00}).atomic);        // incl (%rax)
  EXPECT_TRUE(decoded({0x87, 0x08}).atomic);         // xchg %ecx, (%rax)
  EXPECT_FALSE(decoded({0x87, 0xc8}).atomic);        // xchg %ecx, %eax
  EXPECT_FALSE(decoded({0x0f, 0xb1, 0x08}).atomic);  // cmpxchg %ecx, (%rax)
}

TEST(Decode, ACutInstructionIsNone) {
  const std::array<std::byte, 1> half = {std::byte{0x8b}};
  EXPECT_FALSE(decode(half).has_value());
  EXPECT_FALSE(decode({}).has_value());
}

TEST(Decode, MasksAndGathersAreTold) {
  EXPECT_TRUE(decoded({0x62, 0xf1, 0xfe, 0x49, 0x6f, 0x00}).masked);  // vmovdqu64 (%rax), %zmm0{k1}
  EXPECT_FALSE(decoded({0x62, 0xf1, 0xfe, 0x48, 0x6f, 0x00}).masked);
  EXPECT_TRUE(decoded({0xc4, 0xe2, 0x75, 0x90, 0x04, 0x10}).scattered);  // vpgatherdd
}

TEST(AccessesTest, OfEachSort) {
  user_regs_struct registers{};
  registers.rax = kAddress;
  registers.rsp = 0x20000;
  registers.rip = 0x30000;
  registers.fs_base = 0x40000;
  EXPECT_THAT(touched(decoded({0x8b, 0x08}), registers), ElementsAre(reads(kAddress, 4)));
  EXPECT_THAT(touched(decoded({0x89, 0x08}), registers), ElementsAre(writes(kAddress, 4)));
  EXPECT_THAT(touched(decoded({0xff, 0x00}), registers), ElementsAre(changes(kAddress, 4)));
  EXPECT_THAT(touched(decoded({0x0f, 0xb1, 0x08}), registers),
              ElementsAre(changes(kAddress, 4)));  // cmpxchg
  EXPECT_THAT(touched(decoded({0x39, 0x08}), registers), ElementsAre(reads(kAddress, 4)));  // cmp
  EXPECT_THAT(touched(decoded({0x0f, 0x94, 0x00}), registers),
              ElementsAre(writes(kAddress, 1)));  // sete
  EXPECT_THAT(touched(decoded({0xff, 0x30}), registers),
              ElementsAre(reads(kAddress, 8), writes(0x20000 - 8, 8)));  // pushq
  EXPECT_THAT(touched(decoded({0x8f, 0x44, 0x24, 0x10}), registers),
              ElementsAre(writes(0x20000 + 8 + 16, 8), reads(0x20000, 8)));  // popq 16(%rsp)
  EXPECT_THAT(touched(decoded({0xff, 0x10}), registers),
              ElementsAre(reads(kAddress, 8), writes(0x20000 - 8, 8)));  // call *(%rax)
  EXPECT_THAT(touched(decoded({0x50}), registers), ElementsAre(writes(0x20000 - 8, 8)));
  EXPECT_THAT(touched(decoded({0xc3}), registers), ElementsAre(reads(0x20000, 8)));
  EXPECT_THAT(touched(decoded({0x8b, 0x05, 0x10, 0, 0, 0}), registers),
              ElementsAre(reads(0x30000 + 6 + 16, 4)));  // 16(%rip)
  EXPECT_THAT(touched(decoded({0x64, 0x8b, 0x08}), registers),
              ElementsAre(reads(kAddress + 0x40000, 4)));             // %fs:(%rax)
  EXPECT_THAT(touched(decoded({0x8d, 0x08}), registers), IsEmpty());  // lea
  EXPECT_THAT(touched(decoded({0xdd, 0x18}), registers),
              ElementsAre(writes(kAddress, 8)));  // fstpl
  EXPECT_THAT(touched(decoded({0xf3, 0x0f, 0x51, 0x00}), registers),
              ElementsAre(reads(kAddress, 4)));  // sqrtss
}

TEST(ExecuteTest, ACallPushesTheNextAddressAndGoes) {
  ShadowMemory memory(kAddress, std::array<std::byte, 64>{});
  const std::uint64_t target = 0x7000'1234'5678;
  std::memcpy(memory.data().data(), &target, 8);
  user_regs_struct registers{};
  registers.rax = kAddress;
  registers.rsp = kAddress + 64;
  registers.rip = 0x30000;
  State state;
  XsaveRegisters vectors(state.xsave, XsaveLayout{});
  EXPECT_EQ(execute(decoded({0xff, 0x10}), registers, vectors, memory), Outcome::kDone);
  EXPECT_EQ(registers.rip, target);
  EXPECT_EQ(registers.rsp, kAddress + 56);
  std::uint64_t back = 0;
  std::memcpy(&back, &memory.data()[56], 8);
  EXPECT_EQ(back, 0x30002U);
}

TEST(ExecuteTest, AFaultChangesNothing) {
  ShadowMemory memory(kAddress, std::array<std::byte, 64>{});
  memory.read_only = true;
  user_regs_struct registers{};
  registers.rax = kAddress;
  registers.rcx = 5;
  const user_regs_struct before = registers;
  State state;
  XsaveRegisters vectors(state.xsave, XsaveLayout{});
  for (const auto& instruction :
       {decoded({0x89, 0x08}), decoded({0xff, 0x00}), decoded({0x87, 0x08}),
        decoded({0xf0, 0x0f, 0xc1, 0x08}), decoded({0xf0, 0x0f, 0xb1, 0x08}),
        decoded({0x0f, 0xab, 0x08}), decoded({0x8f, 0x00}), decoded({0x0f, 0xc7, 0x08})}) {
    EXPECT_EQ(execute(instruction, registers, vectors, memory), Outcome::kFault);
    EXPECT_EQ(std::memcmp(&registers, &before, sizeof before), 0);
  }
}

TEST(ExecuteTest, ATrapOfAnotherSortIsLeftToTheProcessor) {
  ShadowMemory memory(kAddress, std::array<std::byte, 64>{});
  user_regs_struct registers{};
  registers.rax = kAddress;
  State state;
  XsaveRegisters vectors(state.xsave, XsaveLayout{});
  EXPECT_EQ(execute(decoded({0xf7, 0x30}), registers, vectors, memory), Outcome::kNeedsStep);
}

/// Says yes to everything, so that a wild instruction is followed as far as it goes.
class EndlessMemory final : public Memory {
 public:
  explicit EndlessMemory(Random& random) : random_(random) {}

  bool read(std::uint64_t /*address*/, std::span<std::byte> into) override {
    for (std::byte& byte : into) byte = static_cast<std::byte>(random_());
    return ++calls % 64 != 0;
  }
  bool write(std::uint64_t /*address*/, std::span<const std::byte> /*from*/) override {
    return ++calls % 64 != 0;
  }

  int calls = 0;

 private:
  Random& random_;
};

TEST(Fuzz, AnyBytes) {
  Random random(20240607);
  EndlessMemory memory(random);
  State state;
  XsaveRegisters vectors(state.xsave, XsaveLayout::of_this_machine());
  int known = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    // On the heap and no longer than said, for AddressSanitizer.
    std::vector<std::byte> bytes(random() % (kLongestInstruction + 3));
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
    const auto instruction = decode(bytes);
    if (!instruction) continue;
    ASSERT_GE(instruction->length, 1);
    ASSERT_LE(instruction->length, bytes.size());
    user_regs_struct registers{};
    for (std::size_t r = 0; r < sizeof registers / 8; ++r) {
      const std::uint64_t value = random() >> (random() % 64);
      std::memcpy(reinterpret_cast<std::byte*>(&registers) + 8 * r, &value, 8);
    }
    for (const Access& access : accesses(*instruction, registers, memory)) {
      ASSERT_NE(access.size, 0U);
      ASSERT_GE(access.address + (access.size - 1), access.address);
    }
    const user_regs_struct before = registers;
    if (execute(*instruction, registers, vectors, memory) == Outcome::kNeedsStep) {
      ASSERT_EQ(std::memcmp(&registers, &before, sizeof before), 0);
    } else {
      ++known;
    }
  }
  EXPECT_GT(known, 10'000);
}

}  // namespace
}  // namespace ipcgrade::x86
