#include "ipc/peer_memory.h"

#include <sys/syscall.h>

#include <utility>

#include "ipc/arguments.h"
#include "ipc/buffers.h"
#include "ipc/calls.h"
#include "ipc/process.h"

namespace ipcgrade {
namespace {

/// Of shared memory: it is no access.
constexpr std::uint16_t kWatches = 4;

/// The process that the number of it or of one of its threads names.
const Process* process_of_number(Machine& machine, int number) {
  if (const Process* process = find_process(machine, number)) return process;
  const Task* thread = find_task(machine, number);
  return thread == nullptr ? nullptr : &machine.process_of(*thread);
}

void note_read(Machine& machine, const Task& task, const Call& call) {
  PeerRead read;
  read.event = machine.event_id();
  if (const Process* of = process_of_number(machine, int_at(call, 0))) {
    read.of = of->leader;
    read.of_child =
        of->parent == machine.process_of(task).number && of->state == Process::State::kAlive;
  }
  const auto remote = Buffers::from_array(machine, task, call.arguments[3], call.arguments[4]);
  if (remote) {
    for (const Buffers::Piece& piece : remote->pieces()) {
      read.pieces.push_back({piece.address, piece.address + piece.size});
    }
  }
  machine.trace().peer_reads.push_back(std::move(read));
}

}  // namespace

std::unique_ptr<Operation> refused_call(Machine& machine, const Call& call, std::string text) {
  std::vector<Touch> touches;  // whether the process is still there
  if (call.number == SYS_process_vm_readv) {
    if (const Process* of = process_of_number(machine, int_at(call, 0))) {
      touches.push_back(reads(machine.task(of->leader).self));
      // What lies in its own memory nobody follows; what it writes to shared memory tells how far
      // it has come.
      for (const Mapping& mapping : of->mappings) {
        touches.push_back({.object = mapping.object, .does = kWatches, .disturbs = kWrites});
      }
    }
  }
  return small(std::move(text), std::move(touches), [call](Machine& of_run, Task& task) {
    if (call.number == SYS_process_vm_readv) note_read(of_run, task, call);
    return Effect::fails(EPERM);
  });
}

}  // namespace ipcgrade
