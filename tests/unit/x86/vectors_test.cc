// execute() of vector instructions against the processor: the old encodings, VEX and EVEX.
#include <gtest/gtest.h>

#include <cstring>

#include "encoder.h"
#include "native_machine.h"
#include "random_state.h"
#include "x86/accesses.h"
#include "x86/execute.h"

namespace ipcgrade::x86 {
namespace {

constexpr int kCases = 1000;

struct Move {
  const char* name;
  std::uint8_t prefix;
  std::uint8_t opcode;
  unsigned memory;  ///< bytes; 0: as many as the register has
  bool aligned;
  bool w = false;      ///< in all encodings
  bool vex_v = false;  ///< the VEX form has a second source
};

constexpr Move kMoves[] = {
    {"movups_load", 0, 0x10, 0, false},
    {"movups_store", 0, 0x11, 0, false},
    {"movupd_load", 0x66, 0x10, 0, false},
    {"movaps_load", 0, 0x28, 0, true},
    {"movaps_store", 0, 0x29, 0, true},
    {"movapd_store", 0x66, 0x29, 0, true},
    {"movdqa_load", 0x66, 0x6f, 0, true},
    {"movdqa_store", 0x66, 0x7f, 0, true},
    {"movdqu_load", 0xf3, 0x6f, 0, false},
    {"movdqu_store", 0xf3, 0x7f, 0, false},
    {"movntps", 0, 0x2b, 0, true},
    {"movntdq", 0x66, 0xe7, 0, true},
    {"lddqu", 0xf2, 0xf0, 0, false},
    {"movss_load", 0xf3, 0x10, 4, false},
    {"movss_store", 0xf3, 0x11, 4, false},
    {"movsd_load", 0xf2, 0x10, 8, false},
    {"movsd_store", 0xf2, 0x11, 8, false},
    {"movd_load", 0x66, 0x6e, 4, false},
    {"movd_store", 0x66, 0x7e, 4, false},
    {"movq_load_w", 0x66, 0x6e, 8, false, true},
    {"movq_store_w", 0x66, 0x7e, 8, false, true},
    {"movq_load", 0xf3, 0x7e, 8, false},
    {"movq_store", 0x66, 0xd6, 8, false},
    {"movlps_load", 0, 0x12, 8, false, false, true},
    {"movlps_store", 0, 0x13, 8, false},
    {"movhps_load", 0, 0x16, 8, false, false, true},
    {"movhps_store", 0, 0x17, 8, false},
    {"movhpd_load", 0x66, 0x16, 8, false, false, true},
    {"movddup", 0xf2, 0x12, 8, false},
};

std::vector<Form> move_forms() {
  std::vector<Form> forms;
  for (const Move& move : kMoves) {
    Form form{.name = move.name,
              .opcode = {0x0f, move.opcode},
              .prefix = move.prefix,
              .memory = move.memory == 0 ? 16 : move.memory,
              .aligned = move.aligned,
              .w = move.w};
    forms.push_back(form);
    form.encoding = Encoding::kVex;
    form.opcode = {move.opcode};
    form.uses_v = move.vex_v;
    form.name = std::string("v") + move.name;
    forms.push_back(form);
    if (move.memory != 0) continue;
    form.name += "_256";
    form.memory = form.vector = 32;
    forms.push_back(form);
  }
  return forms;
}

std::vector<Form> evex_forms() {
  std::vector<Form> forms;
  for (const unsigned vector : {16U, 32U, 64U}) {
    const auto add = [&](std::string name, std::uint8_t prefix, std::uint8_t opcode, bool w,
                         bool aligned) {
      forms.push_back({.name = name + "_" + std::to_string(8 * vector),
                       .opcode = {opcode},
                       .prefix = prefix,
                       .memory = vector,
                       .aligned = aligned,
                       .encoding = Encoding::kEvex,
                       .vector = vector,
                       .w = w});
    };
    add("evex_movdqu64_load", 0xf3, 0x6f, true, false);
    add("evex_movdqu64_store", 0xf3, 0x7f, true, false);
    add("evex_movdqu8_load", 0xf2, 0x6f, false, false);
    add("evex_movdqa64_store", 0x66, 0x7f, true, true);
    add("evex_movups_load", 0, 0x10, false, false);
    add("evex_movaps_store", 0, 0x29, false, true);
    add("evex_movntdq", 0x66, 0xe7, false, true);
    forms.push_back({.name = "evex_pxorq_" + std::to_string(8 * vector),
                     .opcode = {0xef},
                     .prefix = 0x66,
                     .memory = vector,
                     .encoding = Encoding::kEvex,
                     .vector = vector,
                     .w = true,
                     .uses_v = true});
    forms.push_back({.name = "evex_pminub_" + std::to_string(8 * vector),
                     .opcode = {0xda},
                     .prefix = 0x66,
                     .memory = vector,
                     .encoding = Encoding::kEvex,
                     .vector = vector,
                     .uses_v = true});
  }
  return forms;
}

struct Lanes {
  const char* name;
  std::uint8_t opcode;
  bool in_0f38 = false;
};

constexpr Lanes kLanes[] = {
    {"pand", 0xdb},         {"pandn", 0xdf},        {"por", 0xeb},          {"pxor", 0xef},
    {"paddb", 0xfc},        {"paddw", 0xfd},        {"paddd", 0xfe},        {"paddq", 0xd4},
    {"psubb", 0xf8},        {"psubw", 0xf9},        {"psubd", 0xfa},        {"psubq", 0xfb},
    {"pcmpeqb", 0x74},      {"pcmpeqw", 0x75},      {"pcmpeqd", 0x76},      {"pcmpeqq", 0x29, true},
    {"pcmpgtb", 0x64},      {"pcmpgtw", 0x65},      {"pcmpgtd", 0x66},      {"pcmpgtq", 0x37, true},
    {"pminub", 0xda},       {"pmaxub", 0xde},       {"pminsw", 0xea},       {"pmaxsw", 0xee},
    {"pminsb", 0x38, true}, {"pmaxsb", 0x3c, true}, {"pminuw", 0x3a, true}, {"pmaxuw", 0x3e, true},
    {"pminsd", 0x39, true}, {"pmaxsd", 0x3d, true}, {"pminud", 0x3b, true}, {"pmaxud", 0x3f, true},
    {"andpd", 0x54},        {"andnpd", 0x55},       {"orpd", 0x56},         {"xorpd", 0x57},
};

std::vector<Form> lane_forms() {
  std::vector<Form> forms;
  for (const Lanes& lanes : kLanes) {
    Form form{.name = lanes.name,
              .opcode = {0x0f, lanes.opcode},
              .prefix = 0x66,
              .memory = 16,
              .aligned = true};
    if (lanes.in_0f38) form.opcode = {0x0f, 0x38, lanes.opcode};
    forms.push_back(form);
    form.encoding = Encoding::kVex;
    form.opcode = {lanes.opcode};
    form.map = lanes.in_0f38 ? 2 : 1;
    form.aligned = false;
    form.uses_v = true;
    form.name = std::string("v") + lanes.name;
    forms.push_back(form);
    form.name += "_256";
    form.memory = form.vector = 32;
    forms.push_back(form);
  }
  return forms;
}

std::vector<Form> broadcast_forms() {
  std::vector<Form> forms;
  const std::pair<std::uint8_t, unsigned> kinds[] = {{0x18, 4}, {0x19, 8}, {0x1a, 16}, {0x5a, 16},
                                                     {0x78, 1}, {0x79, 2}, {0x58, 4},  {0x59, 8}};
  for (const auto& [opcode, memory] : kinds) {
    for (const unsigned vector : {16U, 32U}) {
      if (vector == 16 && (memory == 16 || opcode == 0x19)) continue;
      forms.push_back(
          {.name = "broadcast_" + std::to_string(opcode) + "_" + std::to_string(8 * vector),
           .opcode = {opcode},
           .prefix = 0x66,
           .memory = memory,
           .encoding = Encoding::kVex,
           .map = 2,
           .vector = vector});
    }
  }
  return forms;
}

class VectorsTest : public testing::TestWithParam<Form> {
 protected:
  void SetUp() override {
    const Form& form = GetParam();
    if (!machine_.available()) GTEST_SKIP() << "no memory that can be written and run, or no AVX";
    if (form.encoding == Encoding::kVex && __builtin_cpu_supports("avx2") == 0) {
      GTEST_SKIP() << "no AVX2";
    }
    if (form.encoding == Encoding::kEvex &&
        (machine_.vector_size() != 64 || __builtin_cpu_supports("avx512bw") == 0 ||
         __builtin_cpu_supports("avx512vl") == 0)) {
      GTEST_SKIP() << "no AVX-512BW and VL";
    }
  }

  NativeMachine machine_;
};

TEST_P(VectorsTest, DoesWhatTheProcessorDoes) {
  const Form& form = GetParam();
  Random random(std::hash<std::string>{}(form.name));
  RandomState states(machine_, random);
  ShadowMemory shadow(machine_.data_address(), machine_.data());
  int done = 0;
  for (int i = 0; i < kCases; ++i) {
    State native = states.next();
    const bool align = form.aligned && random() % 10 != 0;
    const Place place = states.place(align ? form.memory : 1);
    const Encoded code = encode(form, place, random, native.general);
    const std::string bytes = hexadecimal(code.bytes);
    const auto decoded = decode(code.bytes);
    ASSERT_TRUE(decoded.has_value()) << bytes;
    ASSERT_EQ(decoded->length, code.bytes.size()) << bytes;
    ASSERT_NE(decoded->operation, Operation::kStep) << bytes;
    const Accesses touched = accesses(*decoded, native.general, shadow);
    ASSERT_EQ(touched.size(), 1U) << bytes;
    ASSERT_EQ(touched[0].address, place.target) << bytes;
    ASSERT_EQ(touched[0].size, form.memory) << bytes;

    State ours = native;
    XsaveRegisters vectors(ours.xsave, machine_.layout());
    const Outcome outcome = execute(*decoded, ours.general, vectors, shadow);
    if (form.aligned && place.target % form.memory != 0) {
      ASSERT_EQ(outcome, Outcome::kNeedsStep) << bytes;
      continue;
    }
    ASSERT_EQ(outcome, Outcome::kDone) << bytes;
    machine_.run(code.bytes, native);
    ++done;
    ASSERT_EQ(difference(native, ours, 0, machine_), "") << bytes;
    ASSERT_EQ(std::memcmp(shadow.data().data(), machine_.data().data(), shadow.data().size()), 0)
        << bytes;
  }
  EXPECT_GT(done, kCases / 2) << "the processor was hardly asked";
}

std::string name_of(const testing::TestParamInfo<Form>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Moves, VectorsTest, testing::ValuesIn(move_forms()), name_of);
INSTANTIATE_TEST_SUITE_P(Evex, VectorsTest, testing::ValuesIn(evex_forms()), name_of);
INSTANTIATE_TEST_SUITE_P(Lanes, VectorsTest, testing::ValuesIn(lane_forms()), name_of);
INSTANTIATE_TEST_SUITE_P(Broadcasts, VectorsTest, testing::ValuesIn(broadcast_forms()), name_of);

}  // namespace
}  // namespace ipcgrade::x86
