#include <array>

#include "ipc/clock.h"
#include "ipc/mapping.h"
#include "ipc/operation.h"
#include "ipc/process.h"
#include "ipc/signal.h"
#include "ipc/sysv_semaphore.h"
#include "ipc/sysv_shared_memory.h"

namespace ipcgrade {

std::span<const Mechanism* const> all_mechanisms() {
  static constexpr std::array kAll{
      &kProcessMechanism,  &kSignalMechanism,  &kClockMechanism, &kMappingMechanism,
      &kLibraryMechanism,  &kSysvSharedMemory, &kSysvSemaphore,
  };
  return kAll;
}

std::span<const EndHook> end_hooks() {
  static constexpr std::span<const EndHook> kNone;
  return kNone;
}

}  // namespace ipcgrade
