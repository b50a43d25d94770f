// pidfd_open(2): a process as a descriptor, readable when it has ended.
#include "ipc/pidfd.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/syscall.h>

#include <array>
#include <memory>
#include <utility>

#include "ipc/arguments.h"
#include "ipc/calls.h"
#include "ipc/descriptor.h"
#include "ipc/mechanisms.h"
#include "ipc/passed_operation.h"
#include "ipc/process.h"

namespace ipcgrade {

namespace {

class ProcessDescription : public Description {
 public:
  ProcessDescription(ProcessId process, ObjectId object)
      : Description(O_RDWR), process_(process), object_(object) {}

  [[nodiscard]] ProcessId process() const { return process_; }

  [[nodiscard]] short ready(const Machine& machine) const override {
    return machine.process(process_).state == Process::State::kAlive ? 0 : POLLIN | POLLRDNORM;
  }
  [[nodiscard]] std::vector<Touch> touches(Direction) const override { return {reads(object_)}; }
  std::int64_t read(Machine&, Task&, std::span<std::byte>) override { return -EINVAL; }
  std::int64_t write(Machine&, Task&, std::span<const std::byte>) override { return -EINVAL; }
  [[nodiscard]] bool would_wait(const Machine&, const Task&, Direction,
                                std::size_t) const override {
    return false;
  }
  void seen(Machine& machine, short events) override {
    if ((events & POLLIN) != 0) machine.comes_after(machine.process(process_).ended_by);
  }
  [[nodiscard]] std::string name(const Machine& machine) const override {
    return "the end of " + machine.process(process_).name;
  }
  [[nodiscard]] std::vector<TaskId> suppliers(const Machine& machine, const Task&,
                                              Direction) const override {
    return {machine.process(process_).leader};
  }

 private:
  ProcessId process_;
  ObjectId object_;  ///< of its first task, touched by its end
};

std::unique_ptr<Operation> decode(Machine& machine, Task& task, const Call& call) {
  const int number = int_at(call, 0);
  const Process* process = find_process(machine, number);
  if (process == nullptr) {
    return done_at_once(fmt::format("pidfd_open({})", number), number > 0 ? -ESRCH : -EINVAL);
  }
  Call real = call;
  // The kernel's descriptor is only a number that is taken: what it stands for is the model's
  // affair, so where the process's own number is not known, the box's init does.
  constexpr int kInit = 1;
  real.arguments[0] =
      static_cast<std::uint64_t>(process->real_number > 0 ? process->real_number : kInit);
  const ObjectId object = machine.task(process->leader).self;
  auto touches = table_touches(machine, task, TableUse::kAllocates);
  touches.push_back(reads(object));
  Passed passed{
      real, fmt::format("pidfd_open({})", number), std::move(touches), {{EMFILE}, {ENFILE}}};
  passed.then = [id = process->id, object](Machine& m, Task& t, std::int64_t result) {
    if (result >= 0) {
      m.descriptors(t).put(static_cast<int>(result),
                           std::make_shared<ProcessDescription>(id, object), true);
    }
    return result;
  };
  return make_passed(std::move(passed));
}

constexpr std::array kCalls{long{SYS_pidfd_open}};

}  // namespace

Process* process_named(Machine& machine, const Task& task, int number) {
  const auto found = machine.descriptors(task).find(number);
  const auto* description = dynamic_cast<const ProcessDescription*>(found.get());
  return description == nullptr ? nullptr : &machine.process(description->process());
}

const Mechanism kPidfdMechanism{"pidfd", kCalls, decode};

}  // namespace ipcgrade
