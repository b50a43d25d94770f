// signalfd(2): signals that are pending for whoever reads, taken as data.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>

#include <array>
#include <cstring>
#include <memory>
#include <utility>

#include "ipc/arguments.h"
#include "ipc/calls.h"
#include "ipc/descriptor.h"
#include "ipc/machine.h"
#include "ipc/mechanisms.h"
#include "ipc/passed_operation.h"
#include "ipc/signal.h"

namespace ipcgrade {

namespace {

class SignalDescription : public Description {
 public:
  SignalDescription(SignalSet set, int flags)
      : Description(O_RDWR | ((flags & SFD_NONBLOCK) != 0 ? O_NONBLOCK : 0)),
        set_(set & ~kUnblockable) {}

  void set(SignalSet set) { set_ = set & ~kUnblockable; }

  [[nodiscard]] short ready(const Machine&) const override { return 0; }
  [[nodiscard]] short ready_for(const Machine& machine, const Task& task) const override {
    return machine.first_pending(task, set_) != 0 ? POLLIN | POLLRDNORM : 0;
  }
  [[nodiscard]] std::vector<Touch> touches(Direction) const override { return {}; }
  [[nodiscard]] std::vector<Touch> touches_for(const Machine& machine, const Task& task,
                                               Direction) const override {
    std::vector<Touch> touches{writes(machine.task(machine.process_of(task).leader).self)};
    if (touches[0].object != task.self) touches.push_back(writes(task.self));
    return touches;
  }
  [[nodiscard]] std::vector<Touch> looks_for(const Machine& machine,
                                             const Task& task) const override {
    std::vector<Touch> touches{reads(machine.task(machine.process_of(task).leader).self)};
    if (touches[0].object != task.self) touches.push_back(reads(task.self));
    return touches;
  }
  std::int64_t read(Machine& machine, Task& task, std::span<std::byte> into) override {
    if (into.size() < sizeof(signalfd_siginfo)) return -EINVAL;
    std::size_t done = 0;
    while (done + sizeof(signalfd_siginfo) <= into.size()) {
      const int signal = machine.first_pending(task, set_);
      if (signal == 0) break;
      const SignalInfo taken = machine.take_signal(task, signal);
      machine.comes_after(taken.sent_by);
      const signalfd_siginfo told = told_of(taken);
      std::memcpy(into.data() + done, &told, sizeof told);
      done += sizeof told;
    }
    return done == 0 ? -EAGAIN : static_cast<std::int64_t>(done);
  }
  std::int64_t write(Machine&, Task&, std::span<const std::byte>) override { return -EINVAL; }
  [[nodiscard]] bool would_wait(const Machine& machine, const Task& task, Direction,
                                std::size_t size) const override {
    return size >= sizeof(signalfd_siginfo) && machine.first_pending(task, set_) == 0;
  }
  [[nodiscard]] std::string name(const Machine&) const override {
    return set_ == 0 ? "no signals" : "signals " + signal_names(set_);
  }

 private:
  [[nodiscard]] static signalfd_siginfo told_of(const SignalInfo& info) {
    signalfd_siginfo told{};
    told.ssi_signo = static_cast<std::uint32_t>(info.number);
    told.ssi_code = info.code;
    told.ssi_pid = static_cast<std::uint32_t>(info.sender);
    told.ssi_status = info.status;
    told.ssi_int = static_cast<std::int32_t>(info.value);
    told.ssi_ptr = info.value;
    return told;
  }

  SignalSet set_;
};

std::unique_ptr<Operation> decode(Machine& machine, Task& task, const Call& call) {
  const int number = int_at(call, 0);
  const int flags = call.number == SYS_signalfd4 ? int_at(call, 3) : 0;
  const auto set = machine.peek_value<SignalSet>(task, call.arguments[1]);
  if (!set) return nullptr;
  if (number >= 0) {
    const auto found =
        std::dynamic_pointer_cast<SignalDescription>(machine.descriptors(task).find(number));
    if (found == nullptr) return nullptr;
    auto touches = found->touches_for(machine, task, Direction::kIn);
    return small(fmt::format("signalfd({})", number), std::move(touches),
                 [number, set = *set](Machine& m, Task& t) {
                   const auto there =
                       std::dynamic_pointer_cast<SignalDescription>(m.descriptors(t).find(number));
                   if (there == nullptr) return Effect::fails(EBADF);
                   there->set(set);
                   return Effect::returns(number);
                 });
  }
  Passed passed{
      call, "signalfd()", table_touches(machine, task, TableUse::kAllocates), {{EMFILE}, {ENFILE}}};
  passed.then = [set = *set, flags](Machine& m, Task& t, std::int64_t result) {
    if (result >= 0) {
      m.descriptors(t).put(static_cast<int>(result),
                           std::make_shared<SignalDescription>(set, flags),
                           (flags & SFD_CLOEXEC) != 0);
    }
    return result;
  };
  return make_passed(std::move(passed));
}

constexpr std::array kCalls{long{SYS_signalfd}, long{SYS_signalfd4}};

}  // namespace

const Mechanism kSignalfdMechanism{"signalfd", kCalls, decode};

}  // namespace ipcgrade
