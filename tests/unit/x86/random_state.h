// Random register contents for a NativeMachine, and how two outcomes differ.
#pragma once

#include <cstdint>
#include <string>

#include "encoder.h"
#include "native_machine.h"

namespace ipcgrade::x86 {

class RandomState {
 public:
  /// Fills the machine's data, too.
  RandomState(const NativeMachine& machine, Random& random);

  [[nodiscard]] State next();
  /// A place for an operand in the middle of the data, at a multiple of `alignment`.
  [[nodiscard]] Place place(unsigned alignment);

 private:
  const NativeMachine& machine_;
  Random& random_;
};

/// Empty if none; flags in `undefined` do not count.
[[nodiscard]] std::string difference(State& native, State& ours, std::uint64_t undefined,
                                     const NativeMachine& machine);

}  // namespace ipcgrade::x86
