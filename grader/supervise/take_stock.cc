// The end of a run: who still waits, and for what; what is left behind.
#include <algorithm>

#include "ipc/library_object.h"
#include "ipc/sysv_message_queue.h"
#include "ipc/sysv_semaphore.h"
#include "ipc/sysv_shared_memory.h"
#include "supervise/held_run.h"
#include "trace/stopped.h"

namespace ipcgrade {
namespace {

constexpr const char* kLooks = "looks again and again at what nobody changes";

/// Who has it attached is not in it.
sandbox::SysvSegment record_of(const Segment& segment) {
  sandbox::SysvSegment record;
  record.id = segment.entry.id;
  record.key = segment.entry.key;
  record.size = segment.size;
  return record;
}

}  // namespace

HeldRun::Done HeldRun::finish() {
  thread_log_.finish();
  trace_.threads_unseen = trace_.threads_unseen || thread_log_.is_full();
  note_waits();
  if (auto done = note_left(); !done) return done;
  note_objects();
  // Only programs' own daemons are left: no deadlock, but they are told as left behind.
  const bool programs_ended = std::ranges::all_of(trace_.processes, [](const ProcessRecord& one) {
    return one.end && !std::holds_alternative<sandbox::Ended>(*one.end);
  });
  if (trace_.end == RunEnd::kDeadlock && programs_ended) trace_.end = RunEnd::kDone;
  return {};
}

void HeldRun::note_waits() {
  for (std::size_t i = 0; i < machine_.task_count(); ++i) {
    Task& task = machine_.task(static_cast<TaskId>(i));
    if (task.state == TaskState::kEnded || task.state == TaskState::kNotStarted) continue;
    TaskRecord& record = trace_.tasks[task.id];
    if (held(task).gone) {  // there was no memory left
      record.waits_at = held(task).asked_at;
    } else if (held(task).burns) {
      record.waits_for = kBurns;
      record.waits_at = held(task).loops_at;  // wherever it is just now
    } else if (task.pending == nullptr) {     // the run was ended in the middle of its step
      if (held_back(task)) record.waits_for = kLooks;
      record.waits_at = place_of(task);
    } else {
      // Who has begun to wait for something does not look any more.
      const bool looks = held_back(task) && held(task).at != HeldTask::At::kFault && !task.waiting;
      record.waits_for = looks ? kLooks : task.pending->waits_for(machine_, task);
      record.holds = holdings(machine_, task.id);
      record.suppliers = task.pending->suppliers(machine_, task);
      record.parked = task.pending->missed(machine_, task);
      record.waits_at = place_of(task);
    }
    if (task.state == TaskState::kStopped) record.waits_for = "is stopped";
    const Process& process = machine_.process_of(task);
    if (process.id < trace_.processes.size()) {
      trace_.processes[process.id].end = sandbox::Ended{};
    } else if (process.leader == task.id) {
      trace_.left.processes.push_back({process.number, process.name});
    }
  }
}

HeldRun::Done HeldRun::note_left() {
  sandbox::Listing& left = trace_.left;
  for (const Segment* one : segments_left(machine_)) {
    // It goes with the last process that has it attached, and none outlives the run.
    if (one->marked) continue;
    sandbox::SysvSegment record = record_of(*one);
    record.attached = attachments_of(machine_, *one);
    left.segments.push_back(record);
  }
  for (const SemaphoreSet* one : semaphore_sets_left(machine_)) {
    left.semaphore_sets.push_back({one->entry.id, one->entry.key, one->semaphores.size()});
  }
  for (const MessageQueue* one : message_queues_left(machine_)) {
    left.message_queues.push_back(
        {one->entry.id, one->entry.key, one->messages.size(), one->bytes});
  }
  // Names in folders are the kernel's own.
  return stage_.box.list_named(left);
}

void HeldRun::note_objects() {
  for (std::size_t i = 0; i < machine_.object_count(); ++i) {
    const Object& object = machine_.object(static_cast<ObjectId>(i));
    if (const auto* segment = dynamic_cast<const Segment*>(&object)) {
      trace_.seen_segments.push_back(record_of(*segment));
    }
    ObjectRecord record{object.kind(), object.name(), 0};
    if (object.kind() == ObjectKind::kMemory) {
      record.size = static_cast<const SharedMemory&>(object).bytes().size();
    }
    trace_.objects.push_back(std::move(record));
  }
}

}  // namespace ipcgrade
