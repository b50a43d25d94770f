// What is in a box at a moment: the objects of its IPC namespace, /dev/shm, and its processes.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "sandbox/error.h"

namespace sandbox {

struct SysvSegment {
  int id = 0;
  key_t key = 0;
  std::uint64_t size = 0;      ///< bytes, as asked for in shmget
  std::uint64_t attached = 0;  ///< how many attachments there are
  bool removed = false;        ///< marked for removal; goes with the last attachment
  std::uint64_t resident = 0;  ///< bytes that are in memory
};
struct SysvSemaphoreSet {
  int id = 0;
  key_t key = 0;
  std::uint64_t count = 0;
};
struct SysvMessageQueue {
  int id = 0;
  key_t key = 0;
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
};
struct PosixMessageQueue {
  std::string name;  ///< with its slash
};
/// A file in /dev/shm: a POSIX shared memory object, or (sem.NAME) a named semaphore.
struct SharedMemoryFile {
  std::string name;
  std::uint64_t size = 0;
};
struct LiveProcess {
  pid_t pid = 0;  ///< in the box
  std::string name;
};

struct Listing {
  std::vector<SysvSegment> segments;
  std::vector<SysvSemaphoreSet> semaphore_sets;
  std::vector<SysvMessageQueue> message_queues;
  std::vector<PosixMessageQueue> posix_queues;
  std::vector<SharedMemoryFile> shared_memory_files;
  std::vector<LiveProcess> processes;
};

/// Descriptors of a box's own views of its kernel objects. Borrowed. They are opened inside it:
/// what /proc/sysvipc shows is decided by who opened it.
struct BoxViews {
  int proc = -1;             ///< /proc, a directory
  int sysv_segments = -1;    ///< /proc/sysvipc/shm
  int sysv_semaphores = -1;  ///< /proc/sysvipc/sem
  int sysv_queues = -1;      ///< /proc/sysvipc/msg
  int shm = -1;              ///< /dev/shm, a directory; -1 where there is none
  int mqueue = -1;           ///< /dev/mqueue, a directory; -1 where there is none
  /// Set where /proc shows all of the machine: whose descendants are the box's processes. The
  /// System V tables are the machine's then, too.
  pid_t init = 0;
};

/// The processes of the box by their names in /proc, init among them.
[[nodiscard]] Expected<std::vector<std::string>> processes_in(const BoxViews& views);
[[nodiscard]] bool is_init(const BoxViews& views, const std::string& process);

/// Reads all of it, sorted, so that equal boxes give equal listings.
[[nodiscard]] Expected<Listing> list_box(const BoxViews& views);

/// Adds only what has a name in a folder: POSIX queues and what is in /dev/shm.
[[nodiscard]] Expected<void> list_named(const BoxViews& views, Listing& listing);

/// Only the segments: cheap enough to be asked every millisecond.
[[nodiscard]] Expected<std::vector<SysvSegment>> list_segments(const BoxViews& views);

}  // namespace sandbox
