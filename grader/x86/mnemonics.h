// Which of our operations an instruction of the decoder's library is. Internal to x86/.
#pragma once

#include <Zydis/Zydis.h>

#include <cstdint>

#include "x86/instruction.h"

namespace ipcgrade::x86 {

struct Meaning {
  Operation operation = Operation::kStep;
  std::uint8_t condition = 0;
  bool aligned = false;
  LaneOperation lane{};
  std::uint8_t lane_size = 0;
};

/// By the name alone: the operands may be of a sort that execute() does not know.
[[nodiscard]] Meaning meaning_of(const ZydisDecodedInstruction& instruction);

}  // namespace ipcgrade::x86
