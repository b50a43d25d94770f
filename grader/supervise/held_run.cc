#include "supervise/held_run.h"

#include <fmt/format.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>

#include "ipc/calls.h"
#include "ipc/clock.h"
#include "ipc/kernel_buffers.h"
#include "ipc/page_map.h"
#include "ipc/process.h"
#include "ipc/signal.h"
#include "ipc/sysv_shared_memory.h"
#include "sandbox/fd.h"

namespace ipcgrade {

using sandbox::Expected;

namespace {

/// For how long nobody did anything but look again, when nobody ever will: programs may give up
/// waiting after half a minute.
constexpr VirtualTime kMostPatience = std::chrono::seconds(31);
/// How long what the programs left running may go on.
constexpr VirtualTime kGrace = std::chrono::seconds(30);
constexpr std::size_t kMostGraceEvents = 50'000;

}  // namespace

HeldRun::HeldRun(HeldScenario& stage, const RunOptions& options)
    : stage_(stage),
      options_(options),
      known_(options.known != nullptr ? *options.known : Lessons{}),
      guest_(stage.box, stage.arena, stage.arena_descriptor),
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
  machine_.state<SignalsFail>() = stage_.signals_fail;
  set_outside_signals();
  if (const PageMap map = stage_.scenario.page_map; map != PageMap::kAsItIs) {
    set_page_map(machine_, {.opens = map != PageMap::kAbsent, .reads = map == PageMap::kZero});
  }
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const auto earlier =
        std::count_if(starts.begin(), starts.begin() + static_cast<std::ptrdiff_t>(i),
                      [&](const Start& one) { return one.program == starts[i].program; });
    const std::string name =
        earlier == 0 ? starts[i].program : fmt::format("{} {}", starts[i].program, earlier + 1);
    trace_.processes.push_back({starts[i].program, std::nullopt, "", ""});
    Task& task = machine_.add_task(machine_.add_process(name, i));
    task.name = name;
    held_.emplace_back();
    starts_.push_back(start_of_program(machine_, stage_.scenario, i));
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
    if (!gather()) {
      if (const Task* task = computes_for_ever()) {
        stop_at(sandbox::LimitKind::kCpuTime, static_cast<std::uint64_t>(stage_.limits.cpu.count()),
                task);
      } else if (somebody_spins() || rested_ == machine_.now()) {
        note_spinning();
      } else {
        note_end(RunEnd::kDeadlock);
      }
      break;
    }
    if (only_the_partner_polls()) {
      note_end(RunEnd::kSpinning);
      break;
    }
    const std::size_t chosen = chooser.choose(trace_, trace_.decisions.back());
    if (chosen == Chooser::kStopRun) {
      note_end(RunEnd::kAbandoned);
      break;
    }
    trace_.decisions.back().taken = static_cast<std::uint32_t>(chosen);
    const Choice choice = *taken_choice(trace_, trace_.decisions.back());
    if (auto done = take(choice); !done && !ended_) {
      // Gone while it stood still: the kernel had no memory left, and chose it.
      if (done.error().error_number != ESRCH) return std::unexpected(done.error());
      stop_at(sandbox::LimitKind::kMemory, stage_.limits.memory, nullptr);
    }
    note_idling();
    note_endless();
  }
  if (auto done = finish(); !done) return std::unexpected(done.error());
  return std::move(trace_);
}

void HeldRun::note_end(RunEnd end) {
  if (ended_) return;
  ended_ = true;
  trace_.end = end;
}

bool HeldRun::is_too_long() const {
  // Programs and tasks take as long as hundreds of other events.
  constexpr std::size_t kMostTasks = 5'000;
  constexpr std::size_t kMostExecuted = 300;
  return trace_.events.size() > options_.most_events || trace_.tasks.size() > kMostTasks ||
         executed_ > kMostExecuted;
}

/// Who has not ended by now goes on for ever, as far as anybody can tell.
void HeldRun::note_endless() {
  constexpr std::size_t kLooksForStop = 64;
  if (ended_ || (trace_.decisions.size() % kLooksForStop == 0 && stop_asked())) return;
  if (takes_too_much_memory(nullptr)) return;
  if (is_too_long()) {
    const bool polls = (idle_ > kMostIdle && poll_in_vain(true)) || all_keep_pausing();
    return note_end(polls ? RunEnd::kSpinning : RunEnd::kSteps);
  }
  // What the programs leave running may end by itself.
  if (programs_ended_ && (machine_.now() > programs_ended_->time + kGrace ||
                          trace_.events.size() > programs_ended_->events + kMostGraceEvents)) {
    return note_end(RunEnd::kDone);
  }
  // Beyond what orders and stalls can add to the time that a scenario may take, and so long that
  // who looks again and again has been found out before.
  const auto wall = stage_.scenario.wall.count() > 0 ? stage_.scenario.wall : stage_.limits.wall;
  const VirtualTime most = wall + stage_.start_window + stage_.stall_bound + kMostPatience;
  if (first_start_ && machine_.now() > *first_start_ + most + idled_) {
    // Looks that are seconds apart are few by then.
    const bool only_looks = idle_ > 0 && machine_.now() > idle_since_ + kMostPatience;
    if ((only_looks && poll_in_vain(true)) || all_keep_pausing()) {
      return note_end(RunEnd::kSpinning);
    }
    const auto milliseconds = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(most).count());
    stop_at(sandbox::LimitKind::kWallTime, milliseconds, nullptr);
  }
}

bool HeldRun::stop_asked() {
  if (!sandbox::is_readable(options_.stop)) return false;
  stop_for(sandbox::Interrupted{}, nullptr);
  return true;
}

bool HeldRun::takes_too_much_memory(const Task* task) {
  constexpr std::chrono::milliseconds kPeriod{20};
  const auto now = std::chrono::steady_clock::now();
  if (now < next_memory_look_) return false;
  next_memory_look_ = now + kPeriod;
  if (stage_.box.sampled_memory() <= stage_.limits.memory) return false;
  stop_at(sandbox::LimitKind::kMemory, stage_.limits.memory, task);
  return true;
}

void HeldRun::stop_for(decltype(sandbox::Cause::what) what, const Task* task) {
  std::optional<int> program;
  if (task != nullptr) program = static_cast<int>(task->program);
  trace_.stopped = sandbox::Cause{std::move(what), program};
  note_end(RunEnd::kStopped);
}

void HeldRun::stop_at(sandbox::LimitKind kind, std::uint64_t limit, const Task* task) {
  stop_for(sandbox::LimitReached{kind, limit, limit}, task);
}

/// What it printed, with all others.
void HeldRun::look_at_output(const Task& task) {
  std::uint64_t printed = 0;
  for (const ProcessRecord& one : trace_.processes) {
    printed += one.output.size() + one.errors.size();
  }
  if (printed > stage_.limits.output) {
    stop_at(sandbox::LimitKind::kOutput, stage_.limits.output, &task);
  }
}

void HeldRun::go_on(Task& task) { going_.push_back(task.id); }

/// Does what was chosen, and lets every task that can run come to its next operation.
HeldRun::Done HeldRun::take(const Choice& choice) {
  if (auto done = choose(choice); !done) return done;
  while (!going_.empty() && !ended_) {
    const TaskId task = going_.front();
    going_.pop_front();
    if (auto done = advance(machine_.task(task)); !done) return done;
    if (is_too_long()) break;  // for note_endless()
  }
  return {};
}

HeldRun::Done HeldRun::choose(const Choice& choice) {
  trace_.stalled += choice.stall;
  if (choice.idles) rounds_.seen.clear();  // nobody has a turn meanwhile
  if (choice.idles && (!idling_ || idling_->task != choice.actor.task)) {
    idling_ = Idling{choice.actor.task, machine_.now()};
  }
  if (is_outside(choice.actor)) {
    come(choice.actor.task);
    return {};
  }
  if (choice.actor.kind == ActorKind::kTimer) {
    fire(choice.actor.task);
    return {};
  }
  Task& task = machine_.task(choice.actor.task);
  last_ = task.id;
  if (choice.actor.kind == ActorKind::kTask) note_step_for_outside(task);
  held(task).gives_way = false;
  held(task).went = trace_.decisions.size();
  switch (choice.actor.kind) {
    case ActorKind::kTask:
      if (task.state == TaskState::kEnded) return leave(task);
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

HeldRun::Done HeldRun::step(Task& task) {
  if (held(task).goes_on) {
    held(task).goes_on = held(task).burns = false;
    go_on(task);
    return {};
  }
  if (held(task).crash_signal != 0) return crash(task);
  if (held(task).at == HeldTask::At::kFault) return access(task);
  Operation& operation = *task.pending;
  if (!task.waiting && !operation.enabled(machine_, task) && !fails_now(task)) {
    machine_.begin_event(EventKind::kWaitBegins, task.id);
    machine_.event().place = place_of(task);
    machine_.event().instruction = held(task).registers.rip;
    for (const Touch& one : operation.sure_touches()) machine_.touch(one);
    operation.begin_wait(machine_, task);
    task.waiting = true;
    machine_.end_event(operation.text(machine_, task), 0);
    return {};
  }
  return perform(task);
}

HeldRun::Done HeldRun::perform(Task& task) {
  Operation& operation = *task.pending;
  machine_.begin_event(EventKind::kCall, task.id);
  machine_.event().instruction = held(task).registers.rip;
  machine_.event().place = place_of(task);
  for (const Touch& one : operation.sure_touches()) machine_.touch(one);
  std::string text = operation.text(machine_, task);
  if (const auto failure = injected(task, operation)) {
    machine_.event().injected = true;
    if (const int signal = options_.injection->signal; signal != 0) {
      machine_.send_to_task(task, {signal, SI_USER, 0, 0, 0, machine_.event_id()});
    }
    if (failure->error != 0) {
      if (task.waiting) operation.end_wait(machine_, task);
      operation.failed(machine_, task, failure->error);
      return apply(task, Effect::fails(failure->error), std::move(text));
    }
    operation.shorten();
  }
  held(task).states_before = states_of(operation);
  Effect effect = operation.perform(machine_, task);
  if (const Event& event = machine_.event(); event.kind == EventKind::kAccess && event.writes) {
    const Touch written = operation.touches().front();
    held(task).told_write = {machine_.event_id(), written.begin, written.end - written.begin};
  }
  if (options_.tell && machine_.event().kind == EventKind::kAccess) name_bytes(task, operation);
  return apply(task, std::move(effect), std::move(text));
}

std::string HeldRun::result_text(std::int64_t result) const {
  // No number or count of a program is as large: a place in its memory.
  constexpr std::int64_t kLeastAddress = std::int64_t{1} << 40;
  if (result >= kLeastAddress) return fmt::format(" = {:#x}", result);
  if (result >= 0) return fmt::format(" = {}", result);
  const char* name = ::strerrorname_np(static_cast<int>(-result));
  return fmt::format(" fails: {}", name != nullptr ? name : "?");
}

HeldRun::Done HeldRun::apply(Task& task, Effect effect, std::string text) {
  switch (effect.kind) {
    case Effect::Kind::kReturn:
      log_buffer(task, task.call, effect.value);
      machine_.end_event(text.empty() ? text : text + result_text(effect.value), effect.value);
      look_at_output(task);
      note_look(task, effect.value);
      return let_finish(task, effect.value);
    case Effect::Kind::kPass: {
      std::int64_t result = 0;
      if (auto done = pass(task, effect.call, result); !done || ended_) return done;
      for (const Touch& one : kernel_touches(machine_, task, task.call, result)) {
        machine_.touch(one);
      }
      const std::int64_t told = task.pending->finished(machine_, task, result);
      log_buffer(task, task.call, told);
      held(task).registers.rax = static_cast<std::uint64_t>(told);
      machine_.end_event(text.empty() ? text : text + result_text(told), told);
      note_look(task, told);
      task.pending.reset();
      task.waiting = false;
      held(task).at = HeldTask::At::kOutside;
      if (auto done = write_back(held(task)); !done) return done;
      leave_call(task);
      return {};
    }
    case Effect::Kind::kAgain:
      machine_.end_event(text + ", in part", 0);
      task.waiting = true;
      held(task).spin.progressed();
      tell_others(task.id);
      return {};
    case Effect::Kind::kNewTask:
      return make_task(task, effect.call, text);
    case Effect::Kind::kExecute:
      return execute(task, effect.call, text);
    case Effect::Kind::kEnd: {
      // exit_group, or the last thread's exit: the whole process.
      const bool whole = call_of(task).number == SYS_exit_group ||
                         live_tasks(machine_, machine_.process_of(task)) == 1;
      return end(task, W_EXITCODE(static_cast<int>(effect.value), 0), whole, std::move(text));
    }
    case Effect::Kind::kUnmodelled:
      machine_.end_event(effect.text, 0);
      trace_.unmodelled = fmt::format("{} by {}", effect.text, task.name);
      note_end(RunEnd::kUnmodelled);
      return {};
  }
  return {};
}

/// Begins the event of the end of a whole process that does not end itself.
void HeldRun::begin_end(const Task& task) {
  machine_.begin_event(EventKind::kExit, task.id);
  for (const Touch& one : end_touches(machine_, task, true)) machine_.touch(one);
}

/// The event of the end is under way already.
HeldRun::Done HeldRun::end(Task& task, int status, bool whole, std::string text) {
  machine_.event().kind = EventKind::kExit;
  Process& process = machine_.process_of(task);
  const std::vector<TaskId> ending = whole ? process.tasks : std::vector<TaskId>{task.id};
  task_ended(machine_, task, status, whole);
  machine_.end_event(std::move(text), status);
  tell_others(task.id);
  if (!whole && task.id == process.leader && task.clear_address != 0) {
    // As the kernel does at a thread's end, which this one's has to wait for.
    machine_.poke_value(task, task.clear_address, std::int32_t{0});
  }
  // Who could not be loaded has no number, and 0 would be the grader's own group.
  const HeldTask& leader = held_[process.leader];
  if (whole && !leader.gone && leader.at != HeldTask::At::kNothing) {
    ::kill(leader.tracee.pid(), SIGKILL);
  }
  // The kernel keeps a leader until its threads are gone.
  if (whole || task.id != process.leader) {
    for (auto one = ending.rbegin(); one != ending.rend(); ++one) reap(held_[*one]);
  }
  if (whole && process.id < trace_.processes.size()) {
    trace_.processes[process.id].end =
        WIFEXITED(status) ? sandbox::CommandEnd(sandbox::Exited{WEXITSTATUS(status)})
                          : sandbox::CommandEnd(sandbox::Signalled{WTERMSIG(status)});
  }
  const bool programs_ended = std::ranges::all_of(
      trace_.processes, [](const ProcessRecord& one) { return one.end.has_value(); });
  if (programs_ended && !programs_ended_) programs_ended_ = {machine_.now(), trace_.events.size()};
  note_done();
  return {};
}

/// A process that has ended, and that others could see ending: its parent is told.
HeldRun::Done HeldRun::leave(Task& task) {
  machine_.begin_event(EventKind::kGone, task.id);
  const auto touches = gone_touches(machine_, machine_.process_of(task));
  for (const Touch& one : touches) machine_.touch(one);
  process_gone(machine_, machine_.process_of(task));
  machine_.end_event("", 0);
  tell_others(task.id);
  note_done();
  return {};
}

/// The run is over when all have ended.
void HeldRun::note_done() {
  for (std::size_t i = 0; i < machine_.task_count(); ++i) {
    const Task& task = machine_.task(static_cast<TaskId>(i));
    if (task.state != TaskState::kEnded) return;
    if (machine_.process_of(task).state == Process::State::kLeaving) return;
  }
  note_end(RunEnd::kDone);
}

HeldRun::Done HeldRun::crash(Task& task) {
  const int signal = held(task).crash_signal;
  machine_.begin_event(EventKind::kCrash, task.id);
  machine_.event().instruction = held(task).registers.rip;
  machine_.event().place = place_of(task);
  machine_.end_event(fmt::format("{}: {}", held(task).crash, signal_name(signal)), 0);
  begin_end(task);
  return end(task, signal, true, "dies of " + signal_name(signal));
}

HeldRun::Done HeldRun::access(Task& task) {
  HeldTask& one = held(task);
  const auto operation =
      std::unique_ptr<AccessOperation>(static_cast<AccessOperation*>(task.pending.release()));
  // What is read may have changed since it stopped here, and with it how far a string goes.
  auto now = find_access(machine_, task, one);
  if (now == nullptr) {
    if (auto done = own_fault(task, SIGSEGV); !done) return done;
    if (task.pending == nullptr) go_on(task);
    return {};
  }
  const std::uint64_t place = one.registers.rip;
  const auto value_at = [&](const SharedAccess& access) {
    std::int64_t value = 0;
    const std::size_t size = std::min<std::uint64_t>(access.end - access.begin, sizeof value);
    (void)machine_.peek(task, access.address,
                        std::as_writable_bytes(std::span(&value, 1)).first(size));
    return value;
  };
  std::vector<std::int64_t> before;
  for (const SharedAccess& access : now->accesses()) before.push_back(value_at(access));
  const std::uint32_t where = place_of(task);
  const x86::Outcome outcome = execute_access(machine_, task, one);
  if (outcome == x86::Outcome::kFault) {
    if (auto done = own_fault(task, SIGSEGV); !done) return done;
    if (task.pending == nullptr) go_on(task);
    return {};
  }
  if (outcome == x86::Outcome::kNeedsStep) {
    if (auto done = step_open(task); !done) return done;
  }
  bool looks = true;
  for (std::size_t i = 0; i < now->accesses().size(); ++i) {
    const SharedAccess& access = now->accesses()[i];
    machine_.begin_event(EventKind::kAccess, task.id);
    Event& event = machine_.event();
    // A compare-exchange that failed has only read, in an order of its own.
    const bool failed = exchange_failed(one);
    const bool written = access.writes && !failed;
    event.order = failed ? now->order_of_failure() : now->order();
    event.reads = access.reads;
    event.writes = written;
    event.instruction = place;
    event.place = where;
    event.before = before[i];
    const std::int64_t after = value_at(access);
    if (written && access.end - access.begin > sizeof after) {
      one.spin.progressed();
      looks = false;
    } else if (written && after != before[i]) {
      one.spin.changed({access.object, access.begin}, static_cast<std::uint64_t>(before[i]),
                       static_cast<std::uint64_t>(after));
      looks = false;
    }
    const std::uint64_t size = access.end - access.begin;
    if (access.reads && size > sizeof after) {
      machine_.moves(Direction::kIn, task, access.address, size);
    }
    if (written && size > sizeof after) machine_.moves(Direction::kOut, task, access.address, size);
    machine_.touch(written ? writes(access.object, access.begin, access.end)
                           : reads(access.object, access.begin, access.end));
    machine_.end_event(now->text(machine_, task), written ? after : before[i]);
  }
  if (looks) {
    const auto touches = now->touches();
    one.spin.looked(place, now->accesses().front().begin, before.front(), touches, Look::kRead);
    note_where_it_stands(task);
  } else {
    tell_others(task.id);  // what is written anew with the same value is no news
  }
  one.at = HeldTask::At::kOutside;
  if (auto done = write_back(one); !done) return done;
  if (one.spin.burns()) return confirm_spin(task);
  go_on(task);
  return {};
}

HeldRun::Done HeldRun::time_out(Task& task) {
  const VirtualTime due = *task.pending->deadline();
  if (idling_) idled_ += std::max(due - machine_.now(), VirtualTime{});
  machine_.advance_to(due);
  machine_.begin_event(EventKind::kTimer, task.id);
  machine_.event().instruction = held(task).registers.rip;
  machine_.event().place = place_of(task);
  for (const Touch& one : task.pending->touches()) machine_.touch(one);
  if (task.waiting) task.pending->end_wait(machine_, task);
  const std::string text = task.pending->text(machine_, task);
  const std::int64_t result = task.pending->timed_out(machine_, task);
  if (result == Operation::kGoesOn) {
    machine_.end_event(text + " waits too long", 0);
    tell_others(task.id);
    return {};
  }
  machine_.end_event(text + (result == 0 ? " is over" : result_text(result)), result);
  idle_ = held(task).spin.waits() && !idling_ ? idle_ + 1 : 0;
  if (idle_ > kMostIdle && poll_in_vain(machine_.now() > idle_since_ + kMostPatience)) {
    note_end(RunEnd::kSpinning);
  }
  if (idle_ == 0) idle_since_ = machine_.now();
  note_look(task, result, true);
  return let_finish(task, result);
}

}  // namespace ipcgrade
