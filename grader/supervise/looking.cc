// Tasks that wait by looking again and again: with a pause, or burning the processor.
#include <poll.h>
#include <sys/epoll.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <string>
#include <utility>

#include "supervise/held_run.h"

namespace ipcgrade {

namespace {

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
    case SYS_read:  // at the end of what it reads
    case SYS_readv:
    case SYS_recvfrom:
    case SYS_recvmsg:
      return result <= 0;
    case SYS_semctl:
    case SYS_shmctl:
    case SYS_msgctl:
      return true;
    default:
      return result < 0;
  }
}

/// Whether a round with this call in it is waiting, and not burning the processor. Others are where
/// they have waited for a time-out.
bool is_polite(const Call& call) {
  switch (call.number) {
    case SYS_sched_yield:
    case SYS_nanosleep:
    case SYS_clock_nanosleep:
      return true;
    default:
      return false;
  }
}

/// Where a call says what is ready, and how many bytes that takes.
struct Answer {
  std::uint64_t address = 0;
  std::uint64_t size = 0;
};

/// Of a call that found something ready. It changes nothing by that: the same again is no news.
std::vector<Answer> answers_of(const Call& call, std::int64_t result) {
  const auto& arguments = call.arguments;
  if (result <= 0) return {};
  switch (call.number) {
    case SYS_poll:
    case SYS_ppoll:
      return {{arguments[0], arguments[1] * sizeof(pollfd)}};
    case SYS_epoll_wait:
    case SYS_epoll_pwait:
      return {{arguments[1], static_cast<std::uint64_t>(result) * sizeof(epoll_event)}};
    case SYS_select:
    case SYS_pselect6: {
      std::vector<Answer> sets;
      for (const std::uint64_t set : {arguments[1], arguments[2], arguments[3]}) {
        if (set != 0) sets.push_back({set, (arguments[0] + 63) / 64 * sizeof(std::uint64_t)});
      }
      return sets;
    }
    default:
      return {};
  }
}

/// Whether the call took something from a stream that nobody else has: no object of the model's is
/// another after that.
bool takes_input(const Call& call, std::int64_t result) {
  return result > 0 && (call.number == SYS_read || call.number == SYS_readv);
}

/// What a call looks at, told from other calls at the same place: by its words, and not by
/// pointers, since a timespec or a path may lie anywhere.
std::uint64_t fingerprint(const Machine& machine, const Task& task) {
  return std::hash<std::string>{}(task.pending->text(machine, task));
}

/// Where a task of a program stands: its registers, and what is on top of its stack. Who stands
/// there again counts no rounds, or only in memory of its own elsewhere.
template <std::size_t kWords = 64>
std::uint64_t situation_of(std::size_t program, const HeldTask& task) {
  const Registers& r = task.registers;
  std::array<std::uint64_t, kWords> words{};
  (void)task.tracee.read(r.rsp, std::as_writable_bytes(std::span(words)));
  std::uint64_t hash = program;
  const auto add = [&hash](std::uint64_t word) { hash = (hash ^ word) * 0x100000001b3; };  // FNV-1a
  for (const std::uint64_t word : {r.rip, r.rax, r.rbx, r.rcx, r.rdx, r.rsi, r.rdi, r.rbp, r.rsp,
                                   r.r8, r.r9, r.r10, r.r11, r.r12, r.r13, r.r14, r.r15}) {
    add(word);
  }
  for (const std::uint64_t word : words) add(word);
  return hash;
}

}  // namespace

bool HeldRun::somebody_spins() const {
  return std::ranges::any_of(
      held_, [](const HeldTask& one) { return !one.gone && (one.circles || one.spin.burns()); });
}

/// After an injected failure the program that was failed has ended, and all that is left looks
/// again and again for what it did not do: that is not judged, so it need not go on.
bool HeldRun::only_the_partner_polls() const {
  if (!options_.injection) return false;
  const std::size_t failed = trace_.tasks.size() > options_.injection->task
                                 ? trace_.tasks[options_.injection->task].program
                                 : 0;
  for (std::size_t i = 0; i < machine_.task_count(); ++i) {
    const Task& task = machine_.task(static_cast<TaskId>(i));
    if (task.program == failed && task.state != TaskState::kEnded) return false;
  }
  for (const Choice& one : choices_) {
    if (!one.enabled) continue;
    if (one.actor.kind == ActorKind::kTimer) return false;
    if (!held_back(machine_.task(one.actor.task))) return false;
  }
  return true;
}

/// A loop that reads the same a few times is not yet one that waits. So it goes on by itself for as
/// long as it only looks at what it has seen: no event, no decision, nobody could tell. One that
/// still does so after thousands of looks, and stands where it stood before, burns the processor;
/// one that counts may come to an end, and needs many more. Found out once a place.
HeldRun::Done HeldRun::confirm_spin(Task& task) {
  HeldTask& one = held(task);
  const auto place = std::pair(task.program, one.spin.place());
  const bool known = known_.spins.contains(place) || trace_.learnt.spins.contains(place);
  constexpr int kLooks = 2'000;
  constexpr int kMostLooks = 100'000;
  std::set<std::uint64_t> stood;
  bool spins = true;
  for (int looks = 0; looks < kMostLooks; ++looks) {
    if (auto done = advance(task); !done) return done;
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
    if (looks > kLooks && !stood.insert(situation_of(task.program, one)).second) break;
    if (execute_access(machine_, task, one) != x86::Outcome::kDone) break;
    task.pending.reset();
    one.at = HeldTask::At::kOutside;
    if (auto done = write_back(one); !done) return done;
  }
  if (!spins) {
    one.spin.progressed();
    return {};
  }
  trace_.learnt.spins.insert(place);
  if (task.pending == nullptr) {
    if (auto done = advance(task); !done) return done;
  }
  tell_spin(task, kNoPause);
  return {};
}

void HeldRun::tell_spin(Task& task, Pausing pausing) {
  machine_.begin_event(EventKind::kSpin, task.id);
  machine_.event().instruction = held(task).registers.rip;
  machine_.event().place = place_of(task);
  machine_.end_event(pausing == kNoPause ? "looks again and again, without a pause"
                                         : "looks again and again, with a pause between",
                     pausing);
}

/// Who makes calls, or takes a lock, for each look is known to wait by where it stands.
void HeldRun::note_where_it_stands(const Task& task) {
  constexpr std::size_t kWords = 512;
  HeldTask& one = held(task);
  if (one.spin.may_stand()) one.spin.stood(situation_of<kWords>(task.program, one));
}

/// What the operation may change, with its state.
std::optional<HeldTask::States> HeldRun::states_of(const Operation& operation) const {
  HeldTask::States states;
  for (const Touch& one : operation.touches()) {
    const Object& object = machine_.object(one.object);
    if (one == reads(one.object, one.begin, one.end)) continue;
    const auto state = object.state();
    if (!state) return std::nullopt;
    states.emplace_back(one.object, *state);
  }
  return states;
}

/// What it changed, now that it is done.
void HeldRun::note_changes(HeldTask& task, const Operation& operation,
                           const std::optional<HeldTask::States>& before) {
  const auto after = states_of(operation);
  if (!before || !after) return task.spin.progressed();
  for (std::size_t i = 0; i < after->size(); ++i) {
    task.spin.changed({(*after)[i].first, kNoObject}, (*before)[i].second, (*after)[i].second);
  }
}

/// A number for what the call says is ready; nothing where it says nothing of that.
std::optional<std::int64_t> HeldRun::ready_of(const Task& task, std::int64_t result) const {
  constexpr std::uint64_t kMostBytes = 4096;
  const std::vector<Answer> answers = answers_of(call_of(task), result);
  if (answers.empty()) return std::nullopt;
  std::string bytes;
  for (const Answer& one : answers) {
    std::string answer(std::min(one.size, kMostBytes), '\0');
    if (!machine_.peek(task, one.address, std::as_writable_bytes(std::span(answer)))) {
      return std::nullopt;
    }
    bytes += answer;
  }
  return static_cast<std::int64_t>(std::hash<std::string>{}(bytes));
}

void HeldRun::note_look(Task& task, std::int64_t result, bool timed_out) {
  HeldTask& one = held(task);
  const Call call = call_of(task);
  const auto before = std::exchange(one.states_before, std::nullopt);
  if (const Event& event = machine_.event(); event.kind == EventKind::kAccess) {
    // Announced. Nobody is told to burn the processor, since a pause between may not be seen; and a
    // write is still to be made: see note_told_write().
    const auto touches = task.pending->touches();
    if (event.writes) return;
    if (event.reads && !touches.empty()) {
      one.spin.looked(event.instruction, touches.front().begin, event.before, touches,
                      Look::kPause);
    }
    one.gives_way = event.reads;
    return;
  }
  const std::optional<std::int64_t> ready = ready_of(task, result);
  const bool pauses = timed_out || is_polite(call);
  if (pauses) ++one.pauses[one.registers.rip];
  if (ready || is_look(call, result)) {
    const auto touches = task.pending->touches();
    one.spin.looked(one.registers.rip, fingerprint(machine_, task), ready.value_or(result), touches,
                    pauses ? Look::kPause : Look::kCall);
    note_where_it_stands(task);
  } else if (takes_input(call, result) && task.pending->touches().empty()) {
    one.spin.progressed();
  } else if (!task.pending->touches().empty()) {
    note_changes(one, *task.pending, before);
  }
  one.gives_way = is_polite(call);
  tell_others(task.id);
  const bool polls = one.spin.waits() && one.spin.polite();
  if (pauses) one.naps = is_polite(call) || task.pending->naps(task);
  bool& told = one.naps ? one.told_to_nap : one.told_to_poll;
  if (polls && !std::exchange(told, true)) tell_spin(task, one.naps ? kNaps : kTimesOut);
}

/// Where those stand who look again and again.
std::set<std::uint64_t> HeldRun::situations() const {
  std::set<std::uint64_t> all;
  for (std::size_t i = 0; i < held_.size(); ++i) {
    const HeldTask& one = held_[i];
    const Task& task = machine_.task(static_cast<TaskId>(i));
    if (one.gone || task.state == TaskState::kNotStarted || !one.spin.waits()) continue;
    all.insert(situation_of(task.program, one));
  }
  return all;
}

/// Whether those who look again without sleeping have done so for thousands of rounds in which
/// nobody did anything else, and stand where they stood before when it was `next`'s turn, too: more
/// of them lead nowhere. Who counts them stands nowhere twice, and needs many more.
bool HeldRun::rounds_in_vain(TaskId next) {
  constexpr std::size_t kRounds = 2'000;
  constexpr std::size_t kMostRounds = 20'000;
  std::size_t steps = trace_.tasks.size();
  for (const HeldTask& one : held_) steps += one.spin.steps();
  if (std::exchange(rounds_.steps, steps) != steps) rounds_ = Rounds{.steps = steps};
  if (++rounds_.count <= kRounds) return false;
  return rounds_.count > kMostRounds || !rounds_.seen.emplace(next, situations()).second;
}

/// Who waits by looking again and again, not by burning the processor, goes on when nobody else
/// can, in turn: only so do the rounds pass that it may count. Time passes when that leads nowhere.
void HeldRun::let_polls_go() {
  if (rested_ == machine_.now()) return;
  Choice* next = nullptr;
  std::vector<Choice*> time_outs;
  for (Choice& one : choices_) {
    if (one.actor.kind == ActorKind::kTimeOut && one.enabled) time_outs.push_back(&one);
    if (one.actor.kind != ActorKind::kTask) continue;
    const Task& task = machine_.task(one.actor.task);
    if (task.state != TaskState::kPending || !held_back(task)) continue;
    if (held(task).spin.burns() || !step_enabled(task)) continue;
    if (next == nullptr || held(task).went < held_[next->actor.task].went) next = &one;
  }
  if (next == nullptr) return;
  if (!idling_ && rounds_in_vain(next->actor.task)) {
    rested_ = machine_.now();
    return;
  }
  next->enabled = true;
  next->idles = false;
  // Nor may the clock run away from it.
  if (idle_ <= kMostIdle) return;
  for (Choice* one : time_outs) one->enabled = false;
}

/// Who is let look again and does not sleep looks for ever, as far as the clock is concerned: that
/// is enough when it stands where it stood, since it counts no rounds.
void HeldRun::note_idling() {
  constexpr std::size_t kLeast = 2'000;
  constexpr std::size_t kMost = 10'000;
  if (!idling_ || ended_) return;
  if (idling_->since != machine_.now()) idling_ = Idling{idling_->task, machine_.now()};
  Task& task = machine_.task(idling_->task);
  if (task.state == TaskState::kEnded || ++idling_->steps < kLeast) return;
  const HeldTask& one = held(task);
  const bool stands = !idling_->stood.insert(situation_of(task.program, one)).second;
  if (!stands && idling_->steps < kMost) return;
  if ((stands || one.spin.waits()) && one.spin.may_stand()) tell_spin(task, kNoPause);
  idling_.reset();
}

/// All that is left looks again and again, and nobody will change anything.
void HeldRun::note_spinning() {
  for (std::size_t i = 0; i < held_.size(); ++i) {
    Task& task = machine_.task(static_cast<TaskId>(i));
    if (!held_[i].gone && held_[i].spin.waits() && held_[i].spin.may_stand()) {
      tell_spin(task, kNoPause);
    }
  }
  note_end(RunEnd::kSpinning);
}

/// Whether all who look again and again will never see anything: when patience is over; and at once
/// where each stands as one stood in an earlier run that waited so long, registers and stack alike,
/// so that it counts no rounds and looks at no clock.
bool HeldRun::poll_in_vain(bool patience_is_over) {
  const std::set<std::uint64_t> all = situations();
  if (patience_is_over) {
    trace_.learnt.vain_polls.insert(all.begin(), all.end());
    return true;
  }
  // Who sleeps may do something else than look.
  for (std::size_t i = 0; i < held_.size(); ++i) {
    const Task& task = machine_.task(static_cast<TaskId>(i));
    const bool sleeps = task.state == TaskState::kPending && task.pending->deadline();
    if (!held_[i].gone && !held_[i].spin.waits() && sleeps) return false;
  }
  return !all.empty() && std::ranges::includes(known_.vain_polls, all);
}

/// Whether all that are left either wait, or have paused so often at one place that they are
/// waiting, too, whatever they do between: taking a ticket for the next look, say.
bool HeldRun::all_keep_pausing() const {
  constexpr std::uint32_t kOften = 300;
  bool somebody = false;
  for (std::size_t i = 0; i < held_.size(); ++i) {
    const Task& task = machine_.task(static_cast<TaskId>(i));
    if (task.state == TaskState::kNotStarted && may_start(task)) return false;
    if (held_[i].gone || task.state != TaskState::kPending) continue;
    const bool blocked = task.waiting && !task.pending->enabled(machine_, task);
    if (blocked && !task.pending->deadline()) continue;
    somebody = std::ranges::any_of(held_[i].pauses,
                                   [](const auto& place) { return place.second >= kOften; });
    if (!somebody) return false;
  }
  return somebody;
}

/// What the current event touched lets others look again.
void HeldRun::tell_others(TaskId task) { tell_others(task, machine_.event()); }

void HeldRun::tell_others(TaskId task, const Event& event) {
  const auto touches = touches_of(trace_, event);
  for (std::size_t i = 0; i < held_.size(); ++i) {
    if (i != task) held_[i].spin.others_touched(touches);
  }
}

}  // namespace ipcgrade
