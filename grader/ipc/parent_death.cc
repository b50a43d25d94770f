#include "ipc/parent_death.h"

#include <fmt/format.h>
#include <sys/prctl.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "ipc/arguments.h"
#include "ipc/calls.h"
#include "ipc/process.h"
#include "ipc/signal.h"
#include "ipc/strike.h"

namespace ipcgrade {
namespace {

/// Who asked for a signal; a child of it did not.
struct ParentDeaths {
  std::map<ProcessId, int> signals;
};

TaskId maker_of(const Machine& machine, const Process& process) {
  return machine.trace().tasks[process.leader].parent;
}

std::unique_ptr<Operation> decode_set(Machine& machine, Task& task, const Call& call) {
  constexpr std::uint64_t kMostSignal = 64;
  const std::uint64_t signal = call.arguments[1];
  if (signal > kMostSignal) return done_at_once("prctl(PR_SET_PDEATHSIG)", -EINVAL);
  const int number = static_cast<int>(signal);
  // Too late where the parent has ended already.
  std::vector<Touch> touches{writes(task.self)};
  const Process& process = machine.process_of(task);
  if (const Process* parent = find_process(machine, process.parent)) {
    touches.push_back(reads(machine.task(parent->leader).self));
  }
  const std::string name = number == 0 ? "0" : signal_name(number);
  return small(fmt::format("prctl(PR_SET_PDEATHSIG, {})", name), std::move(touches),
               [number](Machine& m, Task& t) {
                 m.state<ParentDeaths>().signals[t.process] = number;
                 return Effect::returns(0);
               });
}

}  // namespace

std::unique_ptr<Operation> decode_parent_death(Machine& machine, Task& task, const Call& call) {
  switch (int_at(call, 0)) {
    case PR_SET_PDEATHSIG:
      return decode_set(machine, task, call);
    case PR_GET_PDEATHSIG: {
      const std::uint64_t to = call.arguments[1];
      return small("prctl(PR_GET_PDEATHSIG)", {}, [to](Machine& m, Task& t) {
        const int number = m.state<ParentDeaths>().signals[t.process];
        return m.write_value(t, to, number) ? Effect::returns(0) : Effect::fails(EFAULT);
      });
    }
    default:
      return nullptr;
  }
}

void parent_ended(Machine& machine, Task& task) {
  for (const auto& [id, number] : machine.state<ParentDeaths>().signals) {
    Process& child = machine.process(id);
    if (number == 0 || child.state != Process::State::kAlive) continue;
    if (maker_of(machine, child) != task.id) continue;
    machine.touch(writes(machine.task(child.leader).self));
    SignalInfo info;
    info.number = number;
    info.code = SI_USER;
    info.sender = machine.process_of(task).number;
    info.sent_by = machine.event_id();
    machine.send_to_process(child, info);
  }
}

std::vector<Touch> parent_end_touches(const Machine& machine, const Process& process) {
  std::vector<Touch> touches;
  const auto* deaths = machine.find_state<ParentDeaths>();
  if (deaths == nullptr) return touches;
  for (const auto& [id, number] : deaths->signals) {
    const Process& child = machine.process(id);
    if (number == 0 || child.state != Process::State::kAlive) continue;
    if (std::ranges::find(process.tasks, maker_of(machine, child)) == process.tasks.end()) continue;
    std::ranges::copy(sends(machine.task(child.leader).self, number), std::back_inserter(touches));
  }
  return touches;
}

}  // namespace ipcgrade
