#include "ipc/mapping.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <algorithm>
#include <climits>
#include <map>

#include "ipc/calls.h"
#include "ipc/condition.h"
#include "ipc/file.h"
#include "ipc/library_object.h"
#include "ipc/sysv_shared_memory.h"
#include "runtime/hypercall.h"

namespace ipcgrade {
namespace {

/// The files that are mapped shared, by identity; and how many anonymous mappings there are.
struct MappedFiles {
  std::map<std::uint64_t, ObjectId> files;
  int anonymous = 0;
};

class FileMemory : public SharedMemory {
 public:
  FileMemory(ObjectId id, GuestMemory::File file)
      : SharedMemory(id, file.path, {}, 0), file_(std::move(file)) {}
  [[nodiscard]] std::span<std::byte> bytes() const override { return file_.bytes(); }

 private:
  GuestMemory::File file_;
};

bool overlaps(const Process& process, std::uint64_t begin, std::uint64_t end) {
  return std::ranges::any_of(
      process.mappings, [&](const Mapping& one) { return one.begin < end && begin < one.end; });
}

/// mmap(2) of /dev/zero is the older way to say so: zero(4).
bool is_anonymous(const Machine& machine, const Task& task, const Call& call) {
  if ((call.arguments[3] & MAP_ANONYMOUS) != 0) return true;
  const auto found = machine.descriptors(task).find(static_cast<int>(call.arguments[4]));
  const auto* file = dynamic_cast<const FileDescription*>(found.get());
  return file != nullptr && file->path() == "/dev/zero";
}

/// The file that is to be mapped, where it is known.
std::shared_ptr<FileNode> mapped_node(const Machine& machine, const Task& task, const Call& call) {
  if ((call.arguments[3] & MAP_ANONYMOUS) != 0) return nullptr;
  const auto found = machine.descriptors(task).find(static_cast<int>(call.arguments[4]));
  const auto* file = dynamic_cast<const FileDescription*>(found.get());
  return file == nullptr ? nullptr : file->node();
}

/// A new shared mapping. The kernel makes it closed; what the program asked for is kept here.
class Map : public Operation {
 public:
  /// `file` is nullptr where none is known.
  Map(Call call, const FileNode* file) : call_(call) {
    if (file != nullptr) touches_.push_back(reads_content(file->content));
  }
  // Making it concerns nobody yet but those who give the file its size: what lies beyond can't be
  // touched.
  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }

  Effect perform(Machine& machine, Task& task) override {
    Call call = call_;
    const std::uint64_t size = whole_pages(call.arguments[1]);
    const bool anonymous = is_anonymous(machine, task, call);
    auto& files = machine.state<MappedFiles>();
    if (anonymous) {
      std::uint64_t place = 0;
      const auto bytes = machine.memory().allocate(size, place);
      if (bytes.empty()) return Effect::fails(ENOMEM);
      const std::string name = files.anonymous++ == 0
                                   ? "the shared mapping"
                                   : fmt::format("shared mapping {}", files.anonymous);
      object_ = machine.make<SharedMemory>(name, bytes, place).id();
      call.arguments[3] &= ~static_cast<std::uint64_t>(MAP_ANONYMOUS);
      call.arguments[4] = static_cast<std::uint64_t>(machine.memory().arena_descriptor());
      call.arguments[5] = place;
    } else if (!may_map(machine, task)) {
      return Effect::fails(EACCES);
    } else {
      auto file = machine.memory().map_file(task.id, static_cast<int>(call.arguments[4]));
      if (!file) return Effect::passes(call_);  // it can't be mapped; the kernel says so
      offset_ = call.arguments[5];
      const auto [at, added] = files.files.try_emplace(file->identity, kNoObject);
      if (added) at->second = machine.make<FileMemory>(std::move(*file)).id();
      object_ = at->second;
    }
    call.arguments[2] = PROT_NONE;
    return Effect::passes(call);
  }

  std::int64_t finished(Machine& machine, Task& task, std::int64_t result) override {
    if (result < 0 || object_ == kNoObject) return result;
    Mapping mapping;
    mapping.begin = static_cast<std::uint64_t>(result);
    mapping.end = mapping.begin + whole_pages(call_.arguments[1]);
    mapping.object = object_;
    mapping.offset = offset_;
    mapping.protection = static_cast<int>(call_.arguments[2]);
    add_mapping(machine.process_of(task), mapping);
    if (const auto node = mapped_node(machine, task, call_)) {
      // It is read and written by call, too; and its size is somebody's ftruncate.
      node->memory = object_;
      machine.comes_after(node->written);
    }
    return result;
  }

  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    return fmt::format("mmap({}, MAP_SHARED)", call_.arguments[1]);
  }
  [[nodiscard]] std::vector<Failure> failures(const Machine&, const Task&) const override {
    return {{ENOMEM}};
  }

 private:
  /// mmap(2): the kernel, which is asked for a closed one, would not look.
  [[nodiscard]] bool may_map(const Machine& machine, const Task& task) const {
    const auto found = machine.descriptors(task).find(static_cast<int>(call_.arguments[4]));
    const auto* file = dynamic_cast<const FileDescription*>(found.get());
    if (file == nullptr) return true;
    const int mode = file->flags() & O_ACCMODE;
    return mode == O_RDWR || (mode == O_RDONLY && (call_.arguments[2] & PROT_WRITE) == 0);
  }

  Call call_;
  std::vector<Touch> touches_;
  ObjectId object_ = kNoObject;
  std::uint64_t offset_ = 0;
};

/// What shared memory allows is kept here; the kernel is asked for what is private in the range.
std::unique_ptr<Operation> decode_protect(Machine& machine, Task& task, const Call& call) {
  constexpr std::uint64_t kPageMask = 4095;
  const std::uint64_t begin = call.arguments[0];
  const std::uint64_t end = begin + whole_pages(call.arguments[1]);
  if ((begin & kPageMask) != 0 || !overlaps(machine.process_of(task), begin, end)) return nullptr;
  if (call.number != SYS_mprotect) return unmodelled("pkey_mprotect() of shared memory");
  const int protection = static_cast<int>(call.arguments[2]);
  Process& process = machine.process_of(task);
  std::uint64_t covered = 0;
  std::vector<Mapping> changed;
  for (const Mapping& one : process.mappings) {
    if (one.begin >= end || begin >= one.end) continue;
    Mapping part = one;
    part.begin = std::max(begin, one.begin);
    part.end = std::min(end, one.end);
    part.offset += part.begin - one.begin;
    part.protection = protection;
    covered += part.end - part.begin;
    changed.push_back(part);
  }
  if (covered < end - begin && changed.size() > 1) {
    return unmodelled("mprotect() of shared and private memory");
  }
  const std::string text = fmt::format("mprotect({})", call.arguments[1]);
  if (covered < end - begin) {
    // One shared stretch, at the beginning or at the end of the range: the rest is passed on.
    const Mapping& shared = changed.front();
    Call rest = call;
    if (shared.begin == begin) {
      rest.arguments[0] = shared.end;
      rest.arguments[1] = end - shared.end;
    } else if (shared.end == end) {
      rest.arguments[1] = shared.begin - begin;
    } else {
      return unmodelled("mprotect() of shared and private memory");
    }
    return small(text, {}, [changed, rest](Machine& m, Task& t) {
      for (const Mapping& one : changed) add_mapping(m.process_of(t), one);
      return Effect::passes(rest);
    });
  }
  return small(text, {}, [changed](Machine& m, Task& t) {
    for (const Mapping& one : changed) add_mapping(m.process_of(t), one);
    return Effect::returns(0);
  });
}

std::unique_ptr<Operation> decode_mapping(Machine& machine, Task& task, const Call& call) {
  const std::uint64_t begin = call.arguments[0];
  const std::uint64_t end = begin + whole_pages(call.arguments[1]);
  Process& process = machine.process_of(task);
  switch (call.number) {
    case SYS_mmap: {
      const std::uint64_t type = call.arguments[3] & MAP_TYPE;
      if ((type == MAP_SHARED || type == MAP_SHARED_VALIDATE) && call.arguments[1] != 0) {
        return std::make_unique<Map>(call, mapped_node(machine, task, call).get());
      }
      if ((call.arguments[3] & MAP_FIXED) != 0) shared_memory_cut(machine, process, begin, end);
      return nullptr;
    }
    case SYS_munmap:
      if (overlaps(process, begin, end)) {
        auto touches = shared_memory_cut_touches(machine, process, begin, end);
        return small("munmap()", std::move(touches), [begin, end, call](Machine& m, Task& t) {
          shared_memory_cut(m, m.process_of(t), begin, end);
          return Effect::passes(call);
        });
      }
      return nullptr;
    case SYS_mprotect:
    case SYS_pkey_mprotect:
      return decode_protect(machine, task, call);
    case SYS_mremap:
      if (overlaps(process, begin, end)) return unmodelled("mremap() of shared memory");
      return nullptr;
    default:
      return nullptr;
  }
}

std::unique_ptr<Operation> decode_library(Machine& machine, Task& task, const Call& call) {
  const ByteLocation at = machine.location(task, call.arguments[1]);
  const std::uint64_t size = call.arguments[2];
  switch (call.arguments[0]) {
    case IPCGRADE_LIBRARY_BEGIN:
      if (size != 0) machine.add_library_object(at, size);
      task.in_library = true;
      break;
    case IPCGRADE_LIBRARY_END:
      task.in_library = false;
      break;
    case IPCGRADE_OBJECT_MADE:
      machine.add_library_object(at, size);
      condition_made(machine, at);
      if (call.arguments[3] != 0 && at.memory != kNoObject) {
        machine.object(at.memory).rename(
            named_semaphore_file(machine.read_text(task, call.arguments[3], NAME_MAX)));
      }
      break;
    case IPCGRADE_OBJECT_GONE:
      machine.remove_library_object(at);
      break;
    default:
      return nullptr;
  }
  return done_at_once("", 0);
}

constexpr long kCalls[] = {SYS_mmap, SYS_munmap, SYS_mprotect, SYS_pkey_mprotect, SYS_mremap};
constexpr long kLibraryCalls[] = {kHypercall};

}  // namespace

const Mechanism kMappingMechanism{"shared mappings", kCalls, decode_mapping};
const Mechanism kLibraryMechanism{"library objects", kLibraryCalls, decode_library};

void remove_mappings(Process& process, std::uint64_t begin, std::uint64_t end) {
  std::vector<Mapping> kept;
  for (const Mapping& one : process.mappings) {
    if (one.begin >= end || begin >= one.end) {
      kept.push_back(one);
      continue;
    }
    if (one.begin < begin) {
      Mapping head = one;
      head.end = begin;
      kept.push_back(head);
    }
    if (one.end > end) {
      Mapping tail = one;
      tail.offset += end - one.begin;
      tail.begin = end;
      kept.push_back(tail);
    }
  }
  process.mappings = std::move(kept);
}

void add_mapping(Process& process, Mapping mapping) {
  remove_mappings(process, mapping.begin, mapping.end);
  const auto at = std::ranges::upper_bound(process.mappings, mapping.begin, {}, &Mapping::begin);
  process.mappings.insert(at, mapping);
}

}  // namespace ipcgrade
