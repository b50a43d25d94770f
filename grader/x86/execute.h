// Does an instruction on behalf of its task, which is stopped before it.
#pragma once

#include <sys/user.h>

#include <cstdint>

#include "x86/instruction.h"
#include "x86/memory.h"

namespace ipcgrade::x86 {

enum class Outcome : std::uint8_t {
  kDone,       ///< registers and memory are as after the instruction; rip is at the next one
  kNeedsStep,  ///< nothing is changed; the task must do it itself, on memory that is open to it
  /// `memory` refused: the task is due the fault that it would have without us. Nothing is changed,
  /// but for a repeated string instruction, which is as far as the processor would have come.
  kFault,
};

/// Flags that the manual calls undefined get some fixed value. Atomic instructions are done in
/// several steps: all other tasks are taken to be stopped.
///
/// What the processor would answer with a trap of another sort (a division by zero, an unaligned
/// operand) is kNeedsStep, so that the task gets its signal from the kernel.
[[nodiscard]] Outcome execute(const Instruction& instruction, user_regs_struct& registers,
                              VectorRegisters& vectors, Memory& memory);

}  // namespace ipcgrade::x86
