#include "ipc/sysv_shared_memory.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>

#include <algorithm>

#include "ipc/arguments.h"
#include "ipc/calls.h"
#include "ipc/clock.h"
#include "ipc/descriptor.h"
#include "ipc/mapping.h"

namespace ipcgrade {
namespace {

constexpr std::uint64_t kWhole = ~0ULL;
constexpr std::size_t kMostSegments = 256;         // shmmni, as the box sets it
constexpr std::uint64_t kMostBytes = 1ULL << 40U;  // the arena says "no more" long before

// Touches of Segment::attachments. Attachings commute with each other, and so do detachings; one
// of each does not, since a segment that is marked goes with the last one.
constexpr std::uint16_t kAttaches = 1;
constexpr std::uint16_t kDetaches = 2;
constexpr std::uint16_t kLooks = 4;
constexpr std::uint16_t kSets = 8;  // permissions, removal

Touch attaches(ObjectId at) {
  return {.object = at, .does = kAttaches, .disturbs = kDetaches | kLooks | kSets};
}
Touch detaches(ObjectId at) {
  return {.object = at, .does = kDetaches, .disturbs = kAttaches | kLooks};
}
Touch looks(ObjectId at) {
  return {.object = at, .does = kLooks, .disturbs = kAttaches | kDetaches | kSets};
}
Touch sets(ObjectId at) {
  return {.object = at, .does = kSets, .disturbs = kAttaches | kLooks | kSets};
}

struct Segments {
  std::optional<SysvTable> table;
};

SysvTable& table_of(Machine& machine) {
  auto& table = machine.state<Segments>().table;
  if (!table) table.emplace(machine, "the keys of shared memory segments", kMostSegments);
  return *table;
}

const SysvTable* find_table(const Machine& machine) {
  const auto* segments = machine.find_state<Segments>();
  return segments != nullptr && segments->table ? &*segments->table : nullptr;
}

/// nullptr: that id was never given out.
Segment* find_segment(Machine& machine, int id) {
  const ObjectId object = table_of(machine).find(id);
  return object == kNoObject ? nullptr : &static_cast<Segment&>(machine.object(object));
}

Segment* make_segment(Machine& machine, key_t key, std::uint64_t size, int flags, bool given) {
  std::uint64_t place = 0;
  const std::span<std::byte> bytes = machine.memory().allocate(size, place);
  if (bytes.empty()) return nullptr;
  const ObjectId attachments = machine.make<Object>(ObjectKind::kName, "").id();
  auto& segment = machine.make<Segment>("", bytes, place, size, attachments);
  table_of(machine).add(machine, segment.id(), segment.entry, key, flags, given);
  segment.rename(sysv_object_name("segment", segment.entry));
  machine.object(attachments).rename("the attachments of " + segment.name());
  segment.changed_at = real_seconds(machine.now());
  segment.changes = segment.entry.made;
  return &segment;
}

void destroy_if_last(Machine& machine, Segment& segment) {
  if (!segment.marked || segment.entry.removed || attachments_of(machine, segment) > 0) return;
  table_of(machine).remove(machine, segment.entry);
}

void note_detached(Machine& machine, Segment& segment, const Process& process) {
  machine.hand_over(segment.changes);
  segment.last_used_by = process.number;
  segment.detached_at = real_seconds(machine.now());
  destroy_if_last(machine, segment);
}

// shmget(2). Comes after what made the segment, or removed the last one with that key.
class GetSegment final : public Operation {
 public:
  GetSegment(Machine& machine, const Call& call)
      : key_(int_at(call, 0)),
        size_(call.arguments[1]),
        flags_(int_at(call, 2)),
        touches_(table_of(machine).get_touches(key_, flags_)) {
    if (makes()) touches_.push_back(table_of(machine).change_touch());
  }

  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }

  Effect perform(Machine& machine, Task& task) override {
    const auto found = table_of(machine).get(machine, key_, flags_);
    if (!found) return Effect::fails(found.error());
    if (*found) {
      const auto& segment = static_cast<const Segment&>(machine.object(**found));
      if (segment.size < size_) return Effect::fails(EINVAL);
      const auto wanted = static_cast<unsigned>((flags_ >> 6) | (flags_ >> 3) | flags_) & 7U;
      if (!may(segment.entry, wanted)) return Effect::fails(EACCES);
      return Effect::returns(segment.entry.id);
    }
    if (size_ == 0 || size_ > kMostBytes) return Effect::fails(EINVAL);
    if ((flags_ & SHM_HUGETLB) != 0) return Effect::fails(ENOMEM);
    Segment* made = make_segment(machine, key_, size_, flags_, false);
    if (made == nullptr) return Effect::fails(ENOMEM);
    made->made_by = machine.process_of(task).number;
    return Effect::returns(made->entry.id);
  }

  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    return fmt::format("shmget({}, {}, {})", key_ == IPC_PRIVATE ? "IPC_PRIVATE" : key_text(key_),
                       size_, get_flags_text(flags_));
  }

  [[nodiscard]] std::vector<Failure> failures(const Machine&, const Task&) const override {
    return {Failure{makes() ? ENOSPC : EACCES}, Failure{ENOMEM}};
  }

 private:
  [[nodiscard]] bool makes() const { return key_ == IPC_PRIVATE || (flags_ & IPC_CREAT) != 0; }

  key_t key_;
  std::uint64_t size_;
  int flags_;
  std::vector<Touch> touches_;
};

// shmat(2). The kernel maps a part of the arena, closed to the task.
class Attach final : public Operation {
 public:
  Attach(Machine& machine, const Call& call)
      : id_(int_at(call, 0)),
        address_(call.arguments[1]),
        flags_(int_at(call, 2)),
        segment_(find_segment(machine, id_)),
        touches_{segment_ != nullptr ? attaches(segment_->attachments)
                                     : table_of(machine).unknown_touch(),
                 table_of(machine).change_touch()} {}

  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }

  Effect perform(Machine& machine, Task&) override {
    if (segment_ == nullptr) segment_ = find_segment(machine, id_);
    if (id_ < 0) return Effect::fails(EINVAL);
    if (address_ != 0) {
      if (address_ % SHMLBA != 0 && (flags_ & SHM_RND) == 0) return Effect::fails(EINVAL);
      address_ -= address_ % SHMLBA;
    }
    if (address_ == 0 && (flags_ & SHM_REMAP) != 0) return Effect::fails(EINVAL);
    if (segment_ == nullptr) return Effect::fails(EINVAL);
    machine.comes_after(segment_->entry.made);
    if (segment_->entry.removed) {
      machine.comes_after(segment_->entry.removed_by);
      return Effect::fails(EINVAL);
    }
    const bool writes_too = (flags_ & SHM_RDONLY) == 0;
    const bool executes = (flags_ & SHM_EXEC) != 0;
    if (!may(segment_->entry, 4U | (writes_too ? 2U : 0U) | (executes ? 1U : 0U))) {
      return Effect::fails(EACCES);
    }
    protection_ = PROT_READ | (writes_too ? PROT_WRITE : 0) | (executes ? PROT_EXEC : 0);
    length_ = whole_pages(segment_->size);
    int how = MAP_SHARED;
    if (address_ != 0) how |= (flags_ & SHM_REMAP) != 0 ? MAP_FIXED : MAP_FIXED_NOREPLACE;
    const auto descriptor = static_cast<std::uint64_t>(machine.memory().arena_descriptor());
    return Effect::passes({SYS_mmap,
                           {address_, length_, PROT_NONE, static_cast<std::uint64_t>(how),
                            descriptor, segment_->place()}});
  }

  std::int64_t finished(Machine& machine, Task& task, std::int64_t result) override {
    if (result == -EEXIST) return -EINVAL;  // mmap's way to say what shmat says so
    if (result < 0) return result;
    Process& process = machine.process_of(task);
    Mapping mapping;
    mapping.begin = static_cast<std::uint64_t>(result);
    mapping.end = mapping.begin + length_;
    mapping.object = segment_->id();
    mapping.protection = protection_;
    mapping.attached = true;
    shared_memory_cut(machine, process, mapping.begin, mapping.end);  // SHM_REMAP
    add_mapping(process, mapping);
    machine.hand_over(segment_->changes);
    segment_->last_used_by = process.number;
    segment_->attached_at = real_seconds(machine.now());
    return result;
  }

  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    return fmt::format(
        "shmat({}{}{})",
        segment_ != nullptr ? sysv_reference(segment_->entry) : fmt::format("id {}", id_),
        address_ != 0 ? fmt::format(", {:#x}", address_) : "",
        (flags_ & SHM_RDONLY) != 0 ? ", SHM_RDONLY" : "");
  }

  [[nodiscard]] std::vector<Failure> failures(const Machine&, const Task&) const override {
    return {Failure{ENOMEM}};
  }

 private:
  int id_;
  std::uint64_t address_;
  int flags_;
  Segment* segment_;
  std::vector<Touch> touches_;
  int protection_ = 0;
  std::uint64_t length_ = 0;
};

// shmdt(2): what was attached at that address.
class Detach final : public Operation {
 public:
  Detach(Machine& machine, Segment& segment, const Mapping& mapping)
      : segment_(segment),
        mapping_(mapping),
        touches_{detaches(segment.attachments), table_of(machine).change_touch()} {}

  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }
  Effect perform(Machine&, Task&) override {
    return Effect::passes({SYS_munmap, {mapping_.begin, mapping_.end - mapping_.begin}});
  }
  std::int64_t finished(Machine& machine, Task& task, std::int64_t result) override {
    if (result != 0) return result;
    Process& process = machine.process_of(task);
    shared_memory_cut(machine, process, mapping_.begin, mapping_.end);
    return 0;
  }
  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    return fmt::format("shmdt({})", sysv_reference(segment_.entry));
  }

 private:
  Segment& segment_;
  Mapping mapping_;
  std::vector<Touch> touches_;
};

std::unique_ptr<Operation> decode_detach(Machine& machine, Task& task, const Call& call) {
  const std::uint64_t address = call.arguments[0];
  for (const Mapping& one : machine.process_of(task).mappings) {
    if (one.attached && one.begin - one.offset == address) {
      return std::make_unique<Detach>(machine, static_cast<Segment&>(machine.object(one.object)),
                                      one);
    }
  }
  return done_at_once(fmt::format("shmdt({:#x})", address), -EINVAL);
}

// shmctl(2).
class Control final : public Operation {
 public:
  Control(Machine& machine, const Task& task, const Call& call)
      : id_(int_at(call, 0)),
        command_(int_at(call, 1)),
        buffer_(call.arguments[2]),
        segment_(find_segment(machine, id_)) {
    SysvTable& table = table_of(machine);
    if (command_ == IPC_INFO || command_ == SHM_INFO) {
      touches_.push_back(table.list_touch());
    } else if (segment_ == nullptr) {
      touches_.push_back(table.unknown_touch());
    } else if (command_ == IPC_RMID || command_ == IPC_SET) {
      touches_.push_back(sets(segment_->attachments));
      if (command_ == IPC_RMID) {
        touches_.push_back(table.removal_touch(segment_->entry));
        touches_.push_back(table.change_touch());
      }
    } else {
      touches_.push_back(looks(segment_->attachments));
    }
    if (stats() || command_ == IPC_SET) {
      append(touches_, machine.buffer_touches(task, buffer_, sizeof(shmid_ds), stats()));
    }
  }

  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }

  Effect perform(Machine& machine, Task& task) override {
    if (command_ == IPC_INFO || command_ == SHM_INFO) return info(machine, task);
    if (segment_ == nullptr) segment_ = find_segment(machine, id_);
    if (segment_ == nullptr) return Effect::fails(EINVAL);
    machine.comes_after(segment_->entry.made);
    if (segment_->entry.removed) {
      machine.comes_after(segment_->entry.removed_by);
      return Effect::fails(EINVAL);
    }
    switch (command_) {
      case IPC_STAT:
      case SHM_STAT:
      case SHM_STAT_ANY:
        return stat(machine, task);
      case IPC_SET:
        return set(machine, task);
      case IPC_RMID:
        return remove(machine);
      case SHM_LOCK:
      case SHM_UNLOCK:
        return Effect::returns(0);
      default:
        return Effect::fails(EINVAL);
    }
  }

  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    return fmt::format(
        "shmctl({}, {})",
        segment_ != nullptr ? sysv_reference(segment_->entry) : fmt::format("id {}", id_),
        command_text());
  }

  [[nodiscard]] std::vector<Failure> failures(const Machine&, const Task&) const override {
    switch (command_) {
      case IPC_RMID:
      case IPC_SET:
        return {Failure{EPERM}};
      case IPC_STAT:
      case SHM_STAT:
        return {Failure{EACCES}};
      default:
        return {};
    }
  }

 private:
  [[nodiscard]] bool stats() const {
    return command_ == IPC_STAT || command_ == SHM_STAT || command_ == SHM_STAT_ANY;
  }

  [[nodiscard]] std::string command_text() const {
    switch (command_) {
      case IPC_RMID:
        return "IPC_RMID";
      case IPC_SET:
        return "IPC_SET";
      case IPC_STAT:
        return "IPC_STAT";
      case SHM_STAT:
        return "SHM_STAT";
      case SHM_INFO:
        return "SHM_INFO";
      case SHM_LOCK:
        return "SHM_LOCK";
      case SHM_UNLOCK:
        return "SHM_UNLOCK";
      default:
        return fmt::format("{}", command_);
    }
  }

  // labs.md: IPC_STAT of what another did orders.
  Effect stat(Machine& machine, Task& task) {
    if (command_ != SHM_STAT_ANY && !may(segment_->entry, 4)) return Effect::fails(EACCES);
    machine.comes_after(segment_->changes);
    shmid_ds status{};
    fill_permissions(segment_->entry, machine.state<SysvUser>(), status.shm_perm);
    if (segment_->marked) {
      status.shm_perm.mode |= static_cast<mode_t>(SHM_DEST);
      status.shm_perm.__key = IPC_PRIVATE;
    }
    status.shm_segsz = segment_->size;
    status.shm_atime = segment_->attached_at;
    status.shm_dtime = segment_->detached_at;
    status.shm_ctime = segment_->changed_at;
    status.shm_cpid = segment_->made_by;
    status.shm_lpid = segment_->last_used_by;
    status.shm_nattch = attachments_of(machine, *segment_);
    if (!machine.write_value(task, buffer_, status)) return Effect::fails(EFAULT);
    return Effect::returns(command_ == IPC_STAT ? 0 : segment_->entry.id);
  }

  Effect set(Machine& machine, Task& task) {
    const auto status = machine.read_value<shmid_ds>(task, buffer_);
    if (!status) return Effect::fails(EFAULT);
    segment_->entry.mode = status->shm_perm.mode & 0777U;
    segment_->entry.user = status->shm_perm.uid;
    segment_->entry.group = status->shm_perm.gid;
    segment_->changed_at = real_seconds(machine.now());
    machine.hand_over(segment_->changes);
    return Effect::returns(0);
  }

  Effect remove(Machine& machine) {
    machine.hand_over(segment_->changes);
    if (!segment_->marked) table_of(machine).remove_key(machine, segment_->entry);
    segment_->marked = true;
    destroy_if_last(machine, *segment_);
    return Effect::returns(0);
  }

  // What ipcs asks. The result is the highest id that is in use.
  Effect info(Machine& machine, Task& task) {
    const auto& objects = table_of(machine).all();
    std::int64_t highest = 0;
    shm_info used{};
    for (std::size_t i = 0; i < objects.size(); ++i) {
      const auto& segment = static_cast<const Segment&>(machine.object(objects[i]));
      if (segment.entry.removed) continue;
      highest = static_cast<std::int64_t>(i);
      ++used.used_ids;
      used.shm_tot += (segment.size + kPage - 1) / kPage;
    }
    used.shm_rss = used.shm_tot;
    shminfo limits{};
    limits.shmmax = kMostBytes;
    limits.shmmin = 1;
    limits.shmmni = kMostSegments;
    limits.shmseg = kMostSegments;
    limits.shmall = kMostBytes / kPage;
    const bool written = command_ == SHM_INFO ? machine.write_value(task, buffer_, used)
                                              : machine.write_value(task, buffer_, limits);
    return written ? Effect::returns(highest) : Effect::fails(EFAULT);
  }

  int id_;
  int command_;
  std::uint64_t buffer_;
  Segment* segment_;
  std::vector<Touch> touches_;
};

std::unique_ptr<Operation> decode(Machine& machine, Task& task, const Call& call) {
  switch (call.number) {
    case SYS_shmget:
      return std::make_unique<GetSegment>(machine, call);
    case SYS_shmat:
      return std::make_unique<Attach>(machine, call);
    case SYS_shmdt:
      return decode_detach(machine, task, call);
    default:
      return std::make_unique<Control>(machine, task, call);
  }
}

constexpr long kCalls[] = {SYS_shmget, SYS_shmat, SYS_shmdt, SYS_shmctl};

}  // namespace

const Mechanism kSysvSharedMemoryMechanism{"System V shared memory", kCalls, decode};

void give_segment(Machine& machine, key_t key, std::uint64_t size) {
  make_segment(machine, key, size, 0666, true);
}

bool segment_exists(const Machine& machine, key_t key, std::uint64_t min_size, bool attached) {
  const SysvTable* table = find_table(machine);
  const ObjectId found = table == nullptr ? kNoObject : table->find_key(key);
  if (found == kNoObject) return false;
  const auto& segment = static_cast<const Segment&>(machine.object(found));
  return segment.size >= min_size && (!attached || attachments_of(machine, segment) > 0);
}

Touch segments_looked_at(Machine& machine) { return table_of(machine).watch_touch(); }

std::size_t attachments_of(const Machine& machine, const Segment& segment) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < machine.process_count(); ++i) {
    const auto& mappings = machine.process(static_cast<ProcessId>(i)).mappings;
    count += static_cast<std::size_t>(std::ranges::count_if(
        mappings, [&](const Mapping& one) { return one.attached && one.object == segment.id(); }));
  }
  return count;
}

void shared_memory_forked(Machine& machine, Process& parent, Process& child) {
  for (const Mapping& one : child.mappings) {
    if (!one.attached) continue;
    auto& segment = static_cast<Segment&>(machine.object(one.object));
    machine.hand_over(segment.changes);
    segment.last_used_by = parent.number;
    segment.attached_at = real_seconds(machine.now());
  }
}

void shared_memory_process_ended(Machine& machine, Process& process, TaskId) {
  shared_memory_cut(machine, process, 0, kWhole);
}

std::vector<Touch> shared_memory_end_touches(const Machine& machine, const Process& process) {
  return shared_memory_cut_touches(machine, process, 0, kWhole);
}

void shared_memory_cut(Machine& machine, Process& process, std::uint64_t begin, std::uint64_t end) {
  std::vector<ObjectId> cut;
  for (const Mapping& one : process.mappings) {
    if (one.attached && one.begin < end && begin < one.end) cut.push_back(one.object);
  }
  remove_mappings(process, begin, end);
  for (const ObjectId one : cut) {
    note_detached(machine, static_cast<Segment&>(machine.object(one)), process);
  }
}

std::vector<Touch> shared_memory_cut_touches(const Machine& machine, const Process& process,
                                             std::uint64_t begin, std::uint64_t end) {
  std::vector<Touch> touches;
  for (const Mapping& one : process.mappings) {
    if (!one.attached || one.begin >= end || begin >= one.end) continue;
    const auto& segment = static_cast<const Segment&>(machine.object(one.object));
    touches.push_back(detaches(segment.attachments));
    touches.push_back(find_table(machine)->change_touch());
  }
  return touches;
}

std::vector<const Segment*> segments_left(const Machine& machine) {
  std::vector<const Segment*> left;
  const SysvTable* table = find_table(machine);
  if (table == nullptr) return left;
  for (const ObjectId one : table->all()) {
    const auto& segment = static_cast<const Segment&>(machine.object(one));
    if (!segment.entry.removed) left.push_back(&segment);
  }
  return left;
}

}  // namespace ipcgrade
