// The calls of a program, with any arguments and any bytes in its memory, by the model of the
// machine: a few tasks that call what they like, wait, are interrupted and run out of time.
//
// The input is a list of steps. The first byte of each says whose it is; of one who stands before
// no call there follow which call, and six arguments, a byte each that says what sort it is.
#include <sys/syscall.h>

#include <array>
#include <string>
#include <vector>

#include "fuzz/fuzz.h"
#include "ipc/kernel_buffers.h"
#include "ipc/process.h"
#include "runtime/hypercall.h"
#include "support/fake_kernel.h"

namespace {

using namespace ipcgrade;
using fuzz::expect;

constexpr std::uint64_t kShared = 0x40000000;
constexpr std::uint64_t kSlot = 64;

struct Callable {
  long number = 0;
  std::uint64_t hypercall = 0;
};

std::vector<Callable> all_calls() {
  std::vector<Callable> all;
  for (const Mechanism* one : all_mechanisms()) {
    for (const long number : one->calls) {
      if (number != kHypercall) all.push_back({number, 0});
    }
  }
  for (std::uint64_t i = 1; i < 128; ++i) all.push_back({kHypercall, i});
  return all;
}

class SomeTasks {
 public:
  SomeTasks() {
    Task& first = fake_.start("server");
    Task& second = fake_.start("client");
    tasks_ = {&first, &second, &fake_.thread(first)};
    const SharedMemory& shared = fake_.share(first, kShared, 4096);
    fake_.map(second, kShared, shared);
    fake_.trace().tasks.resize(tasks_.size());
    fake_.trace().processes.resize(2);
    for (const Task* one : tasks_) {
      TaskRecord& record = fake_.trace().tasks[one->id];
      record.program = one->program;
      record.leader = fake_.machine().process_of(*one).leader;
      record.number = one->number;
    }
  }

  /// False: the run is over.
  bool step(fuzz::Input& input) {
    const auto first = input.take<std::uint8_t>();
    Task& task = *tasks_[first % tasks_.size()];
    if (task.state == TaskState::kEnded) return true;
    if (!task.pending) {
      if ((first & 0x80) != 0) {
        poke(input, task);
        return true;
      }
      return decode(input, task);
    }
    return go_on(first, task);
  }

 private:
  Machine& machine() { return fake_.machine(); }

  void poke(fuzz::Input& input, const Task& task) {
    const std::uint64_t address = address_of(input.take<std::uint8_t>());
    const auto bytes = input.take<std::array<std::byte, 16>>();
    (void)machine().poke(task, address, bytes);
  }

  static std::uint64_t address_of(std::uint8_t sort) {
    if ((sort & 0x20) != 0) return kShared + (sort & 0x1f) * 8;
    return testing::FakeMemory::kBase + (sort & 0x1f) * kSlot;
  }

  static std::uint64_t argument(fuzz::Input& input) {
    const auto sort = input.take<std::uint8_t>();
    switch (sort >> 6) {
      case 0:
        return static_cast<std::uint64_t>(static_cast<std::int64_t>(sort) - 8);
      case 1:
        return address_of(sort);
      case 2:
        return std::uint64_t{1} << (sort & 0x3f);
      default:
        return (sort & 1) != 0 ? input.take<std::uint64_t>() : input.take<std::uint16_t>();
    }
  }

  bool decode(fuzz::Input& input, Task& task) {
    static const std::vector<Callable> kCalls = all_calls();
    const Callable& chosen = kCalls[input.take<std::uint16_t>() % kCalls.size()];
    Call call{chosen.number, {}};
    for (std::uint64_t& one : call.arguments) one = argument(input);
    if (call.number == kHypercall) call.arguments[0] = chosen.hypercall;
    task.call = call;
    (void)kernel_touches(machine(), task, call);
    for (const Mechanism* one : all_mechanisms()) {
      if (std::ranges::find(one->calls, call.number) == one->calls.end()) continue;
      task.pending = one->decode(machine(), task, call);
      if (task.pending) break;
    }
    if (!task.pending) return true;
    task.waiting = false;
    check_touches(task);
    (void)task.pending->failures(machine(), task);
    if (task.pending->enabled(machine(), task)) return perform(task);
    as_event(EventKind::kWaitBegins, task, [&] {
      task.pending->begin_wait(machine(), task);
      return 0;
    });
    task.waiting = true;
    check_wait(task);
    return true;
  }

  bool go_on(std::uint8_t how, Task& task) {
    Operation& operation = *task.pending;
    if (operation.enabled(machine(), task)) return perform(task);
    check_wait(task);
    if ((how & 0x40) != 0 && operation.interruption() != Interruption::kNever) {
      leave(task, EventKind::kCall, [&] { return operation.interrupted(machine(), task); });
    } else if ((how & 0x20) != 0 && operation.deadline()) {
      machine().advance_to(*operation.deadline());
      leave(task, EventKind::kTimer, [&] { return operation.timed_out(machine(), task); });
    }
    return true;
  }

  template <typename Act>
  void leave(Task& task, EventKind kind, Act act) {
    std::int64_t result = 0;
    as_event(kind, task, [&] {
      task.pending->end_wait(machine(), task);
      result = act();
      return result;
    });
    if (result == Operation::kGoesOn) return;
    task.pending.reset();
    task.waiting = false;
  }

  bool perform(Task& task) {
    Effect effect;
    as_event(EventKind::kCall, task, [&] {
      effect = task.pending->perform(machine(), task);
      if (effect.kind != Effect::Kind::kPass) return effect.value;
      return task.pending->finished(machine(), task, fake_.kernel(task, effect.call));
    });
    switch (effect.kind) {
      case Effect::Kind::kAgain:
        task.waiting = true;
        return true;
      case Effect::Kind::kUnmodelled:
        expect(!effect.text.empty(), "what is not modelled has a name");
        return false;
      case Effect::Kind::kEnd: {
        machine().begin_event(EventKind::kExit, task.id);
        (void)end_touches(machine(), task, true);
        task_ended(machine(), task, 0, true);
        machine().end_event("exit", 0);
        return true;
      }
      case Effect::Kind::kNewTask:
      case Effect::Kind::kExecute:
      case Effect::Kind::kPass:
      case Effect::Kind::kReturn:
        break;
    }
    task.pending.reset();
    task.waiting = false;
    return true;
  }

  template <typename Act>
  void as_event(EventKind kind, Task& task, Act act) {
    machine().begin_event(kind, task.id);
    for (const Touch& one : task.pending->sure_touches()) machine().touch(one);
    const std::string text = task.pending->text(machine(), task);
    expect(text.size() < 100'000, "what a call is told by has a bound");
    const std::int64_t result = act();
    machine().end_event(text, result);
  }

  void check_touches(const Task& task) {
    for (const Touch& one : task.pending->touches()) {
      expect(one.object < machine().object_count(), "what is touched is there");
    }
  }
  void check_wait(const Task& task) {
    (void)task.pending->waits_for(machine(), task);
    for (const TaskId one : task.pending->suppliers(machine(), task)) {
      expect(one < machine().task_count(), "who could help is there");
    }
    (void)task.pending->missed(machine(), task);
  }

  testing::DescriptorMachine fake_;
  std::vector<Task*> tasks_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr int kMostSteps = 200;
  fuzz::Input input(data, size);
  SomeTasks tasks;
  for (int i = 0; i < kMostSteps && !input.empty(); ++i) {
    if (!tasks.step(input)) break;
  }
  return 0;
}
