// execute() against the processor, on random registers, memory and addresses.
#include "x86/execute.h"

#include <gtest/gtest.h>

#include <cstring>

#include "encoder.h"
#include "native_machine.h"
#include "random_state.h"
#include "x86/accesses.h"
#include "x86/registers.h"

namespace ipcgrade::x86 {
namespace {

constexpr int kCases = 2000;
constexpr std::uint64_t kLogicUndefined = kAdjust;
constexpr std::uint64_t kProductUndefined = kSign | kZero | kAdjust | kParity;
constexpr std::uint64_t kBitUndefined = kOverflow | kSign | kAdjust | kParity;

std::vector<Form> arithmetic_forms() {
  std::vector<Form> forms;
  const char* names[] = {"add", "or", "adc", "sbb", "and", "sub", "xor", "cmp"};
  for (int i = 0; i < 8; ++i) {
    const std::string name = names[i];
    const auto code = static_cast<std::uint8_t>(8 * i);
    const bool logic = name == "or" || name == "and" || name == "xor";
    const std::uint64_t undefined = logic ? kLogicUndefined : 0;
    const auto put = [&](const std::string& what, Form form) {
      form.name = name + what;
      form.undefined = undefined;
      forms.push_back(form);
    };
    const bool locks = name != "cmp";
    const auto plus = [&](int more) { return static_cast<std::uint8_t>(code + more); };
    put("_mem8_reg", {.name = {}, .opcode = {plus(0)}, .byte = true, .lockable = locks});
    put("_mem_reg", {.name = {}, .opcode = {plus(1)}, .lockable = locks});
    put("_reg8_mem", {.name = {}, .opcode = {plus(2)}, .byte = true});
    put("_reg_mem", {.name = {}, .opcode = {plus(3)}});
    put("_mem8_imm", {.name = {},
                      .opcode = {0x80},
                      .digit = i,
                      .byte = true,
                      .immediate = 1,
                      .lockable = locks});
    put("_mem_imm", {.name = {}, .opcode = {0x81}, .digit = i, .immediate = 4, .lockable = locks});
    put("_mem_imm8", {.name = {}, .opcode = {0x83}, .digit = i, .immediate = 1, .lockable = locks});
  }
  return forms;
}

std::vector<Form> one_operand_forms() {
  return {
      {.name = "inc8", .opcode = {0xfe}, .digit = 0, .byte = true, .lockable = true},
      {.name = "inc", .opcode = {0xff}, .digit = 0, .lockable = true},
      {.name = "dec8", .opcode = {0xfe}, .digit = 1, .byte = true, .lockable = true},
      {.name = "dec", .opcode = {0xff}, .digit = 1, .lockable = true},
      {.name = "not8", .opcode = {0xf6}, .digit = 2, .byte = true, .lockable = true},
      {.name = "not", .opcode = {0xf7}, .digit = 2, .lockable = true},
      {.name = "neg8", .opcode = {0xf6}, .digit = 3, .byte = true, .lockable = true},
      {.name = "neg", .opcode = {0xf7}, .digit = 3, .lockable = true},
      {.name = "push", .opcode = {0xff}, .digit = 6, .sizes = {2, 4}},
      {.name = "pop", .opcode = {0x8f}, .digit = 0, .sizes = {2, 4}},
      {.name = "test8_imm",
       .opcode = {0xf6},
       .digit = 0,
       .byte = true,
       .immediate = 1,
       .undefined = kLogicUndefined},
      {.name = "test_imm",
       .opcode = {0xf7},
       .digit = 0,
       .immediate = 4,
       .undefined = kLogicUndefined},
      {.name = "test8", .opcode = {0x84}, .byte = true, .undefined = kLogicUndefined},
      {.name = "test", .opcode = {0x85}, .undefined = kLogicUndefined},
      {.name = "mul8", .opcode = {0xf6}, .digit = 4, .byte = true, .undefined = kProductUndefined},
      {.name = "mul", .opcode = {0xf7}, .digit = 4, .undefined = kProductUndefined},
      {.name = "imul8", .opcode = {0xf6}, .digit = 5, .byte = true, .undefined = kProductUndefined},
      {.name = "imul", .opcode = {0xf7}, .digit = 5, .undefined = kProductUndefined},
      {.name = "imul_reg", .opcode = {0x0f, 0xaf}, .undefined = kProductUndefined},
      {.name = "imul_imm", .opcode = {0x69}, .immediate = 4, .undefined = kProductUndefined},
      {.name = "imul_imm8", .opcode = {0x6b}, .immediate = 1, .undefined = kProductUndefined},
      {.name = "div8", .opcode = {0xf6}, .digit = 6, .byte = true, .undefined = kArithmeticFlags},
      {.name = "div", .opcode = {0xf7}, .digit = 6, .undefined = kArithmeticFlags},
      {.name = "idiv8", .opcode = {0xf6}, .digit = 7, .byte = true, .undefined = kArithmeticFlags},
      {.name = "idiv", .opcode = {0xf7}, .digit = 7, .undefined = kArithmeticFlags},
  };
}

std::vector<Form> move_forms() {
  std::vector<Form> forms = {
      {.name = "mov_mem8_reg", .opcode = {0x88}, .byte = true},
      {.name = "mov_mem_reg", .opcode = {0x89}},
      {.name = "mov_reg8_mem", .opcode = {0x8a}, .byte = true},
      {.name = "mov_reg_mem", .opcode = {0x8b}},
      {.name = "mov_mem8_imm", .opcode = {0xc6}, .digit = 0, .byte = true, .immediate = 1},
      {.name = "mov_mem_imm", .opcode = {0xc7}, .digit = 0, .immediate = 4},
      {.name = "movnti", .opcode = {0x0f, 0xc3}, .sizes = {4, 8}},
      {.name = "movbe_load", .opcode = {0x0f, 0x38, 0xf0}},
      {.name = "movbe_store", .opcode = {0x0f, 0x38, 0xf1}},
      {.name = "movzx8", .opcode = {0x0f, 0xb6}},
      {.name = "movzx16", .opcode = {0x0f, 0xb7}},
      {.name = "movsx8", .opcode = {0x0f, 0xbe}},
      {.name = "movsx16", .opcode = {0x0f, 0xbf}},
      {.name = "movsxd", .opcode = {0x63}, .sizes = {4, 8}},
      {.name = "xchg8", .opcode = {0x86}, .byte = true, .lockable = true},
      {.name = "xchg", .opcode = {0x87}, .lockable = true},
      {.name = "xadd8", .opcode = {0x0f, 0xc0}, .byte = true, .lockable = true},
      {.name = "xadd", .opcode = {0x0f, 0xc1}, .lockable = true},
      {.name = "cmpxchg8", .opcode = {0x0f, 0xb0}, .byte = true, .lockable = true},
      {.name = "cmpxchg", .opcode = {0x0f, 0xb1}, .lockable = true},
      {.name = "cmpxchg8b", .opcode = {0x0f, 0xc7}, .digit = 1, .lockable = true, .memory = 8},
      {.name = "cmpxchg16b",
       .opcode = {0x0f, 0xc7},
       .digit = 1,
       .lockable = true,
       .memory = 16,
       .aligned = true,
       .w = true},
  };
  for (int i = 0; i < 16; ++i) {
    const auto code = static_cast<std::uint8_t>(i);
    forms.push_back({.name = "cmov" + std::to_string(i),
                     .opcode = {0x0f, static_cast<std::uint8_t>(0x40 + code)}});
    forms.push_back({.name = "set" + std::to_string(i),
                     .opcode = {0x0f, static_cast<std::uint8_t>(0x90 + code)},
                     .digit = 0,
                     .byte = true});
  }
  return forms;
}

std::vector<Form> bit_forms() {
  std::vector<Form> forms;
  const char* bits[] = {"bt", "bts", "btr", "btc"};
  for (int i = 0; i < 4; ++i) {
    forms.push_back({.name = bits[i],
                     .opcode = {0x0f, static_cast<std::uint8_t>(0xa3 + 8 * i)},
                     .lockable = i != 0,
                     .undefined = kBitUndefined});
    forms.push_back({.name = std::string(bits[i]) + "_imm",
                     .opcode = {0x0f, 0xba},
                     .digit = 4 + i,
                     .immediate = 1,
                     .lockable = i != 0,
                     .undefined = kBitUndefined});
  }
  const std::pair<const char*, int> shifts[] = {{"rol", 0}, {"ror", 1}, {"shl", 4},
                                                {"shr", 5}, {"sal", 6}, {"sar", 7}};
  for (const auto& [name, digit] : shifts) {
    const std::uint64_t once = digit < 4 ? 0 : kAdjust;
    const std::uint64_t many = once | kOverflow;
    const std::string text = name;
    forms.push_back({.name = text + "8_once",
                     .opcode = {0xd0},
                     .digit = digit,
                     .byte = true,
                     .undefined = once});
    forms.push_back({.name = text + "_once", .opcode = {0xd1}, .digit = digit, .undefined = once});
    forms.push_back(
        {.name = text + "8_cl", .opcode = {0xd2}, .digit = digit, .byte = true, .undefined = many});
    forms.push_back({.name = text + "_cl", .opcode = {0xd3}, .digit = digit, .undefined = many});
    forms.push_back({.name = text + "8_imm",
                     .opcode = {0xc0},
                     .digit = digit,
                     .byte = true,
                     .immediate = 1,
                     .undefined = many});
    forms.push_back({.name = text + "_imm",
                     .opcode = {0xc1},
                     .digit = digit,
                     .immediate = 1,
                     .undefined = many});
  }
  return forms;
}

class ExecuteTest : public testing::TestWithParam<Form> {
 protected:
  void SetUp() override {
    if (!machine_.available()) GTEST_SKIP() << "no memory that can be written and run, or no AVX";
  }

  NativeMachine machine_;
};

bool is_stack(const Form& form) { return form.name == "push" || form.name == "pop"; }

/// Makes the cases likely that random numbers alone would hardly show. False where the instruction
/// can't be run like this.
bool arrange(const Form& form, const Encoded& code, Random& random, std::span<std::byte> operand,
             std::uint64_t stack, user_regs_struct& registers) {
  const auto free = [&](int number) { return code.base != number && code.index != number; };
  const bool dividing = form.name.find("div") != std::string::npos;
  if (dividing && free(kRdx)) registers.rdx = random() % 3 - 1;
  if (form.name.starts_with("cmpxchg") && random() % 2 == 0) {
    const unsigned half = form.memory != 0 ? code.size / 2 : code.size;
    if (free(kRax)) std::memcpy(&registers.rax, operand.data(), half);
    if (form.memory != 0 && free(kRdx)) std::memcpy(&registers.rdx, &operand[half], half);
  }
  if (form.name.ends_with("_cl") && free(kRcx)) {
    registers.rcx = (registers.rcx & ~0xffULL) | random() % (8 * code.size + 1);
  }
  if (form.name.starts_with("bt") && form.digit < 0) {
    if (!free(static_cast<int>(code.reg))) return false;
    auto& number = registers.*kGeneralRegisters[code.reg];
    const std::uint64_t small = random() % 4096 - 2048;
    number = (number & ~mask_of(code.size)) | (small & mask_of(code.size));
  }
  if (is_stack(form)) {
    if (!free(kRsp)) return false;
    registers.rsp = stack;
  }
  return true;
}

/// What a shift leaves undefined depends on how far it goes.
bool says_nothing(const Form& form, const Encoded& code) {
  if (!form.name.ends_with("_imm") || form.digit < 0 || form.opcode[0] < 0xc0 ||
      form.opcode[0] > 0xc1) {
    return false;
  }
  const auto count = static_cast<unsigned>(code.bytes.back()) & (code.size == 8 ? 0x3f : 0x1f);
  return count > 8 * code.size;
}

TEST_P(ExecuteTest, DoesWhatTheProcessorDoes) {
  const Form& form = GetParam();
  Random random(std::hash<std::string>{}(form.name));
  RandomState states(machine_, random);
  ShadowMemory shadow(machine_.data_address(), machine_.data());
  int done = 0;
  for (int i = 0; i < kCases; ++i) {
    State native = states.next();
    Place place = states.place(form.aligned && random() % 10 != 0 ? form.memory : 1);
    const Encoded code = encode(form, place, random, native.general);
    const std::uint64_t offset = place.target - machine_.data_address();
    const std::uint64_t stack = machine_.data_address() + 4096 + random() % 1024;
    if (!arrange(form, code, random, shadow.data().subspan(offset, code.size), stack,
                 native.general)) {
      continue;
    }
    if (says_nothing(form, code)) continue;

    const std::string bytes = hexadecimal(code.bytes);
    const auto decoded = decode(code.bytes);
    ASSERT_TRUE(decoded.has_value()) << bytes;
    ASSERT_EQ(decoded->length, code.bytes.size()) << bytes;
    ASSERT_NE(decoded->operation, Operation::kStep) << bytes;
    EXPECT_EQ(decoded->atomic, code.locked || form.name.starts_with("xchg")) << bytes;
    if (!form.name.starts_with("bt") && !is_stack(form)) {
      const Accesses touched = accesses(*decoded, native.general, shadow);
      ASSERT_EQ(touched.size(), 1U) << bytes;
      ASSERT_EQ(touched[0].address, place.target) << bytes;
    }

    State ours = native;
    XsaveRegisters vectors(ours.xsave, machine_.layout());
    const Outcome outcome = execute(*decoded, ours.general, vectors, shadow);
    if (outcome == Outcome::kNeedsStep) {
      ASSERT_EQ(std::memcmp(&ours.general, &native.general, sizeof ours.general), 0) << bytes;
      continue;
    }
    ASSERT_EQ(outcome, Outcome::kDone) << bytes;
    machine_.run(code.bytes, native);
    ++done;
    ASSERT_EQ(difference(native, ours, form.undefined, machine_), "") << bytes;
    ASSERT_EQ(std::memcmp(shadow.data().data(), machine_.data().data(), shadow.data().size()), 0)
        << bytes;
  }
  EXPECT_GT(done, kCases / 8) << "the processor was hardly asked";
}

std::string name_of(const testing::TestParamInfo<Form>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Arithmetic, ExecuteTest, testing::ValuesIn(arithmetic_forms()), name_of);
INSTANTIATE_TEST_SUITE_P(OneOperand, ExecuteTest, testing::ValuesIn(one_operand_forms()), name_of);
INSTANTIATE_TEST_SUITE_P(Moves, ExecuteTest, testing::ValuesIn(move_forms()), name_of);
INSTANTIATE_TEST_SUITE_P(Bits, ExecuteTest, testing::ValuesIn(bit_forms()), name_of);

}  // namespace
}  // namespace ipcgrade::x86
