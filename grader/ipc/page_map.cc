// proc(5), /proc/PID/pagemap; Documentation/admin-guide/mm/pagemap.rst of the kernel. All of it is
// the model's: what the kernel would give depends on what else the machine does.
#include "ipc/page_map.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "ipc/arguments.h"
#include "ipc/buffers.h"
#include "ipc/calls.h"
#include "ipc/descriptor.h"
#include "ipc/file.h"
#include "ipc/mechanisms.h"
#include "ipc/passed_operation.h"
#include "ipc/process.h"
#include "ipc/words.h"
#include "sandbox/describe.h"

namespace ipcgrade {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kEntry = sizeof(std::uint64_t);
/// Bits of an entry that anybody may see, of a page that is in memory: it is so, it is of a file or
/// shared, it is mapped by nobody else, it was written lately.
constexpr std::uint64_t kPresent = std::uint64_t{1} << 63;
constexpr std::uint64_t kFileOrShared = std::uint64_t{1} << 61;
constexpr std::uint64_t kExclusive = std::uint64_t{1} << 56;
constexpr std::uint64_t kSoftDirty = std::uint64_t{1} << 55;
constexpr std::uint64_t kShown = kPresent | kFileOrShared | kExclusive | kSoftDirty;
constexpr std::uint64_t kAddressEnd = std::uint64_t{1} << 47;  // TASK_SIZE
constexpr std::uint64_t kMostAtOnce = 1 << 20;

void note_try(Machine& machine, bool failed, std::uint64_t begin = 0, std::uint64_t end = 0) {
  machine.trace().page_map_tries.push_back({machine.event_id(), failed, begin, end});
}

/// A page map that is open.
class PageMapDescription : public Description {
 public:
  PageMapDescription(int flags, std::string path, ProcessId process, ObjectId object)
      : Description(flags), path_(std::move(path)), process_(process), object_(object) {}

  [[nodiscard]] short ready(const Machine&) const override {
    return POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM;
  }
  [[nodiscard]] std::vector<Touch> touches(Direction) const override { return {writes(object_)}; }
  [[nodiscard]] std::vector<Touch> looks() const override { return {}; }
  [[nodiscard]] std::string name(const Machine&) const override { return path_; }
  [[nodiscard]] std::vector<Failure> failures(Direction) const override { return {}; }
  [[nodiscard]] bool private_when_alone() const override { return true; }

  [[nodiscard]] ProcessId process() const { return process_; }

  std::int64_t position = 0;

 private:
  std::string path_;
  ProcessId process_;
  ObjectId object_;  ///< for the position, in case it is shared
};

/// The process whose page map that is: "/proc/self/pagemap", "/proc/1000/task/1001/pagemap".
std::optional<ProcessId> named_process(Machine& machine, const Task& task, std::string_view path) {
  constexpr std::string_view kBegin = "/proc/", kEnd = "/pagemap";
  if (!path.starts_with(kBegin) || !path.ends_with(kEnd)) return std::nullopt;
  if (path.size() <= kBegin.size() + kEnd.size()) return std::nullopt;
  path = path.substr(kBegin.size(), path.size() - kBegin.size() - kEnd.size());
  const std::size_t first = std::min(path.find('/'), path.size());
  if (first != path.size() && !path.substr(first).starts_with("/task/")) return std::nullopt;
  path = path.substr(0, first);
  if (path == "self" || path == "thread-self") return task.process;
  int number = 0;
  const auto [end, error] = std::from_chars(path.data(), path.data() + path.size(), number);
  if (error != std::errc{} || end != path.data() + path.size()) return std::nullopt;
  const Process* process = find_process(machine, number);
  return process == nullptr ? std::nullopt : std::optional(process->id);
}

/// A path argument that names a page map.
struct Named {
  PathArgument argument;
  ProcessId process = 0;
  std::vector<Touch> touches{};  ///< of looking it up
};
std::optional<Named> named(Machine& machine, const Task& task, const Call& call, bool at) {
  Named made{path_argument(machine, task, at ? int_at(call, 0) : AT_FDCWD,
                           call.arguments[at ? 1 : 0], true)};
  const auto process = named_process(machine, task, made.argument.path);
  if (!process) return std::nullopt;
  made.process = *process;
  made.touches = made.argument.touches;
  if (*process != task.process) {
    made.touches.push_back(reads(machine.task(machine.process(*process).leader).self));
  }
  return made;
}

std::unique_ptr<Operation> failing_try(std::string text, std::vector<Touch> touches, int error) {
  return small(std::move(text), std::move(touches), [error](Machine& machine, Task&) {
    note_try(machine, true);
    return Effect::fails(error);
  });
}

std::unique_ptr<Operation> decode_open(Machine& machine, Task& task, const Call& call,
                                       const PageMapRule& rule) {
  auto found = named(machine, task, call, call.number != SYS_open);
  if (!found) return nullptr;
  int flags = int_at(call, call.number == SYS_open ? 1 : 2);
  if (call.number == SYS_openat2) {
    const auto how = machine.peek_value<open_how>(task, call.arguments[2]);
    if (!how) return nullptr;
    flags = static_cast<int>(how->flags);
  }
  std::string text =
      fmt::format("open({}, {})", sandbox::quoted(found->argument.given), open_flag_words(flags));
  if (!rule.opens) return failing_try(std::move(text), std::move(found->touches), ENOENT);
  if ((flags & O_ACCMODE) != O_RDONLY) {  // its mode is 0400, though its owner may not read frames
    return failing_try(std::move(text), std::move(found->touches), EACCES);
  }
  append(found->touches, table_touches(machine, task, TableUse::kAllocates));
  // A placeholder: numbers of processes in the path are the model's, and mean others to the kernel.
  const bool close_on_exec = (flags & O_CLOEXEC) != 0;
  const Call real{SYS_eventfd2, {0, close_on_exec ? std::uint64_t{EFD_CLOEXEC} : 0}};
  Passed passed{real, std::move(text), std::move(found->touches)};
  passed.then = [=, path = found->argument.given, process = found->process](Machine& m, Task& t,
                                                                            std::int64_t result) {
    note_try(m, result < 0);
    if (result < 0) return result;
    const ObjectId position = m.make<Object>(ObjectKind::kFile, "the position in " + path).id();
    m.descriptors(t).put(
        static_cast<int>(result),
        std::make_shared<PageMapDescription>(flags & ~O_CLOEXEC, path, process, position),
        close_on_exec);
    return result;
  };
  return make_passed(std::move(passed));
}

/// access and stat: who looks before opening has tried, where that fails.
std::unique_ptr<Operation> decode_look(Machine& machine, Task& task, const Call& call,
                                       const PageMapRule& rule) {
  const bool plain =
      call.number == SYS_access || call.number == SYS_stat || call.number == SYS_lstat;
  auto found = named(machine, task, call, !plain);
  if (!found) return nullptr;
  const bool asks_access =
      call.number == SYS_access || call.number == SYS_faccessat || call.number == SYS_faccessat2;
  std::string text = fmt::format("{}({})", asks_access ? "access" : "stat",
                                 sandbox::quoted(found->argument.given));
  if (!rule.opens) return failing_try(std::move(text), std::move(found->touches), ENOENT);
  if (asks_access) {
    const int mode = int_at(call, plain ? 1 : 2);
    if ((mode & ~R_OK) != 0) return failing_try(std::move(text), std::move(found->touches), EACCES);
    return small(std::move(text), std::move(found->touches),
                 [](Machine&, Task&) { return Effect::returns(0); });
  }
  // The kernel does not know the model's numbers.
  if (found->process == task.process && found->argument.path.starts_with("/proc/self/")) {
    return nullptr;
  }
  return failing_try(std::move(text), std::move(found->touches), ENOENT);
}

/// A task whose memory is that of the process; nullptr where it has ended.
const Task* live_task(const Machine& machine, ProcessId process) {
  for (const TaskId id : machine.process(process).tasks) {
    if (machine.task(id).state != TaskState::kEnded) return &machine.task(id);
  }
  return nullptr;
}

Effect read_entries(Machine& machine, Task& task, const PageMapDescription& map,
                    const Buffers& buffers, std::int64_t offset) {
  const Task* of = live_task(machine, map.process());
  if (of == nullptr || buffers.size() == 0) return Effect::returns(0);
  const auto begin = static_cast<std::uint64_t>(offset);
  if (offset < 0 || begin % kEntry != 0 || buffers.size() % kEntry != 0) {
    return Effect::fails(EINVAL);
  }
  const std::uint64_t first = begin / kEntry;
  const std::uint64_t left = kAddressEnd / kPage - std::min(first, kAddressEnd / kPage);
  std::vector<std::uint64_t> entries(
      std::min({left, buffers.size() / kEntry, kMostAtOnce / kEntry}));
  for (std::uint64_t i = 0; i < entries.size(); ++i) {
    const bool present = machine.peek_value<char>(*of, (first + i) * kPage).has_value();
    entries[i] = present ? kShown : 0;
  }
  const auto bytes = std::as_bytes(std::span(entries));
  if (!buffers.write(machine, task, bytes)) return Effect::fails(EFAULT);
  return Effect::returns(static_cast<std::int64_t>(bytes.size()));
}

std::unique_ptr<Operation> decode_read(Machine& machine, Task& task, const Call& call,
                                       const PageMapRule& rule) {
  const int number = int_at(call, 0);
  const auto description = machine.descriptors(task).find(number);
  const auto* open = dynamic_cast<const PageMapDescription*>(description.get());
  if (open == nullptr) return nullptr;
  const bool one = call.number == SYS_read || call.number == SYS_pread64;
  const auto buffers =
      one ? std::optional(Buffers(call.arguments[1], call.arguments[2]))
          : Buffers::from_array(machine, task, call.arguments[1], call.arguments[2]);
  if (!buffers) return done_at_once(fmt::format("read({})", number), -EFAULT);
  std::optional<std::int64_t> offset;  // nothing: the position
  if (call.number != SYS_read && call.number != SYS_readv) offset = long_at(call, 3);
  if (call.number == SYS_preadv2 && offset == -1) offset.reset();
  auto touches = use_touches(machine, task, number, description, Direction::kIn);
  append(touches, buffers->touches(machine, task, true));
  if (open->process() != task.process) {
    touches.push_back(reads(machine.task(machine.process(open->process()).leader).self));
  }
  std::string text = fmt::format("{}({}, {}) [{}]", offset ? "pread" : "read", number,
                                 buffers->size(), open->name(machine));
  return small(std::move(text), std::move(touches), [=](Machine& m, Task& t) {
    auto& map = static_cast<PageMapDescription&>(*description);
    const std::int64_t from = offset.value_or(map.position);
    const Effect effect =
        rule.reads ? read_entries(m, t, map, *buffers, from) : Effect::fails(EPERM);
    const bool failed = effect.value < 0;
    const auto begin = static_cast<std::uint64_t>(from);
    const std::uint64_t size = failed ? buffers->size() : static_cast<std::uint64_t>(effect.value);
    if (size > 0) note_try(m, failed, begin, begin + size);
    if (!failed && !offset) map.position += effect.value;
    return effect;
  });
}

/// As the kernel's mem_lseek().
std::unique_ptr<Operation> decode_seek(Machine& machine, Task& task, const Call& call) {
  const int number = int_at(call, 0);
  const std::int64_t offset = long_at(call, 1);
  const int whence = int_at(call, 2);
  const auto description = machine.descriptors(task).find(number);
  const auto* open = dynamic_cast<const PageMapDescription*>(description.get());
  if (open == nullptr) return nullptr;
  return small(fmt::format("lseek({}, {}, {}) [{}]", number, offset, whence, open->name(machine)),
               use_touches(machine, task, number, description, Direction::kIn),
               [=](Machine&, Task&) {
                 auto& map = static_cast<PageMapDescription&>(*description);
                 if (whence != SEEK_SET && whence != SEEK_CUR) return Effect::fails(EINVAL);
                 const std::int64_t base = whence == SEEK_CUR ? map.position : 0;
                 std::int64_t result = 0;
                 if (__builtin_add_overflow(base, offset, &result)) return Effect::fails(EOVERFLOW);
                 map.position = result;
                 return Effect::returns(result);
               });
}

std::unique_ptr<Operation> decode(Machine& machine, Task& task, const Call& call) {
  const auto* rule = machine.find_state<PageMapRule>();
  if (rule == nullptr) return nullptr;
  switch (call.number) {
    case SYS_open:
    case SYS_openat:
    case SYS_openat2:
      return decode_open(machine, task, call, *rule);
    case SYS_read:
    case SYS_readv:
    case SYS_pread64:
    case SYS_preadv:
    case SYS_preadv2:
      return decode_read(machine, task, call, *rule);
    case SYS_lseek:
      return decode_seek(machine, task, call);
    default:
      return decode_look(machine, task, call, *rule);
  }
}

constexpr long kCalls[] = {SYS_open,  SYS_openat,  SYS_openat2,    SYS_read,
                           SYS_readv, SYS_pread64, SYS_preadv,     SYS_preadv2,
                           SYS_lseek, SYS_access,  SYS_faccessat,  SYS_faccessat2,
                           SYS_stat,  SYS_lstat,   SYS_newfstatat, SYS_statx};

}  // namespace

void set_page_map(Machine& machine, PageMapRule rule) { machine.state<PageMapRule>() = rule; }

const Mechanism kPageMapMechanism{"page map", kCalls, decode};

}  // namespace ipcgrade
