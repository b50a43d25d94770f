// execute() and accesses() of string instructions against the processor.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "encoder.h"
#include "native_machine.h"
#include "random_state.h"
#include "x86/accesses.h"
#include "x86/execute.h"
#include "x86/registers.h"

namespace ipcgrade::x86 {
namespace {

using testing::TestWithParam;

struct StringForm {
  std::string name;
  std::uint8_t opcode = 0;  ///< of the byte form; the next one has the wider ones
  bool source = false;      ///< uses rsi
  bool destination = false;

  /// For gtest.
  friend void PrintTo(const StringForm& form, std::ostream* out) { *out << form.name; }
};

class StringsTest : public TestWithParam<StringForm> {
 protected:
  void SetUp() override {
    if (!machine_.available()) GTEST_SKIP() << "no memory that can be written and run, or no AVX";
  }

  struct Case {
    std::vector<std::byte> bytes;
    unsigned size = 0;
    bool repeats = false;
    bool narrow = false;
  };
  Case next_case(Random& random) const;
  void set_registers(const Case& it, Random& random, user_regs_struct& registers) const;

  NativeMachine machine_;
};

StringsTest::Case StringsTest::next_case(Random& random) const {
  Case result;
  const auto put = [&](unsigned byte) { result.bytes.push_back(static_cast<std::byte>(byte)); };
  const auto prefix = static_cast<unsigned>(random() % 3);
  result.repeats = prefix != 0;
  result.narrow = random() % 4 == 0;
  result.size = 1U << (random() % 4);
  if (prefix != 0) put(prefix == 1 ? 0xf3 : 0xf2);
  if (result.narrow) put(0x67);
  if (result.size == 2) put(0x66);
  if (result.size == 8) put(0x48);
  put(GetParam().opcode + (result.size == 1 ? 0U : 1U));
  return result;
}

void StringsTest::set_registers(const Case& it, Random& random, user_regs_struct& registers) const {
  const std::uint64_t middle = machine_.data_address() + NativeMachine::kDataSize / 2;
  registers.rsi = middle + random() % 512 - 256;
  // Often so near that a copy runs into what it has written.
  registers.rdi =
      random() % 2 == 0 ? registers.rsi + random() % 65 - 32 : middle + random() % 512 - 256;
  registers.rcx = random() % 3 == 0 ? random() % 400 : random() % 20;
  if (random() % 3 == 0) registers.eflags |= kDirection;
  if (it.narrow) {
    // With 0, processors differ in what they leave in the upper half of rcx.
    registers.rcx += 1;
    for (auto member : {&user_regs_struct::rsi, &user_regs_struct::rdi, &user_regs_struct::rcx}) {
      registers.*member |= random() << 32;
    }
  }
}

struct Range {
  std::uint64_t address = 0;
  std::uint64_t size = 0;
};

/// What an index register went over, as the processor moved it.
Range range_between(const user_regs_struct& before, const user_regs_struct& after,
                    unsigned long long user_regs_struct::*member, unsigned element, bool narrow) {
  const std::uint64_t mask = mask_of(narrow ? 4 : 8);
  const std::uint64_t from = before.*member & mask;
  const std::uint64_t to = after.*member & mask;
  if ((before.eflags & kDirection) == 0) return {from, to - from};
  return {to + element, from - to};
}

void expect_touched(const Accesses& touched, const Range& range) {
  const auto is = [&](const Access& access) {
    return access.address == range.address && access.size == range.size;
  };
  if (range.size == 0) {
    EXPECT_TRUE(touched.empty());
  } else {
    EXPECT_TRUE(std::any_of(touched.begin(), touched.end(), is));
  }
}

TEST_P(StringsTest, DoesWhatTheProcessorDoes) {
  Random random(std::hash<std::string>{}(GetParam().name));
  RandomState states(machine_, random);
  // Few different values, so that comparisons find and miss.
  for (std::byte& byte : machine_.data()) byte = static_cast<std::byte>(random() % 8 == 0 ? 1 : 0);
  ShadowMemory shadow(machine_.data_address(), machine_.data());
  for (int i = 0; i < 20'000; ++i) {
    State native = states.next();
    const Case it = next_case(random);
    set_registers(it, random, native.general);
    if (random() % 2 == 0) native.general.rax = random() % 2;
    const std::string bytes = hexadecimal(it.bytes);
    const auto decoded = decode(it.bytes);
    ASSERT_TRUE(decoded.has_value()) << bytes;
    ASSERT_NE(decoded->operation, Operation::kStep) << bytes;

    const Accesses touched = accesses(*decoded, native.general, shadow);
    State ours = native;
    XsaveRegisters vectors(ours.xsave, machine_.layout());
    ASSERT_EQ(execute(*decoded, ours.general, vectors, shadow), Outcome::kDone) << bytes;
    const State before = native;
    machine_.run(it.bytes, native);
    ASSERT_EQ(difference(native, ours, 0, machine_), "") << bytes;
    ASSERT_EQ(std::memcmp(shadow.data().data(), machine_.data().data(), shadow.data().size()), 0)
        << bytes;

    const auto range = [&](auto member) {
      return range_between(before.general, native.general, member, it.size, it.narrow);
    };
    if (GetParam().source) {
      expect_touched(touched, range(&user_regs_struct::rsi));
    }
    if (GetParam().destination) {
      expect_touched(touched, range(&user_regs_struct::rdi));
    }
    if (HasFailure()) return;
  }
}

const StringForm kForms[] = {
    {"movs", 0xa4, true, true},  {"cmps", 0xa6, true, true},  {"stos", 0xaa, false, true},
    {"lods", 0xac, true, false}, {"scas", 0xae, false, true},
};

INSTANTIATE_TEST_SUITE_P(All, StringsTest, testing::ValuesIn(kForms),
                         [](const auto& instance) { return instance.param.name; });

class StringFaults : public testing::Test {
 protected:
  static constexpr std::uint64_t kAddress = 0x10000;

  Outcome run(std::initializer_list<unsigned char> code) {
    std::vector<std::byte> bytes;
    for (const unsigned char byte : code) bytes.push_back(static_cast<std::byte>(byte));
    const auto decoded = decode(bytes);
    touched = accesses(*decoded, registers, memory);
    return execute(*decoded, registers, vectors, memory);
  }

  std::array<std::byte, 64> zeros{};
  ShadowMemory memory{kAddress, zeros};
  user_regs_struct registers{};
  State state;
  XsaveRegisters vectors{state.xsave, XsaveLayout{}};
  Accesses touched;
};

TEST_F(StringFaults, AFillStopsWhereTheMemoryEnds) {
  registers.rdi = kAddress + 40;
  registers.rcx = 100;
  registers.rax = 0x0102030405060708;
  registers.rip = 7;
  EXPECT_EQ(run({0xf3, 0x48, 0xab}), Outcome::kFault);
  EXPECT_EQ(registers.rdi, kAddress + 64);
  EXPECT_EQ(registers.rcx, 97U);
  EXPECT_EQ(registers.rip, 7U);
  EXPECT_EQ(memory.data()[63], std::byte{1});
}

TEST_F(StringFaults, AHostileCountDoesNotWrapAround) {
  registers.rdi = kAddress;
  registers.rcx = ~0ULL;
  EXPECT_EQ(run({0xf3, 0x48, 0xab}), Outcome::kFault);
  ASSERT_EQ(touched.size(), 1U);
  EXPECT_EQ(touched[0].address, kAddress);
  EXPECT_EQ(touched[0].address + touched[0].size, ~0ULL);
}

TEST_F(StringFaults, AScanThatFaultsLeavesTheFlagsAndTouchesTheByteAfterTheEnd) {
  registers.rdi = kAddress;
  registers.rcx = 1000;
  registers.rax = 1;
  registers.eflags = kZero | kOverflow;
  EXPECT_EQ(run({0xf2, 0xae}), Outcome::kFault);
  EXPECT_EQ(registers.eflags, kZero | kOverflow);
  EXPECT_EQ(registers.rcx, 1000U - 64);
  ASSERT_EQ(touched.size(), 1U);
  EXPECT_EQ(touched[0].size, 65U);
}

TEST_F(StringFaults, ACountOfZeroTouchesNothing) {
  registers.rdi = registers.rsi = 0;
  registers.rcx = 0;
  EXPECT_EQ(run({0xf3, 0xa4}), Outcome::kDone);
  EXPECT_TRUE(touched.empty());
  EXPECT_EQ(registers.rip, 2U);
}

}  // namespace
}  // namespace ipcgrade::x86
