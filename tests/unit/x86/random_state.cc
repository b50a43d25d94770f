#include "random_state.h"

#include <algorithm>
#include <cstring>

#include "x86/registers.h"

namespace ipcgrade::x86 {
namespace {

constexpr std::size_t kMxcsrAt = 24;
constexpr std::size_t kInUseAt = 512;
constexpr std::size_t kHeaderEnd = 576;

std::uint64_t random_value(Random& random) {
  constexpr std::uint64_t kEdges[] = {0,          1,          0x7f,       0x80,       0xff,
                                      0x7fff,     0x8000,     0xffff,     0x7fffffff, 0x80000000,
                                      0xffffffff, ~0ULL >> 1, 1ULL << 63, ~0ULL};
  switch (random() % 4) {
    case 0:
      return kEdges[random() % std::size(kEdges)];
    case 1:
      return random() % 256;
    default:
      return random();
  }
}

std::array<std::byte, 64> vector(State& state, unsigned number, const NativeMachine& machine) {
  XsaveRegisters registers(state.xsave, machine.layout());
  std::array<std::byte, 64> result{};
  (void)registers.read(number, std::span(result).first(machine.vector_size()));
  return result;
}

}  // namespace

RandomState::RandomState(const NativeMachine& machine, Random& random)
    : machine_(machine), random_(random) {
  for (std::byte& byte : machine.data()) byte = static_cast<std::byte>(random_value(random));
}

State RandomState::next() {
  State state;
  for (std::size_t i = 0; i < 16; ++i) state.general.*kGeneralRegisters[i] = random_value(random_);
  state.general.rip = machine_.code_address();
  state.general.eflags = 0x202 | (random_() & kArithmeticFlags);
  state.general.fs_base = machine_.fs_base();
  state.general.gs_base = machine_.gs_base();

  const std::uint32_t mxcsr = 0x1f80;
  std::memcpy(&state.xsave[kMxcsrAt], &mxcsr, sizeof mxcsr);
  // Some components stay unused, as they are in most tasks.
  const std::uint64_t used = machine_.vector_components() & random_();
  std::memcpy(&state.xsave[kInUseAt], &used, sizeof used);
  for (std::size_t i = 160; i + 8 <= state.xsave.size(); i += 8) {
    if (i == 416) i = kHeaderEnd;
    const std::uint64_t value = random_value(random_);
    std::memcpy(&state.xsave[i], &value, sizeof value);
  }
  return state;
}

Place RandomState::place(unsigned alignment) {
  const std::uint64_t offset = 1024 + random_() % 2048;
  return {machine_.code_address(), machine_.data_address() + offset / alignment * alignment,
          machine_.fs_base(), machine_.gs_base()};
}

std::string difference(State& native, State& ours, std::uint64_t undefined,
                       const NativeMachine& machine) {
  for (std::size_t i = 0; i < kGeneralRegisters.size(); ++i) {
    const auto member = kGeneralRegisters[i];
    if (native.general.*member != ours.general.*member) {
      return "register " + std::to_string(i) + ": " + std::to_string(native.general.*member) +
             ", not " + std::to_string(ours.general.*member);
    }
  }
  const std::uint64_t flags = (native.general.eflags ^ ours.general.eflags) & ~undefined;
  if (flags != 0) return "flags " + std::to_string(flags);
  const unsigned count = machine.vector_size() == 64 ? 32 : 16;
  for (unsigned i = 0; i < count; ++i) {
    if (vector(native, i, machine) != vector(ours, i, machine)) {
      return "vector register " + std::to_string(i);
    }
  }
  return "";
}

}  // namespace ipcgrade::x86
