// The programs of a scenario: when each may be started, and its start.
#include <sys/wait.h>

#include <algorithm>

#include "ipc/standard_streams.h"
#include "ipc/sysv_shared_memory.h"
#include "supervise/held_run.h"

namespace ipcgrade {
namespace {

class StartProgram : public Operation {
 public:
  StartProgram(Machine& machine, const Scenario& scenario, std::size_t index)
      : scenario_(scenario), index_(index) {
    for (const Condition& one : scenario_.starts[index_].when) {
      if (std::holds_alternative<SegmentExists>(one)) {
        touches_.push_back(segments_looked_at(machine));
      } else {
        const std::string& program = std::get<ProgramEnded>(one).program;
        for (std::size_t i = 0; i < scenario.starts.size() && i < machine.process_count(); ++i) {
          if (scenario.starts[i].program != program) continue;
          const TaskId leader = machine.process(static_cast<ProcessId>(i)).leader;
          touches_.push_back(reads(machine.task(leader).self));
        }
      }
    }
  }
  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }
  [[nodiscard]] bool enabled(const Machine& machine, const Task&) const override {
    const auto& when = scenario_.starts[index_].when;
    return when.empty() ||
           std::ranges::any_of(when, [&](const Condition& one) { return holds(machine, one); });
  }
  Effect perform(Machine&, Task&) override { return Effect::returns(0); }
  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    return scenario_.starts[index_].program + " is started";
  }

 private:
  [[nodiscard]] bool holds(const Machine& machine, const Condition& condition) const {
    if (const auto* segment = std::get_if<SegmentExists>(&condition)) {
      return segment_exists(machine, segment->key, segment->min_size, segment->attached);
    }
    const std::string& program = std::get<ProgramEnded>(condition).program;
    for (std::size_t i = 0; i < scenario_.starts.size(); ++i) {
      if (scenario_.starts[i].program == program &&
          machine.process(static_cast<ProcessId>(i)).state != Process::State::kAlive) {
        return true;
      }
    }
    return false;
  }

  const Scenario& scenario_;
  std::size_t index_;
  std::vector<Touch> touches_;
};

}  // namespace

std::unique_ptr<Operation> start_of_program(Machine& machine, const Scenario& scenario,
                                            std::size_t index) {
  return std::make_unique<StartProgram>(machine, scenario, index);
}

HeldRun::Done HeldRun::start(Task& task) {
  const std::size_t index = task.program;
  machine_.begin_event(EventKind::kStart, task.id);
  if (!first_start_) first_start_ = machine_.now();
  for (const Touch& one : starts_[task.id]->touches()) machine_.touch(one);
  machine_.end_event(starts_[task.id]->text(machine_, task), 0);
  trace_.tasks[task.id].made_by = task.last;
  const Loaded<Zygote>& zygote = stage_.zygotes[index];
  if (!zygote) {
    begin_end(task);
    return end(task, zygote.error(), true, end_while_loaded(zygote.error()));
  }
  auto tracee = zygote->fork();
  if (!tracee) return std::unexpected(tracee.error());
  HeldTask& one = held(task);
  one.tracee = *tracee;
  one.group = tracee->pid();
  one.image = zygote->image();
  one.at = HeldTask::At::kOutside;
  guest_.set_tracee(task.id, *tracee);
  auto registers = tracee->registers();
  if (!registers) return std::unexpected(registers.error());
  one.registers = *registers;
  load_hello(task);
  if (one.image.thread_id_address != 0) {
    machine_.poke_value(task, one.image.thread_id_address, task.number);
  }
  task.clear_address = one.image.thread_id_address;
  task.robust_list = one.image.robust_list;
  ProcessRecord& record = trace_.processes[index];
  open_standard_streams(machine_, machine_.process_of(task), stage_.scenario.starts[index].input,
                        record.output, record.errors);
  go_on(task);
  return {};
}

}  // namespace ipcgrade
