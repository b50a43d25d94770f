#include "ipc/mechanisms.h"

#include <array>

#include "ipc/clock.h"
#include "ipc/mapping.h"
#include "ipc/process.h"
#include "ipc/signal.h"
#include "ipc/sysv_semaphore.h"
#include "ipc/sysv_shared_memory.h"

namespace ipcgrade {

std::span<const Mechanism* const> all_mechanisms() {
  static constexpr std::array kAll{
      &kProcessMechanism, &kSignalMechanism,    &kClockMechanism,     &kMappingMechanism,
      &kLibraryMechanism, &kPipeMechanism,      &kFileMechanism,      &kReadWriteMechanism,
      &kDescriptorMechanism, &kSysvSharedMemory, &kSysvSemaphore,
  };
  return kAll;
}

std::span<const EndHook> end_hooks() {
  static constexpr std::array kHooks{
      EndHook{nullptr, shared_memory_process_ended, shared_memory_end_touches, true},
      EndHook{nullptr, semaphores_process_ended, semaphore_end_touches, false},
  };
  return kHooks;
}

}  // namespace ipcgrade
