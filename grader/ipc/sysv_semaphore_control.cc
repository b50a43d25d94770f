#include "ipc/sysv_semaphore_control.h"

#include <fmt/format.h>
#include <sys/sem.h>

#include <algorithm>

#include "ipc/arguments.h"
#include "ipc/clock.h"
#include "ipc/descriptor.h"

namespace ipcgrade {
namespace {

const char* command_name(int command) {
  switch (command) {
    case IPC_RMID:
      return "IPC_RMID";
    case IPC_SET:
      return "IPC_SET";
    case IPC_STAT:
      return "IPC_STAT";
    case SEM_STAT:
      return "SEM_STAT";
    case SEM_STAT_ANY:
      return "SEM_STAT_ANY";
    case IPC_INFO:
      return "IPC_INFO";
    case SEM_INFO:
      return "SEM_INFO";
    case GETALL:
      return "GETALL";
    case GETNCNT:
      return "GETNCNT";
    case GETPID:
      return "GETPID";
    case GETVAL:
      return "GETVAL";
    case GETZCNT:
      return "GETZCNT";
    case SETALL:
      return "SETALL";
    case SETVAL:
      return "SETVAL";
    default:
      return "?";
  }
}

// semctl(2).
class Control final : public Operation {
 public:
  Control(Machine& machine, const Task& task, const Call& call)
      : id_(int_at(call, 0)),
        number_(int_at(call, 1)),
        command_(int_at(call, 2)),
        argument_(call.arguments[3]),
        set_(find_set(machine, id_)) {
    const SysvTable& table = semaphore_table(machine);
    if (command_ == IPC_INFO || command_ == SEM_INFO) {
      touches_.push_back(table.list_touch());
      return;
    }
    if (set_ == nullptr) {
      touches_.push_back(table.unknown_touch());
      return;
    }
    Touch touch = semaphore_touch(*set_, changes() ? SemaphoreUse::kSets : SemaphoreUse::kLooks);
    if (of_one()) {
      touch.begin = static_cast<std::uint32_t>(number_);
      touch.end = touch.begin + 1;
    }
    touches_.push_back(touch);
    if (command_ == IPC_RMID) touches_.push_back(table.removal_touch(set_->entry));
    if (const std::uint64_t size = buffer_size(); size > 0) {
      const bool written = command_ != SETALL && command_ != IPC_SET;
      append(touches_, machine.buffer_touches(task, argument_, size, written));
    }
  }

  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }

  Effect perform(Machine& machine, Task& task) override {
    if (command_ == IPC_INFO || command_ == SEM_INFO) return info(machine, task);
    if (set_ == nullptr) set_ = find_set(machine, id_);
    if (set_ == nullptr) return Effect::fails(EINVAL);
    machine.comes_after(set_->entry.made);
    if (set_->entry.removed) {
      machine.comes_after(set_->entry.removed_by);
      return Effect::fails(EINVAL);
    }
    set_->users.uses(task.id);
    if (of_one() && (number_ < 0 || static_cast<std::size_t>(number_) >= set_->semaphores.size())) {
      return Effect::fails(EINVAL);
    }
    const bool sets_values = command_ == SETVAL || command_ == SETALL;
    const bool owners = command_ == IPC_RMID || command_ == IPC_SET || command_ == SEM_STAT_ANY;
    if (!owners && !may(set_->entry, sets_values ? 2 : 4)) return Effect::fails(EACCES);
    return of_one() ? one(machine, task) : whole(machine, task);
  }

  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    std::string text = "semctl(";
    text += set_ != nullptr ? sysv_reference(set_->entry) : fmt::format("id {}", id_);
    if (of_one() && (set_ == nullptr || set_->semaphores.size() > 1)) {
      text += fmt::format(", [{}]", number_);
    }
    text += fmt::format(", {}", command_name(command_));
    if (command_ == SETVAL) text += fmt::format(", {}", new_value());
    return text + ")";
  }

  [[nodiscard]] bool takes_back() const override { return changes(); }
  [[nodiscard]] std::vector<Failure> failures(const Machine&, const Task&) const override {
    switch (command_) {
      case IPC_RMID:
      case IPC_SET:
        return {Failure{EPERM}};
      case IPC_INFO:
      case SEM_INFO:
        return {};
      default:
        return {Failure{EACCES}};
    }
  }

 private:
  [[nodiscard]] bool of_one() const {
    return command_ == GETNCNT || command_ == GETPID || command_ == GETVAL || command_ == GETZCNT ||
           command_ == SETVAL;
  }
  [[nodiscard]] bool changes() const {
    return command_ == SETVAL || command_ == SETALL || command_ == IPC_SET || command_ == IPC_RMID;
  }
  [[nodiscard]] int new_value() const {
    return static_cast<int>(static_cast<std::uint32_t>(argument_));
  }
  [[nodiscard]] std::uint64_t buffer_size() const {
    switch (command_) {
      case GETALL:
      case SETALL:
        return set_->semaphores.size() * sizeof(unsigned short);
      case IPC_STAT:
      case SEM_STAT:
      case SEM_STAT_ANY:
      case IPC_SET:
        return sizeof(semid_ds);
      default:
        return 0;
    }
  }

  Effect one(Machine& machine, Task& task) {
    const auto number = static_cast<std::size_t>(number_);
    SemaphoreSet::Semaphore& semaphore = set_->semaphores[number];
    switch (command_) {
      case GETVAL:
        machine.comes_after(semaphore.changes);
        return Effect::returns(semaphore.value.count());
      case GETPID:
        machine.comes_after(semaphore.changes);
        return Effect::returns(semaphore.used_by);
      case GETNCNT:
        return Effect::returns(waiting_at(*set_, number, false));
      case GETZCNT:
        return Effect::returns(waiting_at(*set_, number, true));
      default:
        break;
    }
    if (new_value() < 0 || new_value() > kMostValue) return Effect::fails(ERANGE);
    set_value(machine, task, number, new_value());
    return Effect::returns(0);
  }

  /// Clears what processes would undo to it: semctl(2).
  void set_value(Machine& machine, Task& task, std::size_t number, std::int64_t value) {
    take_before_it_goes(machine, *set_);
    SemaphoreSet::Semaphore& semaphore = set_->semaphores[number];
    semaphore.value.reset(machine.event_id(), value);
    semaphore.used_by = machine.process_of(task).number;
    machine.hand_over(semaphore.changes);
    machine.hand_over(set_->changes);
    set_->users.supplies(task.id);
    set_->changed_at = real_seconds(machine.now());
    for (auto& [process, undo] : set_->undo) undo[number] = 0;
  }

  Effect whole(Machine& machine, Task& task) {
    switch (command_) {
      case IPC_STAT:
      case SEM_STAT:
      case SEM_STAT_ANY:
        return stat(machine, task);
      case IPC_SET: {
        const auto status = machine.read_value<semid_ds>(task, argument_);
        if (!status) return Effect::fails(EFAULT);
        set_->entry.mode = status->sem_perm.mode & 0777U;
        set_->entry.user = status->sem_perm.uid;
        set_->entry.group = status->sem_perm.gid;
        set_->changed_at = real_seconds(machine.now());
        machine.hand_over(set_->changes);
        return Effect::returns(0);
      }
      case IPC_RMID:
        take_before_it_goes(machine, *set_);
        semaphore_table(machine).remove(machine, set_->entry);
        return Effect::returns(0);
      case GETALL:
        return get_all(machine, task);
      case SETALL:
        return set_all(machine, task);
      default:
        return Effect::fails(EINVAL);
    }
  }

  Effect stat(Machine& machine, Task& task) {
    machine.comes_after(set_->changes);
    semid_ds status{};
    fill_permissions(set_->entry, machine.state<SysvUser>(), status.sem_perm);
    status.sem_otime = set_->used_at;
    status.sem_ctime = set_->changed_at;
    status.sem_nsems = set_->semaphores.size();
    if (!machine.write_value(task, argument_, status)) return Effect::fails(EFAULT);
    return Effect::returns(command_ == IPC_STAT ? 0 : set_->entry.id);
  }

  Effect get_all(Machine& machine, Task& task) {
    std::vector<unsigned short> values;
    for (const auto& semaphore : set_->semaphores) {
      machine.comes_after(semaphore.changes);
      values.push_back(static_cast<unsigned short>(semaphore.value.count()));
    }
    if (!machine.write(task, argument_, std::as_bytes(std::span(values)))) {
      return Effect::fails(EFAULT);
    }
    return Effect::returns(0);
  }

  Effect set_all(Machine& machine, Task& task) {
    std::vector<unsigned short> values(set_->semaphores.size());
    if (!machine.read(task, argument_, std::as_writable_bytes(std::span(values)))) {
      return Effect::fails(EFAULT);
    }
    if (std::ranges::any_of(values, [](unsigned short value) { return value > kMostValue; })) {
      return Effect::fails(ERANGE);
    }
    for (std::size_t i = 0; i < values.size(); ++i) set_value(machine, task, i, values[i]);
    return Effect::returns(0);
  }

  // What ipcs asks. The result is the highest id that is in use.
  Effect info(Machine& machine, Task& task) {
    const auto& objects = semaphore_table(machine).all();
    std::int64_t highest = 0;
    // As the box sets /proc/sys/kernel/sem.
    seminfo limits{.semmap = 16000,
                   .semmni = 256,
                   .semmns = 16000,
                   .semmnu = 16000,
                   .semmsl = 250,
                   .semopm = 100,
                   .semume = 100,
                   .semusz = 20,
                   .semvmx = kMostValue,
                   .semaem = kMostValue};
    if (command_ == SEM_INFO) limits.semusz = limits.semaem = 0;
    for (std::size_t i = 0; i < objects.size(); ++i) {
      const auto& set = static_cast<const SemaphoreSet&>(machine.object(objects[i]));
      if (set.entry.removed) continue;
      highest = static_cast<std::int64_t>(i);
      if (command_ != SEM_INFO) continue;
      ++limits.semusz;
      limits.semaem += static_cast<int>(set.semaphores.size());
    }
    if (!machine.write_value(task, argument_, limits)) return Effect::fails(EFAULT);
    return Effect::returns(highest);
  }

  int id_;
  int number_;
  int command_;
  std::uint64_t argument_;
  SemaphoreSet* set_;
  std::vector<Touch> touches_;
};

}  // namespace

std::unique_ptr<Operation> decode_semctl(Machine& machine, Task& task, const Call& call) {
  return std::make_unique<Control>(machine, task, call);
}

}  // namespace ipcgrade
