#include "ipc/sysv_semaphore.h"

#include <fmt/format.h>
#include <sys/sem.h>
#include <sys/syscall.h>

#include <algorithm>
#include <limits>
#include <variant>

#include "ipc/arguments.h"
#include "ipc/calls.h"
#include "ipc/clock.h"
#include "ipc/descriptor.h"
#include "ipc/sysv_semaphore_control.h"

namespace ipcgrade {
namespace {

constexpr std::size_t kMostSets = 256;          // The box's /proc/sys/kernel/sem: SEMMNI,
constexpr int kMostInSet = 250;                 // SEMMSL,
constexpr std::uint64_t kMostOperations = 100;  // SEMOPM
constexpr std::int64_t kMostUndo = 32767;       // SEMAEM

struct SemaphoreSets {
  std::optional<SysvTable> table;
};

// semget(2).
class GetSet final : public Operation {
 public:
  GetSet(Machine& machine, const Call& call)
      : key_(int_at(call, 0)),
        count_(int_at(call, 1)),
        flags_(int_at(call, 2)),
        touches_(semaphore_table(machine).get_touches(key_, flags_)) {}

  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }

  Effect perform(Machine& machine, Task& task) override {
    if (count_ < 0 || count_ > kMostInSet) return Effect::fails(EINVAL);
    SysvTable& table = semaphore_table(machine);
    const auto found = table.get(machine, key_, flags_);
    if (!found) return Effect::fails(found.error());
    if (*found) {
      auto& set = static_cast<SemaphoreSet&>(machine.object(**found));
      if (static_cast<std::size_t>(count_) > set.semaphores.size()) return Effect::fails(EINVAL);
      const auto wanted = static_cast<unsigned>((flags_ >> 6) | (flags_ >> 3) | flags_) & 7U;
      if (!may(set.entry, wanted)) return Effect::fails(EACCES);
      set.users.uses(task.id);
      return Effect::returns(set.entry.id);
    }
    if (count_ == 0) return Effect::fails(EINVAL);
    auto& set = machine.make<SemaphoreSet>(static_cast<std::size_t>(count_));
    table.add(machine, set.id(), set.entry, key_, flags_, false);
    set.rename(sysv_object_name("semaphore set", set.entry));
    set.users.uses(task.id);
    set.changed_at = real_seconds(machine.now());
    return Effect::returns(set.entry.id);
  }

  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    return fmt::format("semget({}, {}, {})", key_ == IPC_PRIVATE ? "IPC_PRIVATE" : key_text(key_),
                       count_, get_flags_text(flags_));
  }

  [[nodiscard]] std::vector<Failure> failures(const Machine&, const Task&) const override {
    const bool makes = key_ == IPC_PRIVATE || (flags_ & IPC_CREAT) != 0;
    return {Failure{makes ? ENOSPC : EACCES}, Failure{ENOMEM}};
  }

 private:
  key_t key_;
  int count_;
  int flags_;
  std::vector<Touch> touches_;
};

}  // namespace

// semop(2), semtimedop(2): all of it at once, or nothing yet.
class SemaphoreOperation final : public Operation {
 public:
  SemaphoreOperation(Machine& machine, const Task& task, const Call& call,
                     std::vector<sembuf> steps, std::optional<VirtualTime> deadline)
      : task_(task.id),
        process_(task.process),
        id_(int_at(call, 0)),
        steps_(std::move(steps)),
        deadline_(deadline),
        set_(find_set(machine, id_)) {
    if (set_ == nullptr) {
      touches_.push_back(semaphore_table(machine).unknown_touch());
    } else {
      for (const sembuf& step : steps_) touches_.push_back(touch_of(step));
      set_->pending.push_back(this);
    }
    append(touches_,
           machine.buffer_touches(task, call.arguments[1], steps_.size() * sizeof(sembuf), false));
  }
  SemaphoreOperation(const SemaphoreOperation&) = delete;
  SemaphoreOperation& operator=(const SemaphoreOperation&) = delete;
  ~SemaphoreOperation() override {
    if (set_ != nullptr) std::erase(set_->pending, this);
  }

  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }

  [[nodiscard]] bool enabled(const Machine&, const Task&) const override {
    const bool waits = std::holds_alternative<Blocked>(evaluate());
    // What becomes of the call when the set is removed depends on it (semop(2): EIDRM, EINVAL).
    if (waits) waited_ = true;
    given_ = waited_ && !waits && (given_ || !set_->entry.removed);
    return !waits;
  }
  // do_smart_update() of the kernel does the calls of who waits. Who has not got through when the
  // set goes had not come yet.
  [[nodiscard]] bool was_given() const override { return given_; }
  [[nodiscard]] bool takes_back() const override {
    return std::ranges::any_of(steps_, [](const sembuf& step) { return step.sem_op < 0; });
  }

  Effect perform(Machine& machine, Task& task) override {
    if (set_ == nullptr) return late(machine, task);
    if (done_by_ != kNoEvent) {
      machine.comes_after(done_by_);
      return Effect::returns(0);
    }
    machine.comes_after(set_->entry.made);
    if (set_->entry.removed) machine.comes_after(set_->entry.removed_by);
    const Outcome outcome = evaluate();
    if (const auto* refused = std::get_if<Refused>(&outcome)) {
      if (refused->error == EAGAIN) machine.comes_after(set_->semaphores[refused->number].changes);
      return Effect::fails(refused->error);
    }
    pass(machine, task);
    return Effect::returns(0);
  }

  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    std::string text = deadline_ ? "semtimedop(" : "semop(";
    text += set_ != nullptr ? sysv_reference(set_->entry) : fmt::format("id {}", id_);
    const bool only_one = set_ != nullptr && set_->semaphores.size() == 1 && steps_.size() == 1;
    for (const sembuf& step : steps_) {
      text += only_one ? fmt::format(", {}", signed_text(step.sem_op))
                       : fmt::format(", [{}] {}", step.sem_num, signed_text(step.sem_op));
      if ((step.sem_flg & IPC_NOWAIT) != 0) text += " IPC_NOWAIT";
      if ((step.sem_flg & SEM_UNDO) != 0) text += " SEM_UNDO";
    }
    return text + ")";
  }

  [[nodiscard]] std::string waits_for(const Machine&, const Task&) const override {
    const Outcome outcome = evaluate();
    const auto* blocked = std::get_if<Blocked>(&outcome);
    if (blocked == nullptr) return "";
    const sembuf& step = steps_[blocked->step];
    const auto value = set_->semaphores[step.sem_num].value.count();
    const std::string which = set_->semaphores.size() == 1
                                  ? set_->name()
                                  : fmt::format("semaphore {} of {}", step.sem_num, set_->name());
    if (step.sem_op == 0) return fmt::format("waits for {} to become 0: it is {}", which, value);
    if (step.sem_op == -1) return fmt::format("waits for {} to rise above 0", which);
    return fmt::format("waits for {} to reach {}: it is {}", which, -step.sem_op, value);
  }
  [[nodiscard]] std::vector<TaskId> suppliers(const Machine& machine,
                                              const Task& task) const override {
    if (set_ == nullptr) return {};
    return set_->users.could_help(machine, task);
  }

  // signal(7): never restarted.
  [[nodiscard]] Interruption interruption() const override {
    const bool can_wait = std::ranges::any_of(steps_, [](const sembuf& step) {
      return step.sem_op <= 0 && (step.sem_flg & IPC_NOWAIT) == 0;
    });
    return can_wait ? Interruption::kFails : Interruption::kNever;
  }
  [[nodiscard]] std::optional<VirtualTime> deadline() const override { return deadline_; }
  std::int64_t timed_out(Machine&, Task&) override { return -EAGAIN; }

  [[nodiscard]] std::vector<Failure> failures(const Machine&, const Task&) const override {
    // By another mode through IPC_SET. Not EIDRM: that may, rightly, be taken for the sign waited
    // for.
    std::vector<Failure> found{Failure{EACCES}};
    const bool undoes = std::ranges::any_of(
        steps_, [](const sembuf& step) { return (step.sem_flg & SEM_UNDO) != 0; });
    if (undoes) found.push_back(Failure{ENOMEM});
    return found;
  }

  /// GETNCNT, GETZCNT: which semaphore it would wait at, if it would.
  [[nodiscard]] bool would_wait_at(std::size_t number, bool for_zero) const {
    const Outcome outcome = evaluate();
    const auto* blocked = std::get_if<Blocked>(&outcome);
    return blocked != nullptr && steps_[blocked->step].sem_num == number &&
           (steps_[blocked->step].sem_op == 0) == for_zero;
  }
  /// GETNCNT or GETZCNT has told of it: it has come.
  void seen() { seen_ = true; }
  /// What was given to it is about to be taken back. Who was seen has it already.
  void take_now(Machine& machine) {
    if (!seen_ || done_by_ != kNoEvent || !std::holds_alternative<Passes>(evaluate())) return;
    pass(machine, machine.task(task_));
    done_by_ = machine.event_id();
  }

 private:
  struct Passes {};
  struct Blocked {
    std::size_t step;
  };
  struct Refused {
    int error;
    std::size_t number = 0;  ///< the semaphore that was found too low, for EAGAIN
  };
  using Outcome = std::variant<Passes, Blocked, Refused>;

  [[nodiscard]] static std::string signed_text(short value) {
    return value > 0 ? fmt::format("+{}", value) : fmt::format("{}", value);
  }

  /// Of the semaphore: bytes N to N+1 of the set.
  [[nodiscard]] Touch touch_of(const sembuf& step) const {
    Touch touch = step.sem_op > 0    ? semaphore_touch(*set_, SemaphoreUse::kRaises)
                  : step.sem_op == 0 ? semaphore_touch(*set_, SemaphoreUse::kWaitsForZero)
                                     : semaphore_touch(*set_, SemaphoreUse::kLowers);
    touch.begin = step.sem_num;
    touch.end = touch.begin + 1;
    // Close to the greatest value, which of two Vs fails is a matter of the order.
    if (step.sem_num < set_->semaphores.size() &&
        set_->semaphores[step.sem_num].value.count() + step.sem_op > kMostValue / 2) {
      touch.disturbs |= touch.does;
    }
    return touch;
  }

  /// The set was made after the task had come before the call: by a guess of its id.
  Effect late(Machine& machine, Task& task) {
    set_ = find_set(machine, id_);
    if (set_ == nullptr) return Effect::fails(EINVAL);
    set_->pending.push_back(this);
    return enabled(machine, task) ? perform(machine, task) : Effect::again();
  }

  /// As the kernel goes through them: the first one that can't be done decides.
  [[nodiscard]] Outcome evaluate() const {
    if (set_ == nullptr || done_by_ != kNoEvent) return Passes{};
    if (set_->entry.removed) return Refused{waited_ && !given_ ? EIDRM : EINVAL};
    bool alters = false;
    for (const sembuf& step : steps_) {
      if (step.sem_num >= set_->semaphores.size()) return Refused{EFBIG};
      alters = alters || step.sem_op != 0;
    }
    if (!may(set_->entry, alters ? 2 : 4)) return Refused{EACCES};
    std::map<std::size_t, std::int64_t> values, undo;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      const sembuf& step = steps_[i];
      const auto [at, first] = values.try_emplace(step.sem_num, 0);
      if (first) at->second = set_->semaphores[step.sem_num].value.count();
      std::int64_t& value = at->second;
      if (step.sem_op == 0 ? value != 0 : value + step.sem_op < 0) {
        if ((step.sem_flg & IPC_NOWAIT) != 0) return Refused{EAGAIN, step.sem_num};
        return Blocked{i};
      }
      value += step.sem_op;
      if (value > kMostValue) return Refused{ERANGE};
      if ((step.sem_flg & SEM_UNDO) == 0) continue;
      const auto [adjusted, unknown] = undo.try_emplace(step.sem_num, 0);
      if (unknown) adjusted->second = undo_of(step.sem_num);
      adjusted->second -= step.sem_op;
      if (adjusted->second > kMostUndo || adjusted->second < -kMostUndo - 1) {
        return Refused{ERANGE};
      }
    }
    return Passes{};
  }

  [[nodiscard]] std::int64_t undo_of(std::size_t number) const {
    const auto at = set_->undo.find(process_);
    return at == set_->undo.end() ? 0 : at->second[number];
  }

  void pass(Machine& machine, Task& task) {
    for (const sembuf& step : steps_) apply(machine, task, step);
    set_->used_at = real_seconds(machine.now());
    machine.hand_over(set_->changes);
  }

  void apply(Machine& machine, Task& task, const sembuf& step) {
    SemaphoreSet::Semaphore& semaphore = set_->semaphores[step.sem_num];
    semaphore.used_by = machine.process_of(task).number;
    if (step.sem_op == 0) {
      machine.comes_after(semaphore.changes);
      set_->users.uses(task.id);
      return;
    }
    if (step.sem_op > 0) {
      semaphore.value.add(machine.event_id(), step.sem_op);
    } else {
      semaphore.value.take(machine, -step.sem_op);
    }
    machine.hand_over(semaphore.changes);
    // A P supplies, too: those that wait for zero.
    set_->users.supplies(task.id);
    if ((step.sem_flg & SEM_UNDO) != 0) {
      auto& undo = set_->undo[process_];
      undo.resize(set_->semaphores.size());
      undo[step.sem_num] -= step.sem_op;
    }
  }

  TaskId task_;
  ProcessId process_;
  int id_;
  std::vector<sembuf> steps_;
  std::optional<VirtualTime> deadline_;
  SemaphoreSet* set_;
  std::vector<Touch> touches_;
  mutable bool waited_ = false;
  mutable bool given_ = false;
  bool seen_ = false;
  EventId done_by_ = kNoEvent;  ///< what was given to it before it was taken back
};

namespace {

std::unique_ptr<Operation> decode_operation(Machine& machine, Task& task, const Call& call) {
  const auto refuse = [&](int error) {
    return done_at_once(fmt::format("semop(id {})", int_at(call, 0)), -error);
  };
  std::optional<VirtualTime> deadline;
  if (call.number == SYS_semtimedop && call.arguments[3] != 0) {
    const auto timeout = machine.peek_value<timespec>(task, call.arguments[3]);
    if (!timeout) return refuse(EFAULT);
    if (!is_valid(*timeout)) return refuse(EINVAL);
    deadline = machine.now() + duration_of(*timeout);
  }
  const std::uint64_t count = call.arguments[2] & std::numeric_limits<std::uint32_t>::max();
  if (count < 1 || int_at(call, 0) < 0) return refuse(EINVAL);
  if (count > kMostOperations) return refuse(E2BIG);
  std::vector<sembuf> steps(count);
  if (!machine.peek(task, call.arguments[1], std::as_writable_bytes(std::span(steps)))) {
    return refuse(EFAULT);
  }
  return std::make_unique<SemaphoreOperation>(machine, task, call, std::move(steps), deadline);
}

std::unique_ptr<Operation> decode(Machine& machine, Task& task, const Call& call) {
  switch (call.number) {
    case SYS_semget:
      return std::make_unique<GetSet>(machine, call);
    case SYS_semctl:
      return decode_semctl(machine, task, call);
    default:
      return decode_operation(machine, task, call);
  }
}

constexpr long kCalls[] = {SYS_semget, SYS_semop, SYS_semtimedop, SYS_semctl};

}  // namespace

const Mechanism kSysvSemaphoreMechanism{"System V semaphores", kCalls, decode};

Touch semaphore_touch(const SemaphoreSet& set, SemaphoreUse use) {
  constexpr std::uint16_t kRaises = 1, kLowers = 2, kZero = 4, kLooks = 8, kSets = 16;
  switch (use) {
    case SemaphoreUse::kRaises:
      return {.object = set.id(), .does = kRaises, .disturbs = kLowers | kZero | kLooks | kSets};
    case SemaphoreUse::kLowers:
      return {.object = set.id(),
              .does = kLowers,
              .disturbs = kRaises | kLowers | kZero | kLooks | kSets};
    case SemaphoreUse::kWaitsForZero:
      return {.object = set.id(), .does = kZero, .disturbs = kRaises | kLowers | kSets};
    case SemaphoreUse::kLooks:
      return {.object = set.id(), .does = kLooks, .disturbs = kRaises | kLowers | kSets};
    case SemaphoreUse::kSets:
      break;
  }
  return {
      .object = set.id(), .does = kSets, .disturbs = kRaises | kLowers | kZero | kLooks | kSets};
}

SysvTable& semaphore_table(Machine& machine) {
  auto& table = machine.state<SemaphoreSets>().table;
  if (!table) table.emplace(machine, "the keys of semaphore sets", kMostSets);
  return *table;
}

SemaphoreSet* find_set(Machine& machine, int id) {
  const ObjectId object = semaphore_table(machine).find(id);
  return object == kNoObject ? nullptr : &static_cast<SemaphoreSet&>(machine.object(object));
}

int waiting_at(const SemaphoreSet& set, std::size_t number, bool for_zero) {
  return static_cast<int>(std::ranges::count_if(set.pending, [&](SemaphoreOperation* one) {
    const bool waits = one->would_wait_at(number, for_zero);
    if (waits) one->seen();
    return waits;
  }));
}

void take_before_it_goes(Machine& machine, SemaphoreSet& set) {
  for (SemaphoreOperation* one : set.pending) one->take_now(machine);
}

void semaphores_process_ended(Machine& machine, Process& process, TaskId) {
  for (const ObjectId one : semaphore_table(machine).all()) {
    auto& set = static_cast<SemaphoreSet&>(machine.object(one));
    const auto at = set.undo.find(process.id);
    if (at == set.undo.end() || set.entry.removed) continue;
    take_before_it_goes(machine, set);
    for (std::size_t i = 0; i < at->second.size(); ++i) {
      const std::int64_t change = at->second[i];
      if (change == 0) continue;
      SemaphoreSet::Semaphore& semaphore = set.semaphores[i];
      if (change < 0) {
        semaphore.value.take(machine, -change);  // not below 0
      } else {
        semaphore.value.add(machine.event_id(),
                            std::min(change, kMostValue - semaphore.value.count()));
      }
      semaphore.used_by = process.number;
      machine.hand_over(semaphore.changes);
      machine.hand_over(set.changes);
    }
    set.undo.erase(at);
  }
}

std::vector<Touch> semaphore_end_touches(const Machine& machine, const Process& process) {
  std::vector<Touch> touches;
  const auto* sets = machine.find_state<SemaphoreSets>();
  if (sets == nullptr || !sets->table) return touches;
  for (const ObjectId one : sets->table->all()) {
    const auto& set = static_cast<const SemaphoreSet&>(machine.object(one));
    const auto at = set.undo.find(process.id);
    if (at == set.undo.end() || set.entry.removed) continue;
    for (std::size_t i = 0; i < at->second.size(); ++i) {
      if (at->second[i] == 0) continue;
      Touch touch =
          semaphore_touch(set, at->second[i] > 0 ? SemaphoreUse::kRaises : SemaphoreUse::kLowers);
      touch.begin = i;
      touch.end = i + 1;
      touches.push_back(touch);
    }
  }
  return touches;
}

std::vector<const SemaphoreSet*> semaphore_sets_left(const Machine& machine) {
  std::vector<const SemaphoreSet*> left;
  const auto* sets = machine.find_state<SemaphoreSets>();
  if (sets == nullptr || !sets->table) return left;
  for (const ObjectId one : sets->table->all()) {
    const auto& set = static_cast<const SemaphoreSet&>(machine.object(one));
    if (!set.entry.removed) left.push_back(&set);
  }
  return left;
}

}  // namespace ipcgrade
