// What can go on at a moment of a run. Actors in a fixed order: tasks by number, each with its
// step, its signal, its time-out; then timers.
#include <algorithm>
#include <iterator>
#include <utility>

#include "ipc/calls.h"
#include "ipc/process.h"
#include "ipc/signal.h"
#include "ipc/strike.h"
#include "supervise/held_run.h"

namespace ipcgrade {
namespace {

/// Who has waited for so long may give up.
constexpr VirtualTime kEnoughWaiting = std::chrono::seconds(10);

std::vector<Touch> with_clock(std::vector<Touch> touches, const Machine& machine) {
  touches.push_back(writes(machine.clock_object()));
  return touches;
}

}  // namespace

void HeldRun::add_choice(Actor actor, bool enabled, std::span<const Touch> touches) {
  Choice choice;
  choice.actor = actor;
  choice.enabled = enabled;
  choice.touches = trace_.touches.add(touches);
  choices_.push_back(choice);
}

/// Whether it looks again and again at what nobody has changed. A wait with a time-out that can end
/// without it is no such look.
bool HeldRun::held_back(const Task& task) const {
  if (!held(task).spin.waits() || held(task).goes_on) return false;
  return task.pending == nullptr || !task.pending->deadline() ||
         !task.pending->enabled(machine_, task);
}

bool HeldRun::step_enabled(const Task& task) {
  const Operation& operation = *task.pending;
  if (operation.enabled(machine_, task) || fails_now(task)) return true;
  if (task.waiting) return false;
  // Beginning to wait is a step where somebody could notice: a place in a queue, or a handler that
  // would run before the wait or in it.
  return operation.queues() ||
         (operation.interruption() != Interruption::kNever && machine_.has_handlers(task));
}

bool HeldRun::may_start(const Task& task) const {
  return starts_[task.id]->enabled(machine_, task);
}

void HeldRun::add_task_choices(const Task& task) {
  if (task.state == TaskState::kNotStarted) {
    add_choice({ActorKind::kTask, task.id}, may_start(task), starts_[task.id]->touches());
    return;
  }
  if (task.state == TaskState::kEnded) {
    const Process& process = machine_.process_of(task);
    if (process.leader != task.id || process.state != Process::State::kLeaving) return;
    add_choice({ActorKind::kTask, task.id}, true, gone_touches(machine_, process));
    return;
  }
  const auto signal = machine_.next_signal(task);
  const Operation& operation = *task.pending;
  const bool completes = task.waiting && operation.enabled(machine_, task);
  // A signal that can be taken is taken before anything else is done, but for a wait that is over:
  // whoever was waked first looks whether what it waited for is there. Source: signal(7), and the
  // wait loops of the kernel.
  const bool could =
      task.state == TaskState::kPending && step_enabled(task) && (!signal || completes);
  const bool back = held_back(task);
  std::vector<Touch> touches = touches_of_next(task);
  add_lets_in(machine_, task, touches);
  add_choice({ActorKind::kTask, task.id}, could && !back, touches);
  const SpinWatch& spin = held(task).spin;
  choices_.back().idles = could && back && !spin.burns();
  choices_.back().repeats = could && !back && spin.looks_again();
  if (signal && !completes) {
    std::vector<Touch> taken{writes(machine_.task(machine_.process_of(task).leader).self)};
    if (task.self != taken.front().object) taken.push_back(writes(task.self));
    if (disposition(machine_, task, *signal) == Disposition::kTerminate) {
      std::ranges::copy(end_touches(machine_, task, true), std::back_inserter(taken));
    }
    add_choice({ActorKind::kSignal, task.id}, true, taken);
  }
  // Who need not wait, or does no longer, is not late: every timed call looks before it waits. And
  // a wait that others notice must have begun.
  const bool waits = !operation.enabled(machine_, task) && (task.waiting || !operation.queues());
  const auto due = operation.deadline();
  if (due && waits && task.state == TaskState::kPending && !signal) {
    times_.push_back({choices_.size(), *due});
    add_choice({ActorKind::kTimeOut, task.id}, false, with_clock(operation.touches(), machine_));
  }
}

void HeldRun::add_timer_choices() {
  add_outside_choices();
  for (const Timer& timer : machine_.timers()) {
    if (!timer.due) continue;
    times_.push_back({choices_.size(), *timer.due});
    add_choice({ActorKind::kTimer, timer.number}, false,
               with_clock({writes(timer.object)}, machine_));
  }
}

/// Time moves to the earliest moment at which something is due; and while a task could go on, only
/// as far as labs.md lets it be stalled.
void HeldRun::decide_times() {
  if (times_.empty()) return;
  const VirtualTime earliest = std::ranges::min(times_, {}, &TimeChoice::due).due;
  const VirtualTime now = machine_.now();
  const VirtualTime wait = std::max(earliest - now, VirtualTime{0});
  bool ready = false;
  bool starting = false;
  for (const Choice& one : choices_) {
    if (!one.enabled || is_outside(one.actor)) continue;
    const bool starts = one.actor.kind == ActorKind::kTask &&
                        machine_.task(one.actor.task).state == TaskState::kNotStarted;
    (starts ? starting : ready) = true;
  }
  // Who is started late may be stalled, too: together for less than who waits must wait (labs.md).
  // So what is later than that bound leaves counts as a stall, and a nanosecond more.
  const VirtualTime since = earliest - first_start_.value_or(earliest);
  const VirtualTime soon =
      std::min(stage_.start_window, kEnoughWaiting - stage_.stall_bound) - VirtualTime{1};
  const VirtualTime late = std::clamp(since - soon, VirtualTime{0}, wait);
  const VirtualTime cost = ready ? wait : starting ? late : VirtualTime{0};
  // Those that only the bound forbids are listed with what they would cost.
  const bool forbidden = cost.count() > 0 && trace_.stalled + cost > stage_.stall_bound;
  for (const TimeChoice& one : times_) {
    if (std::max(one.due, now) != std::max(earliest, now)) continue;
    Choice& choice = choices_[one.choice];
    // A poll that would see what it saw is not worth a stall, and waits for others to go on.
    const bool poll =
        choice.actor.kind == ActorKind::kTimeOut && held_back(machine_.task(choice.actor.task));
    if (poll && (ready || starting)) {
      choice.idles = !forbidden;
      if (choice.idles) choice.stall = cost;
      continue;
    }
    choice.enabled = !forbidden;
    choice.repeats = choice.actor.kind == ActorKind::kTimeOut &&
                     held(machine_.task(choice.actor.task)).spin.looks_again();
    choice.stall = cost;
  }
}

bool HeldRun::gather() {
  choices_.clear();
  times_.clear();
  for (std::size_t i = 0; i < machine_.task_count(); ++i) {
    add_task_choices(machine_.task(static_cast<TaskId>(i)));
  }
  add_timer_choices();
  decide_times();
  const bool only_polls = std::ranges::none_of(choices_, [this](const Choice& one) {
    return one.enabled && !is_outside(one.actor) &&
           (one.actor.kind != ActorKind::kTimeOut || !held_back(machine_.task(one.actor.task)));
  });
  const bool others = std::ranges::any_of(choices_, [this](const Choice& one) {
    return one.enabled && one.actor.kind == ActorKind::kTask &&
           !held_[one.actor.task].spin.repeats();
  });
  if (others) rounds_.count = 0;
  if (only_polls) let_polls_go();
  Decision decision;
  const bool can_go_on = std::ranges::any_of(choices_, &Choice::enabled);
  if (can_go_on) {
    decision.usual = idling_choice().value_or(usual_choice());
    const bool last_could = std::ranges::any_of(choices_, [&](const Choice& one) {
      return one.enabled && one.actor == Actor{ActorKind::kTask, last_};
    });
    for (Choice& one : choices_) one.preempts = last_could && one.actor.task != last_;
  }
  decision.choices = trace_.choices.add(choices_);
  trace_.decisions.push_back(decision);
  return can_go_on;
}

/// What the task that was let look again does next, while the others stand still.
std::optional<std::uint32_t> HeldRun::idling_choice() {
  if (!idling_) return std::nullopt;
  for (std::uint32_t i = 0; i < choices_.size(); ++i) {
    const Choice& one = choices_[i];
    const bool is_own = one.actor.task == idling_->task && (one.actor.kind == ActorKind::kTask ||
                                                            one.actor.kind == ActorKind::kTimeOut);
    if (is_own && (one.enabled || one.idles)) return i;
  }
  idling_.reset();
  return std::nullopt;
}

/// The task that went last goes on for as long as it can and does not yield; then the next in turn.
/// Time moves only when nobody can go on. Who has been given what he waited for takes it before it
/// is taken back.
std::uint32_t HeldRun::usual_choice() const {
  const auto count = static_cast<std::uint32_t>(machine_.task_count());
  std::uint32_t best = 0;
  std::uint64_t best_rank = ~0ULL;
  for (std::uint32_t i = 0; i < choices_.size(); ++i) {
    const Choice& one = choices_[i];
    if (!one.enabled) continue;
    std::uint64_t rank = 0;
    if (one.actor.kind == ActorKind::kTask || one.actor.kind == ActorKind::kSignal) {
      const std::uint32_t turn = (one.actor.task + count - (last_ == kNoTask ? 0 : last_)) % count;
      rank = turn * 2ULL + (one.actor.kind == ActorKind::kSignal ? 0 : 1);
      const HeldTask& task = held_[one.actor.task];
      if (task.gives_way || task.spin.repeats()) rank += 1'000'000;
    } else if (is_outside(one.actor)) {
      rank = is_time_for(one.actor) ? 0 : 3'000'000;
    } else {
      rank = 2'000'000 + i;
    }
    if (rank < best_rank) {
      best_rank = rank;
      best = i;
    }
  }
  const auto pending = [this](const Choice& one) {
    const bool is_task = one.enabled && one.actor.kind == ActorKind::kTask;
    return is_task ? machine_.task(one.actor.task).pending.get() : nullptr;
  };
  const Operation* next = pending(choices_[best]);
  if (next == nullptr || !next->takes_back()) return best;
  const auto given = std::ranges::find_if(choices_, [&](const Choice& one) {
    const Operation* operation = pending(one);
    return operation != nullptr && operation->was_given();
  });
  return given == choices_.end() ? best : static_cast<std::uint32_t>(given - choices_.begin());
}

}  // namespace ipcgrade
