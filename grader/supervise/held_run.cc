#include "supervise/held_run.h"

#include <fmt/format.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>

#include "ipc/calls.h"
#include "ipc/clock.h"
#include "ipc/library_object.h"
#include "ipc/process.h"
#include "ipc/signal.h"
#include "ipc/standard_streams.h"
#include "ipc/sysv_semaphore.h"
#include "ipc/sysv_shared_memory.h"

namespace ipcgrade {

using sandbox::Expected;

namespace {

/// Moments in a row at which nobody did anything but look again, after which nobody ever will; and
/// the time that must have passed, since programs may give up waiting after half a minute.
constexpr std::size_t kMostIdle = 20;
constexpr VirtualTime kMostPatience = std::chrono::seconds(31);

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
    return when.empty() || std::ranges::any_of(when, [&](const Condition& one) {
             return holds(machine, one);
           });
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

/// Whether the call looked and found nothing: it failed, or only let time pass.
bool is_look(const Call& call, std::int64_t result) {
  switch (call.number) {
    case SYS_sched_yield:
    case SYS_nanosleep:
    case SYS_clock_nanosleep:
    case SYS_clock_gettime:
    case SYS_gettimeofday:
    case SYS_time:
    case SYS_getppid:
      return true;
    case SYS_wait4:
    case SYS_waitid:
    case SYS_poll:
    case SYS_ppoll:
    case SYS_select:
    case SYS_pselect6:
    case SYS_epoll_wait:
    case SYS_epoll_pwait:
    case SYS_rt_sigpending:
      return result <= 0;
    case SYS_semctl:
    case SYS_shmctl:
    case SYS_msgctl:
      return true;
    default:
      return result < 0;
  }
}

/// Whether a round with this call in it is waiting, and not burning the processor.
bool is_polite(const Call& call) {
  switch (call.number) {
    case SYS_sched_yield:
    case SYS_nanosleep:
    case SYS_clock_nanosleep:
    case SYS_poll:
    case SYS_ppoll:
    case SYS_select:
    case SYS_pselect6:
    case SYS_epoll_wait:
    case SYS_epoll_pwait:
    case SYS_semtimedop:
    case SYS_rt_sigtimedwait:
      return true;
    default:
      return false;
  }
}

/// What a call looks at, told from other calls at the same place.
std::uint64_t fingerprint(const Call& call) {
  // Not by pointers: a timespec may lie anywhere.
  return static_cast<std::uint64_t>(call.number) * 1'000'003 + call.arguments[0] * 31;
}

}  // namespace

HeldRun::HeldRun(HeldScenario& stage, const RunOptions& options)
    : stage_(stage),
      options_(options),
      guest_(stage.arena, stage.arena_descriptor),
      machine_(guest_, trace_) {}

HeldRun::~HeldRun() {
  for (HeldTask& one : held_) {
    if (!one.gone && one.at != HeldTask::At::kNothing) ::kill(one.tracee.pid(), SIGKILL);
  }
  for (auto one = held_.rbegin(); one != held_.rend(); ++one) reap(*one);
}

void HeldRun::set_up() {
  const auto& starts = stage_.scenario.starts;
  trace_.scenario = stage_.scenario.id;
  trace_.processes.reserve(starts.size());
  for (const GivenSegment& given : stage_.scenario.given) {
    give_segment(machine_, given.key, given.size);
  }
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const auto earlier = std::count_if(starts.begin(), starts.begin() + static_cast<std::ptrdiff_t>(i),
                                       [&](const Start& one) { return one.program == starts[i].program; });
    const std::string name =
        earlier == 0 ? starts[i].program : fmt::format("{} {}", starts[i].program, earlier + 1);
    trace_.processes.push_back({starts[i].program, std::nullopt, "", ""});
    Task& task = machine_.add_task(machine_.add_process(name, i));
    task.name = name;
    held_.emplace_back();
    starts_.push_back(std::make_unique<StartProgram>(machine_, stage_.scenario, i));
    TaskRecord record;
    record.name = name;
    record.program = i;
    record.leader = task.id;
    record.number = task.number;
    trace_.tasks.push_back(std::move(record));
  }
}

Expected<Trace> HeldRun::go(Chooser& chooser) {
  set_up();
  trace_.end = RunEnd::kDone;
  while (!ended_) {
    auto decision = gather();
    if (!decision) {
      note_end(somebody_spins() ? RunEnd::kSpinning : RunEnd::kDeadlock);
      break;
    }
    if (only_the_partner_polls(*decision)) {
      trace_.decisions.push_back(*decision);
      note_end(RunEnd::kSpinning);
      break;
    }
    trace_.decisions.push_back(*decision);
    const std::size_t chosen = chooser.choose(trace_, trace_.decisions.back());
    if (chosen == Chooser::kStopRun) {
      note_end(RunEnd::kAbandoned);
      break;
    }
    trace_.decisions.back().taken = static_cast<std::uint32_t>(chosen);
    const Choice choice = trace_.choices[decision->first_choice + chosen];
    if (auto done = take(choice); !done) return std::unexpected(done.error());
    if (trace_.events.size() > options_.most_events) note_end(RunEnd::kSteps);
  }
  if (auto done = finish(); !done) return std::unexpected(done.error());
  return std::move(trace_);
}

void HeldRun::note_end(RunEnd end) {
  if (ended_) return;
  ended_ = true;
  trace_.end = end;
}

void HeldRun::go_on(Task& task, int signal) { going_.emplace_back(task.id, signal); }

/// Does what was chosen, and lets every task that can run come to its next operation.
HeldRun::Done HeldRun::take(const Choice& choice) {
  if (auto done = choose(choice); !done) return done;
  while (!going_.empty() && !ended_) {
    const auto [task, signal] = going_.front();
    going_.pop_front();
    if (auto done = advance(machine_.task(task), signal); !done) return done;
  }
  return {};
}

bool HeldRun::somebody_spins() const {
  return std::ranges::any_of(held_, [](const HeldTask& one) {
    return !one.gone && one.spin.waits() && !one.spin.polite();
  });
}

/// After an injected failure the program that was failed has ended, and all that is left looks again
/// and again for what it did not do: that is not judged, so it need not go on.
bool HeldRun::only_the_partner_polls(const Decision& decision) const {
  if (!options_.injection) return false;
  const std::size_t failed = trace_.tasks.size() > options_.injection->task
                                 ? trace_.tasks[options_.injection->task].program
                                 : 0;
  for (std::size_t i = 0; i < machine_.task_count(); ++i) {
    const Task& task = machine_.task(static_cast<TaskId>(i));
    if (task.program == failed && task.state != TaskState::kEnded) return false;
  }
  for (const Choice& one : choices_of(trace_, decision)) {
    if (!one.enabled) continue;
    if (one.actor.kind == ActorKind::kTimer) return false;
    if (!held_back(machine_.task(one.actor.task))) return false;
  }
  return true;
}

HeldRun::Done HeldRun::choose(const Choice& choice) {
  trace_.stalled += choice.stall;
  if (choice.actor.kind == ActorKind::kTimer) {
    fire(choice.actor.task);
    return {};
  }
  Task& task = machine_.task(choice.actor.task);
  last_ = task.id;
  held(task).gives_way = false;
  switch (choice.actor.kind) {
    case ActorKind::kTask:
      return task.state == TaskState::kNotStarted ? start(task) : step(task);
    case ActorKind::kSignal:
      return take_signal(task);
    default:
      return time_out(task);
  }
}

void HeldRun::fire(std::uint16_t number) {
  Timer& timer = machine_.timers()[number];
  machine_.advance_to(*timer.due);
  machine_.begin_event(EventKind::kTimer, kNoTask);
  machine_.comes_after(timer.armed_by);
  machine_.touch(writes(timer.object));
  const VirtualTime due = *timer.due;
  timer.due.reset();
  if (timer.period.count() > 0) timer.due = due + timer.period;
  timer.fire(machine_);
  machine_.end_event("a timer fires", 0);
  tell_others(kNoTask);
}

HeldRun::Done HeldRun::start(Task& task) {
  const std::size_t index = task.program;
  machine_.begin_event(EventKind::kStart, task.id);
  if (!first_start_) first_start_ = machine_.now();
  for (const Touch& one : starts_[task.id]->touches()) machine_.touch(one);
  machine_.end_event(starts_[task.id]->text(machine_, task), 0);
  trace_.tasks[task.id].made_by = task.last;
  if (!stage_.zygotes[index]) {
    return end(task, W_EXITCODE(127, 0), true, EventKind::kExit, "it can't be loaded");
  }
  auto tracee = stage_.zygotes[index]->fork();
  if (!tracee) return std::unexpected(tracee.error());
  HeldTask& one = held(task);
  one.tracee = *tracee;
  one.group = tracee->pid();
  one.image = stage_.zygotes[index]->image();
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

HeldRun::Done HeldRun::step(Task& task) {
  if (held(task).burns) {
    held(task).burns = false;
    go_on(task);
  return {};
  }
  if (held(task).crash_signal != 0) return crash(task);
  if (held(task).at == HeldTask::At::kFault) return access(task);
  Operation& operation = *task.pending;
  if (!task.waiting && !operation.enabled(machine_, task)) {
    machine_.begin_event(EventKind::kWaitBegins, task.id);
    machine_.event().place = place_of(task);
    machine_.event().instruction = held(task).registers.rip;
    for (const Touch& one : operation.touches()) machine_.touch(one);
    operation.begin_wait(machine_, task);
    task.waiting = true;
    machine_.end_event(operation.text(machine_, task), 0);
    return {};
  }
  return perform(task);
}

std::optional<Failure> HeldRun::injected(const Task& task, Operation& operation) {
  std::vector<Failure> failures = operation.failures(machine_, task);
  const bool fails_always = operation.interruption() == Interruption::kFails;
  const bool can_wait = operation.interruption() != Interruption::kNever;
  const auto& actions = *machine_.process_of(task).actions;
  const bool interrupts = std::ranges::any_of(actions, [&](const SignalAction& one) {
    return one.handler > 1 && (fails_always || (one.flags & SA_RESTART) == 0);
  });
  // By signal(7): where a handler can run, the call fails with EINTR.
  if (can_wait && interrupts && !failures.empty()) failures.push_back({EINTR});
  if (failures.empty()) return std::nullopt;
  const std::uint32_t ordinal = ordinals_[task.id]++;
  std::optional<Failure> chosen;
  if (options_.injection && options_.injection->task == task.id &&
      options_.injection->ordinal == ordinal) {
    chosen = options_.injection->failure;
  }
  trace_.injectables.push_back({task.id, ordinal, machine_.event_id(), std::move(failures)});
  return chosen;
}

HeldRun::Done HeldRun::perform(Task& task) {
  Operation& operation = *task.pending;
  machine_.begin_event(EventKind::kCall, task.id);
  machine_.event().instruction = held(task).registers.rip;
  machine_.event().place = place_of(task);
  for (const Touch& one : operation.touches()) machine_.touch(one);
  std::string text = operation.text(machine_, task);
  if (const auto failure = injected(task, operation)) {
    machine_.event().injected = true;
    if (failure->error != 0) {
      if (task.waiting) operation.end_wait(machine_, task);
      return apply(task, Effect::fails(failure->error), std::move(text));
    }
    operation.shorten();
  }
  Effect effect = operation.perform(machine_, task);
  return apply(task, std::move(effect), std::move(text));
}

std::string HeldRun::result_text(std::int64_t result) const {
  if (result >= 0) return fmt::format(" = {}", result);
  const char* name = ::strerrorname_np(static_cast<int>(-result));
  return fmt::format(" fails: {}", name != nullptr ? name : "?");
}

HeldRun::Done HeldRun::apply(Task& task, Effect effect, std::string text) {
  switch (effect.kind) {
    case Effect::Kind::kReturn:
      machine_.end_event(text.empty() ? text : text + result_text(effect.value), effect.value);
      note_look(task, effect.value);
      return let_finish(task, effect.value);
    case Effect::Kind::kPass: {
      std::int64_t result = 0;
      if (auto done = pass(task, effect.call, result); !done) return done;
      const std::int64_t told = task.pending->finished(machine_, task, result);
      held(task).registers.rax = static_cast<std::uint64_t>(told);
      machine_.end_event(text.empty() ? text : text + result_text(told), told);
      note_look(task, told);
      task.pending.reset();
      task.waiting = false;
      held(task).at = HeldTask::At::kOutside;
      if (auto done = write_back(held(task)); !done) return done;
      go_on(task);
  return {};
    }
    case Effect::Kind::kAgain:
      machine_.end_event(text + ", in part", 0);
      task.waiting = true;
      held(task).spin.progressed();
      tell_others(task.id);
      return {};
    case Effect::Kind::kNewTask:
      return make_task(task, effect.call, std::move(text));
    case Effect::Kind::kExecute:
      return execute(task, effect.call, std::move(text));
    case Effect::Kind::kEnd: {
      // exit_group, or the last thread's exit: the whole process.
      const bool whole = call_of(task).number == SYS_exit_group ||
                         live_tasks(machine_, machine_.process_of(task)) == 1;
      return end(task, W_EXITCODE(static_cast<int>(effect.value), 0), whole, EventKind::kExit,
                 std::move(text));
    }
    case Effect::Kind::kUnmodelled:
      machine_.end_event(effect.text, 0);
      trace_.unmodelled = fmt::format("{} by {}", effect.text, task.name);
      note_end(RunEnd::kUnmodelled);
      return {};
  }
  return {};
}

/// The event of the end is under way already where `kind` is kExit and the call was performed.
HeldRun::Done HeldRun::end(Task& task, int status, bool whole, EventKind kind, std::string text) {
  if (kind != EventKind::kExit || task.pending == nullptr) machine_.begin_event(kind, task.id);
  machine_.event().kind = kind;
  Process& process = machine_.process_of(task);
  const std::vector<TaskId> ending = whole ? process.tasks : std::vector<TaskId>{task.id};
  task_ended(machine_, task, status, whole);
  machine_.end_event(std::move(text), status);
  tell_others(task.id);
  if (whole) ::kill(held_[process.leader].tracee.pid(), SIGKILL);
  // The kernel keeps a leader until its threads are gone.
  if (whole || task.id != process.leader) {
    for (auto one = ending.rbegin(); one != ending.rend(); ++one) reap(held_[*one]);
  }
  if (whole && process.id < trace_.processes.size()) {
    trace_.processes[process.id].end =
        WIFEXITED(status) ? sandbox::CommandEnd(sandbox::Exited{WEXITSTATUS(status)})
                          : sandbox::CommandEnd(sandbox::Signalled{WTERMSIG(status)});
  }
  bool alive = false;
  for (std::size_t i = 0; i < machine_.task_count(); ++i) {
    const TaskState state = machine_.task(static_cast<TaskId>(i)).state;
    alive = alive || state != TaskState::kEnded;
  }
  if (!alive) note_end(RunEnd::kDone);
  return {};
}

HeldRun::Done HeldRun::crash(Task& task) {
  const int signal = held(task).crash_signal;
  machine_.begin_event(EventKind::kCrash, task.id);
  machine_.event().instruction = held(task).registers.rip;
  machine_.event().place = place_of(task);
  return end(task, signal, true, EventKind::kCrash, "dies of " + signal_name(signal));
}

HeldRun::Done HeldRun::access(Task& task) {
  HeldTask& one = held(task);
  const auto operation = std::unique_ptr<AccessOperation>(
      static_cast<AccessOperation*>(task.pending.release()));
  // What is read may have changed since it stopped here, and with it how far a string goes.
  auto now = find_access(machine_, task, one);
  if (now == nullptr) {
    one.crash_signal = SIGSEGV;
    return crash(task);
  }
  const std::uint64_t place = one.registers.rip;
  const auto value_at = [&](const SharedAccess& access) {
    std::int64_t value = 0;
    const std::size_t size = std::min<std::uint64_t>(access.end - access.begin, sizeof value);
    (void)machine_.peek(task, access.address, std::as_writable_bytes(std::span(&value, 1)).first(size));
    return value;
  };
  std::vector<std::int64_t> before;
  for (const SharedAccess& access : now->accesses()) before.push_back(value_at(access));
  const std::uint32_t where = place_of(task);
  const x86::Outcome outcome = execute_access(machine_, task, one);
  if (outcome == x86::Outcome::kFault) {
    one.crash_signal = SIGSEGV;
    return crash(task);
  }
  if (outcome == x86::Outcome::kNeedsStep) {
    if (auto done = step_open(task); !done) return done;
  }
  bool changed = false;
  for (std::size_t i = 0; i < now->accesses().size(); ++i) {
    const SharedAccess& access = now->accesses()[i];
    machine_.begin_event(EventKind::kAccess, task.id);
    Event& event = machine_.event();
    event.order = now->order();
    event.reads = access.reads;
    event.writes = access.writes;
    event.instruction = place;
    event.place = where;
    event.before = before[i];
    const std::int64_t after = value_at(access);
    changed = changed || (access.writes && after != before[i]) ||
              (access.writes && access.end - access.begin > sizeof after);
    machine_.touch(access.writes ? writes(access.object, access.begin, access.end)
                                 : reads(access.object, access.begin, access.end));
    machine_.end_event(now->text(machine_, task), access.writes ? after : before[i]);
  }
  if (changed) {
    one.spin.progressed();
  } else {
    const auto touches = now->touches();
    one.spin.looked(place, now->accesses().front().begin, before.front(), touches, false);
  }
  tell_others(task.id);
  one.at = HeldTask::At::kOutside;
  if (auto done = write_back(one); !done) return done;
  if (one.spin.waits() && !one.spin.polite()) return confirm_spin(task);
  go_on(task);
  return {};
}

/// A loop that reads the same a few times is not yet one that waits. So it goes on by itself for as
/// long as it only looks at what it has seen: no event, no decision, nobody could tell. One that
/// still does so after thousands of looks burns the processor; which is found out once a place.
HeldRun::Done HeldRun::confirm_spin(Task& task) {
  HeldTask& one = held(task);
  const auto place = std::pair(task.program, one.spin.place());
  const bool known = stage_.spins.contains(place);
  constexpr int kLooks = 2000;
  bool spins = true;
  for (int looks = 0; looks < (known ? 1 : kLooks) && spins; ++looks) {
    if (auto done = advance(task, 0); !done) return done;
    if (ended_ || task.state != TaskState::kPending || one.at != HeldTask::At::kFault) {
      spins = false;
      break;
    }
    const auto& access = static_cast<const AccessOperation&>(*task.pending).accesses().front();
    std::int64_t value = 0;
    const std::size_t size = std::min<std::uint64_t>(access.end - access.begin, sizeof value);
    (void)machine_.peek(task, access.address,
                        std::as_writable_bytes(std::span(&value, 1)).first(size));
    spins = !access.writes && one.spin.knows(one.registers.rip, access.begin, value);
    if (!spins || known) break;
    if (execute_access(machine_, task, one) != x86::Outcome::kDone) break;
    task.pending.reset();
    one.at = HeldTask::At::kOutside;
    if (auto done = write_back(one); !done) return done;
  }
  if (!spins) {
    one.spin.progressed();
    return {};
  }
  stage_.spins.insert(place);
  if (task.pending == nullptr) {
    if (auto done = advance(task, 0); !done) return done;
  }
  machine_.begin_event(EventKind::kSpin, task.id);
  machine_.event().instruction = one.registers.rip;
  machine_.event().place = place_of(task);
  machine_.end_event("looks again and again, without a pause", 0);
  return {};
}

void HeldRun::note_look(Task& task, std::int64_t result) {
  HeldTask& one = held(task);
  const Call call = call_of(task);
  if (is_look(call, result)) {
    const auto touches = task.pending->touches();
    one.spin.looked(one.registers.rip, fingerprint(call), result, touches, is_polite(call));
  } else if (!task.pending->touches().empty()) {
    one.spin.progressed();
  }
  one.gives_way = is_polite(call);
  tell_others(task.id);
}

/// What the current event touched lets others look again.
void HeldRun::tell_others(TaskId task) {
  const auto touches = touches_of(trace_, machine_.event());
  for (TaskId i = 0; i < held_.size(); ++i) {
    if (i != task) held_[i].spin.others_touched(touches);
  }
}

HeldRun::Done HeldRun::take_signal(Task& task) {
  const auto number = machine_.next_signal(task);
  if (!number) return {};
  const SignalInfo info = machine_.take_signal(task, *number);
  machine_.begin_event(EventKind::kSignal, task.id);
  machine_.event().instruction = held(task).registers.rip;
  machine_.event().place = place_of(task);
  machine_.comes_after(info.sent_by);
  machine_.touch(writes(machine_.task(machine_.process_of(task).leader).self));
  task.takes_signal_first = false;
  held(task).spin.progressed();
  const std::string text = "takes " + signal_name(*number);
  switch (disposition(machine_, task, *number)) {
    case Disposition::kIgnore:
    case Disposition::kContinue:
      machine_.end_event(text, *number);
      return {};
    case Disposition::kStop:
      task.state = TaskState::kStopped;
      machine_.end_event(text + " and stops", *number);
      return {};
    case Disposition::kTerminate:
      machine_.end_event(text + " and ends", *number);
      return end(task, *number, true, EventKind::kCrash, "ended by " + signal_name(*number));
    case Disposition::kHandler:
      break;
  }
  machine_.end_event(text, *number);
  const auto& action = (*machine_.process_of(task).actions)[static_cast<std::size_t>(*number)];
  const bool at_call = held(task).at == HeldTask::At::kCall;
  bool back_out = true;
  std::int64_t result = 0;
  if (at_call && task.waiting) {
    // What no handler ends is entered again, and finds that it waits already.
    const Interruption interruption = task.pending->interruption();
    const bool restarts =
        interruption == Interruption::kNever ||
        (interruption == Interruption::kRestarts && (action.flags & SA_RESTART) != 0);
    if (!restarts) {
      back_out = false;
      result = task.pending->interrupted(machine_, task);
    }
  }
  return enter(task, info, back_out, result);
}

HeldRun::Done HeldRun::time_out(Task& task) {
  const VirtualTime due = *task.pending->deadline();
  machine_.advance_to(due);
  machine_.begin_event(EventKind::kTimer, task.id);
  machine_.event().instruction = held(task).registers.rip;
  machine_.event().place = place_of(task);
  for (const Touch& one : task.pending->touches()) machine_.touch(one);
  if (held(task).spin.waits()) held(task).spin.let_go();
  if (task.waiting) task.pending->end_wait(machine_, task);
  const std::string text = task.pending->text(machine_, task);
  const std::int64_t result = task.pending->timed_out(machine_, task);
  if (result == Operation::kGoesOn) {
    machine_.end_event(text + " waits too long", 0);
    tell_others(task.id);
    return {};
  }
  machine_.end_event(text + (result == 0 ? " is over" : result_text(result)), result);
  idle_ = held(task).spin.waits() ? idle_ + 1 : 0;
  if (idle_ > kMostIdle && machine_.now() > idle_since_ + kMostPatience) note_end(RunEnd::kSpinning);
  if (idle_ == 0) idle_since_ = machine_.now();
  note_look(task, result);
  return let_finish(task, result);
}

}  // namespace ipcgrade
