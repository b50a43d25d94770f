#include "ipc/operation.h"
#include "ipc/sysv_semaphore.h"
#include "ipc/sysv_shared_memory.h"

namespace ipcgrade {

std::span<const Mechanism* const> all_mechanisms() {
  static constexpr const Mechanism* kAll[] = {
      &kSysvSharedMemory,
      &kSysvSemaphore,
  };
  return kAll;
}

}  // namespace ipcgrade
