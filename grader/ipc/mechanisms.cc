#include "ipc/mechanisms.h"

#include <array>

#include "ipc/clock.h"
#include "ipc/mapping.h"
#include "ipc/process.h"
#include "ipc/signal.h"

namespace ipcgrade {

std::span<const Mechanism* const> all_mechanisms() {
  static constexpr std::array kAll{
      &kProcessMechanism, &kSignalMechanism,    &kClockMechanism,
      &kMappingMechanism, &kLibraryMechanism,   &kPipeMechanism,
      &kFileMechanism,    &kReadWriteMechanism, &kDescriptorMechanism,
  };
  return kAll;
}

std::span<const EndHook> end_hooks() {
  static constexpr std::span<const EndHook> kNone;
  return kNone;
}

}  // namespace ipcgrade
