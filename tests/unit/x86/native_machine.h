// The processor itself, as the reference for execute(): runs one instruction with chosen registers
// and memory and gives what became of them.
#pragma once

#include <sys/user.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "x86/memory.h"
#include "x86/xsave.h"

namespace ipcgrade::x86 {

inline constexpr std::size_t kXsaveSize = 4096;

/// All registers of a task, as ptrace(2) would give them.
struct State {
  user_regs_struct general{};
  alignas(64) std::array<std::byte, kXsaveSize> xsave{};
};

class NativeMachine {
 public:
  static constexpr std::size_t kDataSize = 8192;

  NativeMachine();
  ~NativeMachine();
  NativeMachine(const NativeMachine&) = delete;
  NativeMachine& operator=(const NativeMachine&) = delete;

  /// Whether this system lets code be written and run. Nothing else may be called if not.
  [[nodiscard]] bool available() const { return code_ != nullptr; }

  /// Runs `instruction` once, from state.general.rip = code_address(). It must not fault.
  void run(std::span<const std::byte> instruction, State& state);

  /// Both are below 2^31, so that 32 bits can name them, and each other relative to rip.
  [[nodiscard]] std::uint64_t code_address() const;
  [[nodiscard]] std::uint64_t data_address() const;
  [[nodiscard]] std::span<std::byte> data() const { return {data_, kDataSize}; }
  [[nodiscard]] std::uint64_t fs_base() const { return fs_base_; }
  [[nodiscard]] std::uint64_t gs_base() const { return gs_base_; }
  /// Where an instruction that branches has to go.
  [[nodiscard]] static std::uint64_t way_back();

  [[nodiscard]] const XsaveLayout& layout() const { return layout_; }
  /// The processor's vector registers, in bytes: 16, 32 or 64.
  [[nodiscard]] std::size_t vector_size() const;
  /// The components that XCR0 enables, of those that hold vector registers and masks.
  [[nodiscard]] std::uint64_t vector_components() const { return components_; }

 private:
  std::byte* code_ = nullptr;
  std::byte* data_ = nullptr;
  std::uint64_t fs_base_ = 0;
  std::uint64_t gs_base_ = 0;
  XsaveLayout layout_;
  std::uint64_t components_ = 0;
};

/// A copy of the machine's data, at the same addresses.
class ShadowMemory final : public Memory {
 public:
  ShadowMemory(std::uint64_t address, std::span<const std::byte> data)
      : address_(address), data_(data.begin(), data.end()) {}

  bool read(std::uint64_t address, std::span<std::byte> into) override;
  bool write(std::uint64_t address, std::span<const std::byte> from) override;

  [[nodiscard]] std::span<std::byte> data() { return data_; }
  bool read_only = false;

 private:
  [[nodiscard]] bool holds(std::uint64_t address, std::size_t size) const;

  std::uint64_t address_;
  std::vector<std::byte> data_;
};

}  // namespace ipcgrade::x86
