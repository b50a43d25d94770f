#include "ipc/file_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/syscall.h>

#include <algorithm>

#include "ipc/arguments.h"
#include "ipc/calls.h"
#include "ipc/descriptor.h"
#include "ipc/file.h"
#include "ipc/library_object.h"
#include "ipc/lock_table.h"

namespace ipcgrade {
namespace {

using RecordRequest = struct ::flock;  // the type, and not the function

constexpr std::uint64_t kEnd = std::numeric_limits<std::uint64_t>::max();

/// The locks of a file, kept with it.
class FileLocks final : public FileCompanion {
 public:
  FileLocks(Machine& machine, const std::string& name)
      : whole(machine.make<LockTable>("the lock on " + name)),
        records(machine.make<LockTable>("the record lock on " + name)) {}

  [[nodiscard]] std::vector<Touch> closing() const override {
    std::vector<Touch> touches;
    for (const LockTable* one : {&whole, &records}) {
      if (!one->held().empty()) touches.push_back(one->locks(true, 0, kEnd));
    }
    return touches;
  }

  // fcntl(2): all record locks of the process go when it closes any descriptor of the file. The
  // others go with the open file description.
  void closed(Machine& machine, TaskId task, const FileDescription& description,
              bool last) override {
    records.release(machine, {nullptr, machine.task(task).process});
    if (!last) return;
    records.release(machine, {&description, 0});
    whole.release(machine, {&description, 0});
  }

  LockTable& whole;    ///< flock
  LockTable& records;  ///< fcntl
};

std::shared_ptr<FileLocks> locks_of(Machine& machine, const FileDescription& description) {
  FileNode& node = *description.node();
  for (const auto& companion : node.companions) {
    if (auto locks = std::dynamic_pointer_cast<FileLocks>(companion)) return locks;
  }
  auto made = std::make_shared<FileLocks>(machine, description.name(machine));
  node.companions.push_back(made);
  return made;
}

std::string holders_text(const Machine& machine, const std::vector<const HeldLock*>& locks,
                         const Task& waiting) {
  std::vector<TaskId> told;
  std::string text;
  for (const HeldLock* one : locks) {
    if (std::ranges::find(told, one->by) != told.end()) continue;
    told.push_back(one->by);
    text += (text.empty() ? "held by " : " and ") + holder_text(machine, one->by, waiting);
  }
  return text;
}

std::vector<TaskId> holders(const std::vector<const HeldLock*>& locks) {
  std::vector<TaskId> found;
  for (const HeldLock* one : locks) {
    if (std::ranges::find(found, one->by) == found.end()) found.push_back(one->by);
  }
  return found;
}

/// A lock that waits for others, or fails with EAGAIN.
class LockCall : public Operation {
 public:
  LockCall(std::shared_ptr<FileDescription> description, std::shared_ptr<FileLocks> locks,
           LockTable& table, HeldLock wanted, bool waits)
      : description_(std::move(description)),
        locks_(std::move(locks)),
        table_(table),
        wanted_(wanted),
        waits_(waits) {}

  [[nodiscard]] std::vector<Touch> touches() const override {
    return {table_.locks(wanted_.exclusive, wanted_.begin, wanted_.end)};
  }
  [[nodiscard]] bool enabled(const Machine&, const Task&) const override {
    return !waits_ || against().empty();
  }
  [[nodiscard]] std::string waits_for(const Machine& machine, const Task& task) const override {
    const auto locks = against();
    if (locks.empty()) return "";
    return fmt::format("waits for {}, {}", table_.name(), holders_text(machine, locks, task));
  }
  [[nodiscard]] std::vector<TaskId> suppliers(const Machine&, const Task&) const override {
    return holders(against());
  }
  // signal(7)
  [[nodiscard]] Interruption interruption() const override {
    return waits_ ? Interruption::kRestarts : Interruption::kNever;
  }
  [[nodiscard]] std::vector<Failure> failures(const Machine&, const Task&) const override {
    return {Failure{ENOLCK}};
  }

 protected:
  [[nodiscard]] std::vector<const HeldLock*> against() const { return table_.against(wanted_); }

  std::shared_ptr<FileDescription> description_;
  std::shared_ptr<FileLocks> locks_;
  LockTable& table_;
  HeldLock wanted_;
  bool waits_;
};

// flock(2).
class Flock final : public LockCall {
 public:
  using LockCall::LockCall;

  Effect perform(Machine& machine, Task&) override {
    if (!against().empty()) {
      give_up_old(machine);
      return Effect::fails(EWOULDBLOCK);
    }
    table_.acquire(machine, wanted_);
    return Effect::returns(0);
  }

  // Shared to exclusive or back is an unlock and a lock, between which others can come.
  [[nodiscard]] bool queues() const override { return table_.has(wanted_.owner); }
  void begin_wait(Machine& machine, Task&) override { give_up_old(machine); }

  [[nodiscard]] std::vector<Touch> touches() const override {
    // What it has now, and may give up, is another kind of lock.
    return {table_.locks(wanted_.exclusive || table_.has(wanted_.owner), 0, kEnd)};
  }
  [[nodiscard]] std::string text(const Machine& machine, const Task&) const override {
    return fmt::format("flock({}, {}{})", description_->name(machine),
                       wanted_.exclusive ? "LOCK_EX" : "LOCK_SH", waits_ ? "" : " | LOCK_NB");
  }

 private:
  void give_up_old(Machine& machine) { table_.release(machine, wanted_.owner); }
};

/// All waits for record locks of processes, to find those that would wait for each other.
class SetRecord;
struct RecordWaits {
  std::vector<const SetRecord*> pending;
};

// fcntl(2): F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW, for a lock.
class SetRecord final : public LockCall {
 public:
  SetRecord(Machine& machine, std::shared_ptr<FileDescription> description,
            const std::shared_ptr<FileLocks>& locks, HeldLock wanted, bool waits)
      : LockCall(std::move(description), locks, locks->records, wanted, waits),
        waits_of_run_(machine.state<RecordWaits>()) {
    if (checks()) waits_of_run_.pending.push_back(this);
  }
  SetRecord(const SetRecord&) = delete;
  SetRecord& operator=(const SetRecord&) = delete;
  ~SetRecord() override { std::erase(waits_of_run_.pending, this); }

  [[nodiscard]] bool enabled(const Machine& machine, const Task& task) const override {
    return LockCall::enabled(machine, task) || deadlocks();
  }
  Effect perform(Machine& machine, Task&) override {
    if (!against().empty()) return Effect::fails(waits_ ? EDEADLK : EAGAIN);
    table_.acquire(machine, wanted_);
    return Effect::returns(0);
  }
  [[nodiscard]] std::string text(const Machine& machine, const Task&) const override {
    return fmt::format("fcntl({}, {}, {}{})", description_->name(machine),
                       waits_ ? "F_SETLKW" : "F_SETLK", wanted_.exclusive ? "F_WRLCK" : "F_RDLCK",
                       range_text());
  }

 private:
  /// Only locks of processes are looked at: fcntl(2).
  [[nodiscard]] bool checks() const { return waits_ && wanted_.owner.description == nullptr; }

  [[nodiscard]] bool deadlocks() const {
    if (!checks()) return false;
    std::vector<ProcessId> seen;
    return reaches(wanted_.owner.process, seen);
  }
  /// Whether who stands against this one waits, be it through others, for that process.
  [[nodiscard]] bool reaches(ProcessId process, std::vector<ProcessId>& seen) const {
    for (const HeldLock* one : against()) {
      if (one->owner.description != nullptr) continue;
      const ProcessId other = one->owner.process;
      if (other == process) return true;
      if (std::ranges::find(seen, other) != seen.end()) continue;
      seen.push_back(other);
      for (const SetRecord* wait : waits_of_run_.pending) {
        if (wait->wanted_.owner.process == other && wait->reaches(process, seen)) return true;
      }
    }
    return false;
  }
  [[nodiscard]] std::string range_text() const {
    if (wanted_.begin == 0 && wanted_.end == kEnd) return "";
    if (wanted_.end == kEnd) return fmt::format(", from byte {}", wanted_.begin);
    return fmt::format(", bytes {} to {}", wanted_.begin, wanted_.end - 1);
  }

  RecordWaits& waits_of_run_;
};

/// The file whose locks a call is about; an operation that says why there is none.
struct Target {
  std::shared_ptr<FileDescription> description;
  std::shared_ptr<FileLocks> locks;
  std::unique_ptr<Operation> refusal;
};

Target target_of(Machine& machine, const Task& task, int number, const char* call) {
  const std::string text = fmt::format("{}({})", call, number);
  const auto any = machine.descriptors(task).find(number);
  if (any == nullptr) return {nullptr, nullptr, done_at_once(text, -EBADF)};
  auto description = std::dynamic_pointer_cast<FileDescription>(any);
  if (description == nullptr || description->node() == nullptr) {
    return {nullptr, nullptr, unmodelled(fmt::format("{} of {}", text, any->name(machine)))};
  }
  auto locks = locks_of(machine, *description);
  return {std::move(description), std::move(locks), nullptr};
}

std::unique_ptr<Operation> decode_flock(Machine& machine, Task& task, const Call& call) {
  Target target = target_of(machine, task, int_at(call, 0), "flock");
  if (target.refusal) return std::move(target.refusal);
  const int what = int_at(call, 1);
  const LockOwner owner{target.description.get(), 0};
  switch (what & ~LOCK_NB) {
    case LOCK_SH:
    case LOCK_EX:
      return std::make_unique<Flock>(
          target.description, target.locks, target.locks->whole,
          HeldLock{.owner = owner, .exclusive = (what & LOCK_EX) != 0, .by = task.id},
          (what & LOCK_NB) == 0);
    case LOCK_UN: {
      const auto& held = target.locks->whole.held();
      const auto at = std::ranges::find(held, owner, &HeldLock::owner);
      const bool exclusive = at == held.end() || at->exclusive;
      return small(fmt::format("flock({}, LOCK_UN)", target.description->name(machine)),
                   {target.locks->whole.locks(exclusive, 0, kEnd)},
                   [locks = target.locks, owner](Machine& m, Task&) {
                     locks->whole.release(m, owner);
                     return Effect::returns(0);
                   });
    }
    default:
      return done_at_once("flock()", -EINVAL);
  }
}

struct Range {
  int error = 0;
  bool known = true;
  std::uint64_t begin = 0, end = kEnd;
};

/// fcntl(2): a length of 0 goes to the end, a negative one before the start.
Range range_of(Machine& machine, const Task& task, int number, const RecordRequest& lock) {
  std::int64_t start = lock.l_start;
  if (lock.l_whence == SEEK_CUR || lock.l_whence == SEEK_END) {
    const auto from = machine.memory().file_position(task.id, number, lock.l_whence);
    if (!from) return {.known = false};
    if (__builtin_add_overflow(start, *from, &start)) return {.error = EOVERFLOW};
  } else if (lock.l_whence != SEEK_SET) {
    return {.error = EINVAL};
  }
  std::int64_t end = 0;
  if (__builtin_add_overflow(start, lock.l_len, &end)) return {.error = EOVERFLOW};
  if (lock.l_len < 0) std::swap(start, end);
  if (start < 0) return {.error = EINVAL};
  return {.begin = static_cast<std::uint64_t>(start),
          .end = lock.l_len == 0 ? kEnd : static_cast<std::uint64_t>(end)};
}

/// F_GETLK, F_OFD_GETLK: the first lock that stands against the one that is asked for.
std::unique_ptr<Operation> get_record(Machine& machine, Task& task, const Target& target,
                                      const HeldLock& wanted, std::uint64_t address) {
  std::vector<Touch> touches{target.locks->records.looks(wanted.begin, wanted.end)};
  append(touches, machine.buffer_touches(task, address, sizeof(RecordRequest), true));
  return small(
      fmt::format("fcntl({}, F_GETLK)", target.description->name(machine)), std::move(touches),
      [locks = target.locks, wanted, address](Machine& m, Task& t) {
        auto told = m.read_value<RecordRequest>(t, address);
        if (!told) return Effect::fails(EFAULT);
        const auto against = locks->records.against(wanted);
        if (against.empty()) {
          told->l_type = F_UNLCK;
        } else {
          const HeldLock& one = *against.front();
          told->l_type = static_cast<short>(one.exclusive ? F_WRLCK : F_RDLCK);
          told->l_whence = SEEK_SET;
          told->l_start = static_cast<std::int64_t>(one.begin);
          told->l_len = one.end == kEnd ? 0 : static_cast<std::int64_t>(one.end - one.begin);
          told->l_pid = one.owner.description != nullptr ? -1 : m.process(one.owner.process).number;
        }
        return m.write_value(t, address, *told) ? Effect::returns(0) : Effect::fails(EFAULT);
      });
}

std::unique_ptr<Operation> unlock_records(Machine& machine, const Target& target,
                                          const HeldLock& wanted) {
  const auto& held = target.locks->records.held();
  const bool exclusive = std::ranges::any_of(
      held, [&](const HeldLock& one) { return one.owner == wanted.owner && one.exclusive; });
  return small(fmt::format("fcntl({}, F_SETLK, F_UNLCK)", target.description->name(machine)),
               {target.locks->records.locks(exclusive, wanted.begin, wanted.end)},
               [locks = target.locks, wanted](Machine& m, Task&) {
                 locks->records.release(m, wanted.owner, wanted.begin, wanted.end);
                 return Effect::returns(0);
               });
}

bool is_of_description(int command) {
  return command == F_OFD_GETLK || command == F_OFD_SETLK || command == F_OFD_SETLKW;
}
bool is_record_command(int command) {
  return command == F_GETLK || command == F_SETLK || command == F_SETLKW ||
         is_of_description(command);
}

std::unique_ptr<Operation> decode_record(Machine& machine, Task& task, const Call& call) {
  const int number = int_at(call, 0);
  const int command = int_at(call, 1);
  if (!is_record_command(command)) return nullptr;
  const auto refuse = [&](int error) {
    return done_at_once(fmt::format("fcntl({})", number), -error);
  };
  Target target = target_of(machine, task, number, "fcntl");
  if (target.refusal) return std::move(target.refusal);
  const auto lock = machine.peek_value<RecordRequest>(task, call.arguments[2]);
  if (!lock) return refuse(EFAULT);
  if (is_of_description(command) && lock->l_pid != 0) return refuse(EINVAL);
  const Range range = range_of(machine, task, number, *lock);
  if (!range.known) return unmodelled("fcntl() with a lock from the file's position");
  if (range.error != 0) return refuse(range.error);
  const LockOwner owner = is_of_description(command) ? LockOwner{target.description.get(), 0}
                                                     : LockOwner{nullptr, task.process};
  const HeldLock wanted{.owner = owner,
                        .begin = range.begin,
                        .end = range.end,
                        .exclusive = lock->l_type == F_WRLCK,
                        .by = task.id};
  const bool looks = command == F_GETLK || command == F_OFD_GETLK;
  if (lock->l_type == F_UNLCK && !looks) return unlock_records(machine, target, wanted);
  if (lock->l_type != F_RDLCK && lock->l_type != F_WRLCK) return refuse(EINVAL);
  if (looks) return get_record(machine, task, target, wanted, call.arguments[2]);
  const int mode = target.description->flags() & O_ACCMODE;
  if (mode == (wanted.exclusive ? O_RDONLY : O_WRONLY)) return refuse(EBADF);
  return std::make_unique<SetRecord>(machine, target.description, target.locks, wanted,
                                     command == F_SETLKW || command == F_OFD_SETLKW);
}

std::unique_ptr<Operation> decode(Machine& machine, Task& task, const Call& call) {
  return call.number == SYS_flock ? decode_flock(machine, task, call)
                                  : decode_record(machine, task, call);
}

constexpr long kCalls[] = {SYS_flock, SYS_fcntl};

}  // namespace

const Mechanism kFileLockMechanism{"locks on files", kCalls, decode};

}  // namespace ipcgrade
