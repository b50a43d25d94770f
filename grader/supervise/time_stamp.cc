#include "supervise/time_stamp.h"

#include <array>
#include <span>

namespace ipcgrade {

bool read_time_stamp(const Tracee& task, Registers& registers, std::uint64_t ticks) {
  const auto byte = [](int value) { return static_cast<std::byte>(value); };
  std::array<std::byte, 3> code{};
  if (!task.read(registers.rip, std::span(code).first(2))) return false;
  // Intel SDM vol. 2: 0F 31, and 0F 01 F9, which tells the processor in ecx.
  const bool plain = code[0] == byte(0x0f) && code[1] == byte(0x31);
  if (!plain) {
    if (!task.read(registers.rip, code)) return false;
    if (code != std::array{byte(0x0f), byte(0x01), byte(0xf9)}) return false;
    registers.rcx = 0;
  }
  registers.rip += plain ? 2 : 3;
  registers.rax = ticks & 0xffffffff;
  registers.rdx = ticks >> 32U;
  return true;
}

}  // namespace ipcgrade
