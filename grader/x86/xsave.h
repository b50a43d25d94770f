// Vector registers within the bytes that ptrace(2) gives as NT_X86_XSTATE.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "x86/memory.h"

namespace ipcgrade::x86 {

/// Where this machine's XSAVE puts the state components, in its standard form, which is ptrace's.
/// Source: Intel SDM, volume 1, 13.4. An offset of 0: the machine has no such registers.
struct XsaveLayout {
  std::size_t ymm_high = 0;  ///< bytes 16 to 31 of ymm0 to ymm15
  std::size_t zmm_high = 0;  ///< bytes 32 to 63 of zmm0 to zmm15
  std::size_t zmm_16_to_31 = 0;

  /// Asks the processor, which in a virtual machine may take microseconds: ask once.
  [[nodiscard]] static XsaveLayout of_this_machine();
};

/// Reads and writes registers in `area`, which it does not own. A component that its header marks
/// as never used reads as zeros; writing a register brings it into use.
class XsaveRegisters final : public VectorRegisters {
 public:
  XsaveRegisters(std::span<std::byte> area, const XsaveLayout& layout)
      : area_(area), layout_(layout) {}

  [[nodiscard]] bool read(unsigned number, std::span<std::byte> into) override;
  [[nodiscard]] bool write(unsigned number, std::span<const std::byte> from, Above above) override;

  /// Whether something was written since the beginning: the area has to go back to the task.
  [[nodiscard]] bool changed() const { return changed_; }

 private:
  /// Some bytes of a register, and the component that holds them.
  struct Part {
    unsigned component = 0;
    std::size_t component_begin = 0;
    std::size_t component_size = 0;
    std::size_t at = 0;
    std::size_t first = 0;  ///< of the register's bytes
    std::size_t size = 0;
  };
  [[nodiscard]] Part part(unsigned number, std::size_t first) const;
  [[nodiscard]] bool exists(const Part& part) const;
  [[nodiscard]] bool in_use(unsigned component) const;
  void use(const Part& part);
  [[nodiscard]] bool writable(unsigned number, std::size_t size) const;

  std::span<std::byte> area_;
  XsaveLayout layout_;
  bool changed_ = false;
};

}  // namespace ipcgrade::x86
