// What a handler calls: while a process is in one, the functions that it imports and that
// signal-safety(7) does not list begin with a trap. So nothing is paid for outside of handlers.
#include "ipc/signal.h"
#include "supervise/held_run.h"

namespace ipcgrade {
namespace {

constexpr std::uint64_t kTrapInstruction = 0xcc;

}  // namespace

void HeldRun::set_traps(const Task& task) {
  HeldTask& leader = held_[machine_.process_of(task).leader];
  const HeldTask& one = held(task);
  if (leader.trapped || one.image.unsafe == nullptr) return;
  leader.trapped = true;
  for (const TrapPlace& place : *one.image.unsafe) {
    (void)one.tracee.poke(place.address, (place.word & ~0xffULL) | kTrapInstruction);
  }
}

void HeldRun::clear_traps(const Task& task) {
  const Process& process = machine_.process_of(task);
  HeldTask& leader = held_[process.leader];
  if (!leader.trapped) return;
  for (const TaskId other : process.tasks) {
    if (!machine_.task(other).handlers.empty()) return;
  }
  leader.trapped = false;
  const HeldTask& one = held(task);
  for (const TrapPlace& place : *one.image.unsafe) (void)one.tracee.poke(place.address, place.word);
}

/// At a SIGTRAP: the call is told, and its trap is gone until the next handler begins.
bool HeldRun::passed_trap(Task& task) {
  HeldTask& one = held(task);
  if (one.image.unsafe == nullptr) return false;
  for (const TrapPlace& place : *one.image.unsafe) {
    if (one.registers.rip != place.address + 1) continue;
    (void)one.tracee.poke(place.address, place.word);
    one.registers.rip = place.address;
    const auto caller = machine_.peek_value<std::uint64_t>(task, one.registers.rsp);
    const bool own =
        caller && *caller >= one.image.program_begin && *caller < one.image.program_end;
    if (task.handlers.empty() || !own) return true;
    machine_.begin_event(EventKind::kUnsafeCall, task.id);
    machine_.event().instruction = *caller;
    one.at = HeldTask::At::kCall;  // where it is, its stack says
    machine_.event().place = place_of(task);
    one.at = HeldTask::At::kOutside;
    machine_.end_event(place.name, 0);
    return true;
  }
  return false;
}

/// errno of the task, where the runtime said how to find it.
int HeldRun::error_number_of(const Task& task) const {
  const HeldTask& one = held(task);
  if (!one.hello) return 0;
  return machine_.peek_value<std::int32_t>(task, one.registers.fs_base + one.hello->errno_offset)
      .value_or(0);
}

}  // namespace ipcgrade
