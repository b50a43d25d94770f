// System V shared memory: shmget, shmat, shmdt, shmctl. The segments lie in the arena; the kernel
// only maps them, closed, where shmat says.
//
// How many attachments there are is counted from the mappings of the processes, so whoever changes
// those (fork, exec, exit, munmap) need only say so to the functions below.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

#include "ipc/machine.h"
#include "ipc/sysv_names.h"

namespace ipcgrade {

class Segment final : public SharedMemory {
 public:
  Segment(ObjectId id, std::string name, std::span<std::byte> bytes, std::uint64_t place,
          std::uint64_t asked_size, ObjectId touched)
      : SharedMemory(id, std::move(name), bytes, place), size(asked_size), attachments(touched) {}

  SysvEntry entry;
  std::uint64_t size;    ///< as asked for; bytes() is of whole pages
  ObjectId attachments;  ///< touched by what is done to the segment rather than to its bytes
  bool marked = false;   ///< IPC_RMID was done: it goes with the last attachment
  HandOver changes;      ///< attaching, detaching, IPC_SET, IPC_RMID: what IPC_STAT comes after
  int made_by = 0, last_used_by = 0;  ///< virtual process numbers
  std::int64_t attached_at = 0, detached_at = 0, changed_at = 0;
};

extern const Mechanism kSysvSharedMemoryMechanism;

/// A segment that is there before any program starts, all zero bytes.
void give_segment(Machine& machine, key_t key, std::uint64_t size);

/// Whether a segment with that key, of at least that size, not marked for removal, exists; with
/// `attached`, whether somebody has attached it, too.
[[nodiscard]] bool segment_exists(const Machine& machine, key_t key, std::uint64_t min_size,
                                  bool attached);

/// What a start that depends on segment_exists() touches.
[[nodiscard]] Touch segments_looked_at(Machine& machine);

[[nodiscard]] std::size_t attachments_of(const Machine& machine, const Segment& segment);

/// The child has got its parent's mappings. Inside the event of the fork.
void shared_memory_forked(Machine& machine, Process& parent, Process& child);
/// The process ends, or executes another program: its attachments go, and with them what was marked
/// for removal. Inside the event that does it; the mappings that shmat made are taken off the
/// process.
void shared_memory_process_ended(Machine& machine, Process& process, TaskId task);
/// What such an end touches.
[[nodiscard]] std::vector<Touch> shared_memory_end_touches(const Machine& machine,
                                                           const Process& process);
/// Takes [begin, end) out of the process's mappings, as munmap does, or another mapping that comes
/// over it: what was attached there no longer is. Nothing but remove_mappings() where nothing was.
void shared_memory_cut(Machine& machine, Process& process, std::uint64_t begin, std::uint64_t end);
[[nodiscard]] std::vector<Touch> shared_memory_cut_touches(const Machine& machine,
                                                           const Process& process,
                                                           std::uint64_t begin, std::uint64_t end);

/// Segments that are there now, marked ones with attachments included, in the order of their ids.
[[nodiscard]] std::vector<const Segment*> segments_left(const Machine& machine);

}  // namespace ipcgrade
