// A held process or thread: what the supervisor knows of it beside the model's Task.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/hypercall.h"
#include "supervise/spin.h"
#include "supervise/tracee.h"
#include "supervise/zygote.h"
#include "x86/accesses.h"
#include "x86/instruction.h"

namespace ipcgrade {

struct HeldTask {
  /// What it is stopped at.
  enum class At : std::uint8_t {
    kNothing,  ///< not started, or gone
    kCall,     ///< before a system call: inside its entry
    kFault,    ///< before an instruction that touches closed memory
    kOutside,  ///< anywhere else in its own code
  };

  Tracee tracee{0};
  pid_t group = 0;  ///< process number outside
  At at = At::kNothing;
  bool gone = false;
  Registers registers{};
  Image image;
  std::optional<IpcgradeHello> hello;
  x86::Instruction instruction{};  ///< kFault
  SpinWatch spin;
  bool gives_way = false;  ///< it yielded: others go first, once
  bool burns = false;      ///< it computes for long, or burns the processor
  int crash_signal = 0;    ///< its own code's fault, to be delivered
};

}  // namespace ipcgrade
