// timerfd_create(2): a timer whose expirations are read.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>

#include <array>
#include <cstring>
#include <memory>
#include <utility>

#include "ipc/arguments.h"
#include "ipc/calls.h"
#include "ipc/clock.h"
#include "ipc/descriptor.h"
#include "ipc/machine.h"
#include "ipc/mechanisms.h"
#include "ipc/passed_operation.h"

namespace ipcgrade {

namespace {

class TimerDescription : public Description {
 public:
  TimerDescription(ObjectId object, clockid_t clock, int flags)
      : Description(O_RDWR | ((flags & TFD_NONBLOCK) != 0 ? O_NONBLOCK : 0)),
        object_(object),
        clock_(clock) {}

  [[nodiscard]] ObjectId object() const { return object_; }
  [[nodiscard]] Timer& timer(Machine& machine) const { return machine.timers()[timer_]; }
  void set_timer(std::uint16_t number) { timer_ = number; }

  void expire(Machine& machine) {
    ++expirations_;
    ++times_;
    machine.hand_over(expired_);
  }
  /// timerfd_settime, with a moment on the virtual clock.
  void arm(Machine& machine, std::optional<VirtualTime> due, VirtualTime period) {
    Timer& timer = this->timer(machine);
    timer.armed_by = machine.event_id();
    timer.due = due;
    timer.period = period;
    expirations_ = 0;
    expired_.clear();
  }
  [[nodiscard]] clockid_t clock() const { return clock_; }

  [[nodiscard]] short ready(const Machine&) const override {
    return expirations_ > 0 ? POLLIN | POLLRDNORM : 0;
  }
  [[nodiscard]] std::vector<Touch> touches(Direction) const override { return {writes(object_)}; }
  [[nodiscard]] std::vector<Touch> looks() const override { return {reads(object_)}; }
  [[nodiscard]] bool would_wait(const Machine&, const Task&, Direction,
                                std::size_t size) const override {
    return size >= sizeof expirations_ && expirations_ == 0;
  }
  std::int64_t read(Machine& machine, Task&, std::span<std::byte> into) override {
    if (into.size() < sizeof expirations_) return -EINVAL;
    if (expirations_ == 0) return -EAGAIN;
    machine.comes_after(expired_);
    std::memcpy(into.data(), &expirations_, sizeof expirations_);
    expirations_ = 0;
    return sizeof expirations_;
  }
  std::int64_t write(Machine&, Task&, std::span<const std::byte>) override { return -EINVAL; }
  void closed(Machine& machine, TaskId, bool last) override {
    if (last) timer(machine).due.reset();
  }
  void seen(Machine& machine, short events) override {
    if ((events & POLLIN) != 0) machine.comes_after(expired_);
  }
  [[nodiscard]] std::optional<std::uint64_t> wakes(Direction direction) const override {
    return direction == Direction::kIn ? times_ : 0;
  }
  [[nodiscard]] std::string name(const Machine&) const override { return "the timer"; }

 private:
  ObjectId object_;
  clockid_t clock_;
  std::uint16_t timer_ = 0;
  std::uint64_t expirations_ = 0;
  std::uint64_t times_ = 0;
  HandOver expired_;
};

[[nodiscard]] timespec timespec_of(VirtualTime time) {
  constexpr std::int64_t kBillion = 1'000'000'000;
  return {time.count() / kBillion, time.count() % kBillion};
}

[[nodiscard]] itimerspec setting_of(const Machine& machine, const Timer& timer) {
  itimerspec setting{timespec_of(timer.period), {0, 0}};
  if (timer.due) {
    setting.it_value = timespec_of(std::max(*timer.due - machine.now(), VirtualTime{1}));
  }
  return setting;
}

std::unique_ptr<Operation> decode_create(Machine& machine, Task& task, const Call& call) {
  const auto clock = static_cast<clockid_t>(int_at(call, 0));
  const int flags = int_at(call, 1);
  Passed passed{call,
                "timerfd_create()",
                table_touches(machine, task, TableUse::kAllocates),
                {{EMFILE}, {ENFILE}}};
  passed.then = [clock, flags](Machine& m, Task& t, std::int64_t result) {
    if (result < 0) return result;
    const ObjectId object = m.make<Object>(ObjectKind::kEventCounter, "the timer").id();
    auto made = std::make_shared<TimerDescription>(object, clock, flags);
    const Timer& timer = m.add_timer(object, [weak = std::weak_ptr(made)](Machine& machine_then) {
      if (const auto alive = weak.lock()) alive->expire(machine_then);
    });
    made->set_timer(timer.number);
    m.descriptors(t).put(static_cast<int>(result), std::move(made), (flags & TFD_CLOEXEC) != 0);
    return result;
  };
  return make_passed(std::move(passed));
}

Effect set_timer(Machine& machine, Task& task, const Call& call, TimerDescription& timer) {
  const auto wanted = machine.read_value<itimerspec>(task, call.arguments[2]);
  if (!wanted) return Effect::fails(EFAULT);
  if (!is_valid(wanted->it_value) || !is_valid(wanted->it_interval)) return Effect::fails(EINVAL);
  const itimerspec before = setting_of(machine, timer.timer(machine));
  std::optional<VirtualTime> due;
  if (wanted->it_value.tv_sec != 0 || wanted->it_value.tv_nsec != 0) {
    const bool absolute = (int_at(call, 1) & TFD_TIMER_ABSTIME) != 0;
    due = absolute ? until(timer.clock(), wanted->it_value)
                   : machine.now() + duration_of(wanted->it_value);
  }
  timer.arm(machine, due, duration_of(wanted->it_interval));
  if (call.arguments[3] != 0 && !machine.write_value(task, call.arguments[3], before)) {
    return Effect::fails(EFAULT);
  }
  return Effect::returns(0);
}

std::unique_ptr<Operation> decode_use(Machine& machine, Task& task, const Call& call) {
  const int number = int_at(call, 0);
  const auto found =
      std::dynamic_pointer_cast<TimerDescription>(machine.descriptors(task).find(number));
  if (found == nullptr) return nullptr;
  const bool sets = call.number == SYS_timerfd_settime;
  auto touches = table_touches(machine, task, TableUse::kUses, number);
  touches.push_back(sets ? writes(found->object()) : reads(found->object()));
  touches.push_back(reads(machine.clock_object()));
  append(touches,
         machine.buffer_touches(task, call.arguments[sets ? 3 : 1], sizeof(itimerspec), true));
  return small(fmt::format("timerfd_{}({})", sets ? "settime" : "gettime", number),
               std::move(touches), [call, sets, number](Machine& m, Task& t) {
                 const auto timer =
                     std::dynamic_pointer_cast<TimerDescription>(m.descriptors(t).find(number));
                 if (timer == nullptr) return Effect::fails(EBADF);
                 if (sets) return set_timer(m, t, call, *timer);
                 const itimerspec setting = setting_of(m, timer->timer(m));
                 return Effect::returns(m.write_value(t, call.arguments[1], setting) ? 0 : -EFAULT);
               });
}

std::unique_ptr<Operation> decode(Machine& machine, Task& task, const Call& call) {
  return call.number == SYS_timerfd_create ? decode_create(machine, task, call)
                                           : decode_use(machine, task, call);
}

constexpr std::array kCalls{long{SYS_timerfd_create}, long{SYS_timerfd_settime},
                            long{SYS_timerfd_gettime}};

}  // namespace

const Mechanism kTimerfdMechanism{"timerfd", kCalls, decode};

}  // namespace ipcgrade
