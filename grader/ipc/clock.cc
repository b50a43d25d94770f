// Clocks, sleeps and timers of a process. Sources: clock_gettime(2), nanosleep(2), setitimer(2),
// timer_create(2).
#include "ipc/clock.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/times.h>

#include <map>

#include "ipc/calls.h"
#include "ipc/machine.h"
#include "ipc/process.h"
#include "ipc/signal.h"

namespace ipcgrade {
namespace {

std::string seconds_text(VirtualTime time) {
  return fmt::format("{:g} s", std::chrono::duration<double>(time).count());
}

/// Reading a clock takes a moment, so that a loop which waits for a time to come gets there.
constexpr VirtualTime kReading{1'000};

class ReadClock : public Operation {
 public:
  ReadClock(Call call, ObjectId clock) : call_(call), clock_(clock) {}
  // Every moment at which time moves comes before or after it.
  [[nodiscard]] std::vector<Touch> touches() const override { return {reads(clock_)}; }
  Effect perform(Machine& machine, Task& task) override {
    machine.advance_to(machine.now() + kReading);
    const auto& arguments = call_.arguments;
    bool written = true;
    std::int64_t result = 0;
    switch (call_.number) {
      case SYS_clock_gettime:
        written = machine.write_value(task, arguments[1],
                                      shown(static_cast<clockid_t>(arguments[0]), machine.now()));
        break;
      case SYS_gettimeofday: {
        const timespec now = shown(CLOCK_REALTIME, machine.now());
        if (arguments[0] != 0) {
          written =
              machine.write_value(task, arguments[0], timeval{now.tv_sec, now.tv_nsec / 1000});
        }
        break;
      }
      case SYS_time:
        result = shown(CLOCK_REALTIME, machine.now()).tv_sec;
        if (arguments[0] != 0) written = machine.write_value(task, arguments[0], result);
        break;
      default: {  // times
        constexpr std::int64_t kTick = 10'000'000;
        result = (machine.now() + kMonotonicBase).count() / kTick;
        if (arguments[0] != 0) written = machine.write_value(task, arguments[0], tms{});
        break;
      }
    }
    return written ? Effect::returns(result) : Effect::fails(EFAULT);
  }
  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    return "reads the clock";
  }

 private:
  Call call_;
  ObjectId clock_;
};

class Sleep : public Operation {
 public:
  Sleep(VirtualTime from, VirtualTime deadline, std::uint64_t remaining, ObjectId clock)
      : from_(from), deadline_(deadline), remaining_(remaining), clock_(clock) {}
  [[nodiscard]] std::vector<Touch> touches() const override { return {{clock_, 4, 0}}; }
  [[nodiscard]] bool enabled(const Machine&, const Task&) const override { return false; }
  Effect perform(Machine&, Task&) override { return Effect::returns(0); }
  [[nodiscard]] std::optional<VirtualTime> deadline() const override { return deadline_; }
  std::int64_t timed_out(Machine&, Task&) override { return 0; }
  [[nodiscard]] bool naps(const Task&) const override { return true; }
  std::int64_t interrupted(Machine& machine, Task& task) override {
    const VirtualTime left = std::max(deadline_ - machine.now(), VirtualTime{0});
    constexpr std::int64_t kBillion = 1'000'000'000;
    if (remaining_ != 0) {
      machine.write_value(task, remaining_,
                          timespec{left.count() / kBillion, left.count() % kBillion});
    }
    return -EINTR;
  }
  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    return fmt::format("sleep({})", seconds_text(deadline_ - from_));
  }
  [[nodiscard]] std::string waits_for(const Machine&, const Task&) const override {
    return "sleeps";
  }
  [[nodiscard]] Interruption interruption() const override { return Interruption::kFails; }

 private:
  VirtualTime from_, deadline_;
  std::uint64_t remaining_;
  ObjectId clock_;
};

std::unique_ptr<Operation> decode_sleep(Machine& machine, Task& task, const Call& call) {
  const bool plain = call.number == SYS_nanosleep;
  const clockid_t clock = plain ? CLOCK_MONOTONIC : static_cast<clockid_t>(call.arguments[0]);
  const bool absolute = !plain && (call.arguments[1] & TIMER_ABSTIME) != 0;
  const auto time = machine.read_value<timespec>(task, call.arguments[plain ? 0 : 2]);
  if (!time) return done_at_once("nanosleep()", -EFAULT);
  if (!is_valid(*time)) return done_at_once("nanosleep()", -EINVAL);
  const VirtualTime deadline = absolute ? until(clock, *time) : machine.now() + duration_of(*time);
  return std::make_unique<Sleep>(machine.now(), std::max(deadline, machine.now()),
                                 absolute ? 0 : call.arguments[plain ? 1 : 3],
                                 machine.clock_object());
}

/// The timers of all processes: of each the interval timer, and those of timer_create.
struct Timers {
  std::map<ProcessId, std::uint16_t> interval;
  struct Made {
    ProcessId process;
    std::uint16_t timer;
    clockid_t clock;
  };
  std::map<int, Made> made;
  std::map<ProcessId, int> next;
};

Timer& interval_timer(Machine& machine, const Task& task) {
  Timers& timers = machine.state<Timers>();
  const auto [at, added] = timers.interval.try_emplace(task.process, 0);
  if (added) {
    const ProcessId process = task.process;
    Timer& timer = machine.add_timer(machine.task(machine.process(process).leader).self,
                                     [process](Machine& m) {
                                       SignalInfo info;
                                       info.number = SIGALRM;
                                       info.code = SI_KERNEL;
                                       info.sent_by = m.event_id();
                                       m.send_to_process(m.process(process), info);
                                     });
    at->second = timer.number;
  }
  return machine.timers()[at->second];
}

void arm(Machine& machine, Timer& timer, VirtualTime first, VirtualTime period, bool absolute) {
  timer.armed_by = machine.event_id();
  timer.period = period;
  timer.due.reset();
  if (first.count() != 0) timer.due = absolute ? first : machine.now() + first;
}

VirtualTime left(const Machine& machine, const Timer& timer) {
  return timer.due ? std::max(*timer.due - machine.now(), VirtualTime{1}) : VirtualTime{0};
}

timeval timeval_of(VirtualTime time) {
  constexpr std::int64_t kMillion = 1'000'000;
  const std::int64_t micro = time.count() / 1000;
  return {micro / kMillion, micro % kMillion};
}
timespec timespec_of(VirtualTime time) {
  constexpr std::int64_t kBillion = 1'000'000'000;
  return {time.count() / kBillion, time.count() % kBillion};
}

std::unique_ptr<Operation> decode_interval(Machine& machine, Task& task, const Call& call) {
  const std::vector<Touch> touches{reads(machine.clock_object()),
                                   writes(machine.task(machine.process_of(task).leader).self)};
  const auto arguments = call.arguments;
  if (call.number == SYS_alarm) {
    return small(fmt::format("alarm({})", arguments[0] & 0xffffffff), touches,
                 [arguments](Machine& m, Task& t) {
                   Timer& timer = interval_timer(m, t);
                   const auto before = std::chrono::ceil<std::chrono::seconds>(left(m, timer));
                   arm(m, timer, std::chrono::seconds(arguments[0] & 0xffffffff), {}, false);
                   return Effect::returns(before.count());
                 });
  }
  if (static_cast<int>(arguments[0]) != ITIMER_REAL) {
    return unmodelled("setitimer() of processor time");
  }
  const bool sets = call.number == SYS_setitimer;
  return small(
      sets ? "setitimer()" : "getitimer()", touches, [arguments, sets](Machine& m, Task& t) {
        Timer& timer = interval_timer(m, t);
        const itimerval before{timeval_of(timer.period), timeval_of(left(m, timer))};
        const std::uint64_t old = arguments[sets ? 2 : 1];
        if (old != 0 && !m.write_value(t, old, before)) return Effect::fails(EFAULT);
        if (!sets || arguments[1] == 0) return Effect::returns(0);
        const auto given = m.read_value<itimerval>(t, arguments[1]);
        if (!given) return Effect::fails(EFAULT);
        arm(m, timer, duration_of(given->it_value), duration_of(given->it_interval), false);
        return Effect::returns(0);
      });
}

Effect create_timer(Machine& machine, Task& task, const std::array<std::uint64_t, 6>& arguments) {
  SignalInfo info;
  info.number = SIGALRM;
  info.code = SI_TIMER;
  TaskId target = kNoTask;
  bool silent = false;
  Timers& timers = machine.state<Timers>();
  int& next = timers.next[task.process];
  // Numbers of one process only matter to itself.
  const int id = static_cast<int>(task.process) * 1000 + next;
  info.value = static_cast<std::uint64_t>(next);
  if (arguments[1] != 0) {
    const auto event = machine.read_value<sigevent>(task, arguments[1]);
    if (!event) return Effect::fails(EFAULT);
    info.number = event->sigev_signo;
    info.value = reinterpret_cast<std::uint64_t>(event->sigev_value.sival_ptr);
    silent = event->sigev_notify == SIGEV_NONE;
    if (event->sigev_notify == SIGEV_THREAD_ID) {
      const Task* thread = find_task(machine, event->_sigev_un._tid);
      if (thread == nullptr) return Effect::fails(EINVAL);
      target = thread->id;
    }
  }
  if (!machine.write_value(task, arguments[2], next)) return Effect::fails(EFAULT);
  ++next;
  const ProcessId process = task.process;
  Timer& timer =
      machine.add_timer(machine.task(machine.process(process).leader).self, [=](Machine& m) {
        if (silent) return;
        SignalInfo sent = info;
        sent.sent_by = m.event_id();
        if (target != kNoTask) {
          m.send_to_task(m.task(target), sent);
        } else {
          m.send_to_process(m.process(process), sent);
        }
      });
  timers.made[id] = {process, timer.number, static_cast<clockid_t>(arguments[0])};
  return Effect::returns(0);
}

Effect use_timer(Machine& machine, Task& task, const Call& call) {
  Timers& timers = machine.state<Timers>();
  const auto at =
      timers.made.find(static_cast<int>(task.process) * 1000 + static_cast<int>(call.arguments[0]));
  if (at == timers.made.end()) return Effect::fails(EINVAL);
  Timer& timer = machine.timers()[at->second.timer];
  const bool sets = call.number == SYS_timer_settime;
  switch (call.number) {
    case SYS_timer_delete:
      timer.due.reset();
      timers.made.erase(at);
      return Effect::returns(0);
    case SYS_timer_getoverrun:
      return Effect::returns(0);
    default:
      break;
  }
  const itimerspec before{timespec_of(timer.period), timespec_of(left(machine, timer))};
  const std::uint64_t old = call.arguments[sets ? 3 : 1];
  if (old != 0 && !machine.write_value(task, old, before)) return Effect::fails(EFAULT);
  if (!sets) return Effect::returns(0);
  const auto given = machine.read_value<itimerspec>(task, call.arguments[2]);
  if (!given) return Effect::fails(EFAULT);
  const bool absolute = (call.arguments[1] & TIMER_ABSTIME) != 0;
  const bool armed = given->it_value.tv_sec != 0 || given->it_value.tv_nsec != 0;
  const VirtualTime first = !armed ? VirtualTime{0}
                            : absolute
                                ? std::max(until(at->second.clock, given->it_value), VirtualTime{1})
                                : duration_of(given->it_value);
  arm(machine, timer, first, duration_of(given->it_interval), absolute);
  return Effect::returns(0);
}

std::unique_ptr<Operation> decode_clock(Machine& machine, Task& task, const Call& call) {
  switch (call.number) {
    case SYS_nanosleep:
    case SYS_clock_nanosleep:
      return decode_sleep(machine, task, call);
    case SYS_alarm:
    case SYS_setitimer:
    case SYS_getitimer:
      return decode_interval(machine, task, call);
    case SYS_timer_create:
      return small("timer_create()", {}, [arguments = call.arguments](Machine& m, Task& t) {
        return create_timer(m, t, arguments);
      });
    case SYS_timer_settime:
    case SYS_timer_gettime:
    case SYS_timer_delete:
    case SYS_timer_getoverrun:
      return small(call.number == SYS_timer_settime ? "timer_settime()" : "timer_gettime()",
                   {reads(machine.clock_object()),
                    writes(machine.task(machine.process_of(task).leader).self)},
                   [call](Machine& m, Task& t) { return use_timer(m, t, call); });
    default:
      return std::make_unique<ReadClock>(call, machine.clock_object());
  }
}

constexpr long kCalls[] = {
    SYS_clock_gettime,   SYS_gettimeofday,  SYS_time,         SYS_times,           SYS_nanosleep,
    SYS_clock_nanosleep, SYS_alarm,         SYS_setitimer,    SYS_getitimer,       SYS_timer_create,
    SYS_timer_settime,   SYS_timer_gettime, SYS_timer_delete, SYS_timer_getoverrun};

}  // namespace

const Mechanism kClockMechanism{"clocks, sleeps and timers", kCalls, decode_clock};

}  // namespace ipcgrade
