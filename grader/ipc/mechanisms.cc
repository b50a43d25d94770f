#include "ipc/mechanisms.h"

#include <array>

#include "ipc/barrier.h"
#include "ipc/clock.h"
#include "ipc/condition.h"
#include "ipc/file_lock.h"
#include "ipc/futex.h"
#include "ipc/mapping.h"
#include "ipc/mutex.h"
#include "ipc/operation.h"
#include "ipc/parent_death.h"
#include "ipc/posix_message_queue.h"
#include "ipc/posix_semaphore.h"
#include "ipc/process.h"
#include "ipc/rwlock.h"
#include "ipc/signal.h"
#include "ipc/spin_lock.h"
#include "ipc/sysv_message_queue.h"
#include "ipc/sysv_semaphore.h"
#include "ipc/sysv_shared_memory.h"

namespace ipcgrade {

std::span<const Mechanism* const> all_mechanisms() {
  static constexpr std::array kAll{
      &kGraderDescriptorMechanism,
      &kProcessMechanism,
      &kWaitMechanism,
      &kSignalMechanism,
      &kSignalWaitMechanism,
      &kClockMechanism,
      &kMappingMechanism,
      &kLibraryMechanism,
      &kPipeMechanism,
      &kRandomMechanism,
      &kPageMapMechanism,
      &kFileMechanism,
      &kSocketMechanism,
      &kReadWriteMechanism,
      &kSpliceMechanism,
      &kFileLockMechanism,
      &kDescriptorMechanism,
      &kPollMechanism,
      &kEpollMechanism,
      &kEventfdMechanism,
      &kInotifyMechanism,
      &kTimerfdMechanism,
      &kSignalfdMechanism,
      &kPidfdMechanism,
      &kSysvSharedMemoryMechanism,
      &kSysvSemaphoreMechanism,
      &kSysvMessageQueueMechanism,
      &kPosixMessageQueueMechanism,
      &kPosixSemaphoreMechanism,
      &kFutexMechanism,
      &kMutexMechanism,
      &kConditionMechanism,
      &kRwlockMechanism,
      &kBarrierMechanism,
      &kSpinLockMechanism,
      &kThreadJoinMechanism,
      &kAnnouncedMechanism,
      &kOwnAffairsMechanism,
  };
  return kAll;
}

std::span<const EndHook> end_hooks() {
  static constexpr std::array<EndHook, 6> kAll{{
      {.thread_ended = nullptr,
       .process_ended = shared_memory_process_ended,
       .end_touches = shared_memory_end_touches,
       .at_exec = true},
      {.thread_ended = nullptr,
       .process_ended = semaphores_process_ended,
       .end_touches = semaphore_end_touches,
       .at_exec = false},
      {.thread_ended = mutexes_of_ended_task,
       .process_ended = nullptr,
       .end_touches = nullptr,
       .at_exec = false},
      {.thread_ended = futexes_of_ended_task,
       .process_ended = nullptr,
       .end_touches = nullptr,
       .at_exec = false},
      {.thread_ended = conditions_of_ended_task,
       .process_ended = nullptr,
       .end_touches = nullptr,
       .at_exec = false},
      {.thread_ended = parent_ended,
       .process_ended = nullptr,
       .end_touches = parent_end_touches,
       .at_exec = false},
  }};
  return kAll;
}

}  // namespace ipcgrade
