// The table of numbers: close, dup, fcntl and what else acts on a descriptor whatever it names.
#include "ipc/descriptor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>

#include "ipc/calls.h"
#include "ipc/machine.h"
#include "ipc/mechanisms.h"
#include "ipc/passed_operation.h"
#include "ipc/pipe.h"
#include "ipc/standard_streams.h"
#include "ipc/words.h"

namespace ipcgrade {

namespace {

constexpr std::uint16_t kUses = 1;
constexpr std::uint16_t kFrees = 2;
constexpr std::uint16_t kAllocates = 4;

/// Of a run: the objects that stand for tables that several tasks have.
struct SharedTables {
  std::map<const DescriptorTable*, ObjectId> objects;
};

}  // namespace

bool alone_with_table(const Machine& machine, const Task& task) {
  const Process& process = machine.process_of(task);
  return process.descriptors.use_count() == 1 &&
         std::ranges::count_if(process.tasks, [&](TaskId id) {
           return machine.task(id).state != TaskState::kEnded;
         }) <= 1;
}

bool alone_with(const Machine& machine, const Task& task,
                const std::shared_ptr<Description>& description) {
  if (!alone_with_table(machine, task)) return false;
  const auto own = std::ranges::count_if(machine.descriptors(task).slots(), [&](const auto& slot) {
    return slot.second.description == description;
  });
  // Beside the table's, one reference is the caller's.
  return description.use_count() <= own + 1;
}

std::vector<Touch> table_touches(Machine& machine, const Task& task, TableUse use, int number) {
  if (alone_with_table(machine, task)) return {};
  auto& objects = machine.state<SharedTables>().objects;
  const Process& process = machine.process_of(task);
  auto at = objects.find(process.descriptors.get());
  if (at == objects.end()) {
    const ObjectId made =
        machine.make<Object>(ObjectKind::kName, "the descriptors of " + process.name).id();
    at = objects.emplace(process.descriptors.get(), made).first;
  }
  const auto slot = static_cast<std::uint64_t>(number);
  switch (use) {
    case TableUse::kUses:
      return {{at->second, kUses, kFrees, slot, slot + 1}};
    case TableUse::kFrees:
      return {{at->second, kFrees, kUses | kFrees | kAllocates, slot, slot + 1}};
    case TableUse::kAllocates:
      return {{at->second, kAllocates, kFrees | kAllocates}};
  }
  return {};
}

void append(std::vector<Touch>& to, const std::vector<Touch>& touches) {
  to.insert(to.end(), touches.begin(), touches.end());
}

std::vector<Touch> use_touches(Machine& machine, const Task& task, int number,
                               const std::shared_ptr<Description>& description,
                               Direction direction) {
  auto touches = table_touches(machine, task, TableUse::kUses, number);
  if (!description->private_when_alone() || !alone_with(machine, task, description)) {
    append(touches, description->touches_for(machine, task, direction));
  }
  return touches;
}

namespace {

using Arguments = std::array<std::uint64_t, 6>;

[[nodiscard]] int int_of(std::uint64_t argument) { return static_cast<int>(argument); }

std::unique_ptr<Operation> decode_close(Machine& machine, Task& task, const Call& call) {
  const int number = int_of(call.arguments[0]);
  const auto description = machine.descriptors(task).find(number);
  if (description == nullptr) return nullptr;
  auto touches = table_touches(machine, task, TableUse::kFrees, number);
  append(touches, description->closing());
  Passed passed{call, fmt::format("close({}) [{}]", number, description->name(machine)),
                std::move(touches)};
  passed.then = [number](Machine& m, Task& t, std::int64_t result) {
    m.descriptors(t).close(m, t.id, number);
    return result;
  };
  return make_passed(std::move(passed));
}

std::unique_ptr<Operation> decode_close_range(Machine& machine, Task& task, const Call& call) {
  const auto first = static_cast<unsigned>(call.arguments[0]);
  const auto last = static_cast<unsigned>(call.arguments[1]);
  const auto flags = static_cast<unsigned>(call.arguments[2]);
  std::string text = fmt::format("close_range({}, {}, {})", first, last, flags);
  const bool close = (flags & CLOSE_RANGE_CLOEXEC) == 0;
  if ((flags & CLOSE_RANGE_UNSHARE) != 0 && !alone_with_table(machine, task)) {
    return unmodelled(std::move(text));
  }
  std::vector<Touch> touches;
  for (const auto& [number, slot] : machine.descriptors(task).slots()) {
    if (static_cast<unsigned>(number) < first || static_cast<unsigned>(number) > last) continue;
    append(touches, table_touches(machine, task, TableUse::kFrees, number));
    if (close) append(touches, slot.description->closing());
  }
  // The grader's own stays open: behind it none can be.
  Call real = call;
  const int own = machine.memory().arena_descriptor();
  if (own >= 0 && first <= static_cast<unsigned>(own) && last >= static_cast<unsigned>(own)) {
    if (first == static_cast<unsigned>(own)) return done_at_once(std::move(text), 0);
    real.arguments[1] = static_cast<std::uint64_t>(own) - 1;
  }
  Passed passed{real, std::move(text), std::move(touches)};
  passed.then = [=](Machine& m, Task& t, std::int64_t result) {
    if (result < 0) return result;
    if (close) {
      m.descriptors(t).close_range(m, t.id, first, last);
      return result;
    }
    for (const auto& [number, slot] : m.descriptors(t).slots()) {
      if (static_cast<unsigned>(number) >= first && static_cast<unsigned>(number) <= last) {
        m.descriptors(t).set_close_on_exec(number, true);
      }
    }
    return result;
  };
  return make_passed(std::move(passed));
}

/// dup and F_DUPFD: `close_on_exec` for the new one.
std::unique_ptr<Operation> make_duplicate(Machine& machine, Task& task, const Call& call,
                                          std::string text, bool close_on_exec) {
  const int from = int_of(call.arguments[0]);
  const auto description = machine.descriptors(task).find(from);
  if (description == nullptr) return nullptr;
  auto touches = table_touches(machine, task, TableUse::kAllocates);
  append(touches, table_touches(machine, task, TableUse::kUses, from));
  Passed passed{call, fmt::format("{} [{}]", text, description->name(machine)), std::move(touches)};
  passed.then = [from, close_on_exec](Machine& m, Task& t, std::int64_t result) {
    if (result >= 0) {
      DescriptorTable& table = m.descriptors(t);
      if (auto found = table.find(from)) {
        table.put(static_cast<int>(result), std::move(found), close_on_exec);
      }
    }
    return result;
  };
  return make_passed(std::move(passed));
}

std::unique_ptr<Operation> decode_dup2(Machine& machine, Task& task, const Call& call) {
  const int from = int_of(call.arguments[0]);
  const int to = int_of(call.arguments[1]);
  const int flags = call.number == SYS_dup3 ? int_of(call.arguments[2]) : 0;
  const auto description = machine.descriptors(task).find(from);
  if (description == nullptr || from == to) return nullptr;
  auto touches = table_touches(machine, task, TableUse::kFrees, to);
  append(touches, table_touches(machine, task, TableUse::kUses, from));
  const auto replaced = machine.descriptors(task).find(to);
  if (replaced != nullptr) append(touches, replaced->closing());
  Passed passed{call,
                fmt::format("{}({}, {}) [{}]", call.number == SYS_dup3 ? "dup3" : "dup2", from, to,
                            description->name(machine)),
                std::move(touches)};
  passed.then = [=](Machine& m, Task& t, std::int64_t result) {
    DescriptorTable& table = m.descriptors(t);
    auto found = table.find(from);
    if (result < 0 || found == nullptr) return result;
    table.close(m, t.id, to);
    table.put(to, std::move(found), (flags & O_CLOEXEC) != 0);
    return result;
  };
  return make_passed(std::move(passed));
}

/// A call that sets the description's flags: those in `mask` become `flags`.
std::unique_ptr<Operation> make_set_flags(Machine& machine, Task& task, const Call& call,
                                          std::string text, int mask, int flags) {
  const int number = int_of(call.arguments[0]);
  const auto description = machine.descriptors(task).find(number);
  if ((flags & mask & O_ASYNC) != 0) return unmodelled(std::move(text));
  auto touches = table_touches(machine, task, TableUse::kUses, number);
  if (!alone_with(machine, task, description)) {
    // Whether others that have it wait depends on them.
    append(touches, description->touches(Direction::kIn));
    append(touches, description->touches(Direction::kOut));
  }
  Passed passed{call, std::move(text), std::move(touches)};
  passed.then = [number, mask, flags](Machine& m, Task& t, std::int64_t result) {
    if (const auto found = m.descriptors(t).find(number); result >= 0 && found != nullptr) {
      found->set_flags((found->flags() & ~mask) | (flags & mask));
    }
    return result;
  };
  return make_passed(std::move(passed));
}

std::unique_ptr<Operation> make_set_close_on_exec(Machine& machine, Task& task, const Call& call,
                                                  std::string text, bool value) {
  const int number = int_of(call.arguments[0]);
  Passed passed{call, std::move(text), table_touches(machine, task, TableUse::kUses, number)};
  passed.then = [number, value](Machine& m, Task& t, std::int64_t result) {
    if (result >= 0) m.descriptors(t).set_close_on_exec(number, value);
    return result;
  };
  return make_passed(std::move(passed));
}

std::unique_ptr<Operation> decode_pipe_size(Machine& machine, Task& task, const Call& call,
                                            const std::shared_ptr<Description>& description) {
  const auto* end = dynamic_cast<const PipeEnd*>(description.get());
  if (end == nullptr) return nullptr;
  const int number = int_of(call.arguments[0]);
  const bool set = int_of(call.arguments[1]) == F_SETPIPE_SZ;
  const auto size = static_cast<std::size_t>(static_cast<unsigned>(call.arguments[2]));
  std::string text = set ? fmt::format("fcntl({}, F_SETPIPE_SZ, {})", number, size)
                         : fmt::format("fcntl({}, F_GETPIPE_SZ)", number);
  text += fmt::format(" [{}]", description->name(machine));
  auto touches = table_touches(machine, task, TableUse::kUses, number);
  append(touches, set ? std::vector{writes(end->pipe().id())} : description->looks());
  for (Touch& one : touches) {
    if (set && one.object == end->pipe().id()) one.disturbs = 0xffff;
  }
  Pipe& pipe = end->pipe();
  return small(std::move(text), std::move(touches), [&pipe, set, size](Machine&, Task&) {
    return Effect::returns(set ? pipe.set_capacity(size)
                               : static_cast<std::int64_t>(pipe.capacity()));
  });
}

std::unique_ptr<Operation> decode_fcntl(Machine& machine, Task& task, const Call& call) {
  constexpr int kSettable = O_APPEND | O_ASYNC | O_DIRECT | O_NOATIME | O_NONBLOCK;
  const int number = int_of(call.arguments[0]);
  const int command = int_of(call.arguments[1]);
  const int argument = int_of(call.arguments[2]);
  const auto description = machine.descriptors(task).find(number);
  if (description == nullptr) return nullptr;
  switch (command) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC: {
      const bool cloexec = command == F_DUPFD_CLOEXEC;
      return make_duplicate(machine, task, call,
                            fmt::format("fcntl({}, {}, {})", number,
                                        cloexec ? "F_DUPFD_CLOEXEC" : "F_DUPFD", argument),
                            cloexec);
    }
    case F_GETFL:
      if (description->passes()) return nullptr;
      return small(
          fmt::format("fcntl({}, F_GETFL)", number),
          table_touches(machine, task, TableUse::kUses, number), [number](Machine& m, Task& t) {
            const auto found = m.descriptors(t).find(number);
            return found == nullptr ? Effect::fails(EBADF) : Effect::returns(found->flags());
          });
    case F_SETFL:
      return make_set_flags(
          machine, task, call,
          fmt::format("fcntl({}, F_SETFL, {})", number, open_flag_words(argument)), kSettable,
          argument);
    case F_SETFD:
      return make_set_close_on_exec(machine, task, call,
                                    fmt::format("fcntl({}, F_SETFD, {})", number, argument),
                                    (argument & FD_CLOEXEC) != 0);
    case F_SETPIPE_SZ:
    case F_GETPIPE_SZ:
      return decode_pipe_size(machine, task, call, description);
    case F_SETOWN:
    case F_SETOWN_EX:
    case F_SETSIG:
    case F_SETLEASE:
    case F_NOTIFY:
      return unmodelled(fmt::format("fcntl({}, {}, {})", number,
                                    command == F_SETOWN      ? "F_SETOWN"
                                    : command == F_SETOWN_EX ? "F_SETOWN_EX"
                                    : command == F_SETSIG    ? "F_SETSIG"
                                    : command == F_SETLEASE  ? "F_SETLEASE"
                                                             : "F_NOTIFY",
                                    argument));
    default:
      return nullptr;
  }
}

std::unique_ptr<Operation> decode_ioctl(Machine& machine, Task& task, const Call& call) {
  const int number = int_of(call.arguments[0]);
  const std::uint64_t address = call.arguments[2];
  const auto description = machine.descriptors(task).find(number);
  if (description == nullptr) return nullptr;
  const auto request = static_cast<std::uint32_t>(call.arguments[1]);  // so does the kernel
  switch (request) {
    case FIONREAD: {
      if (description->passes() || description->available(machine) < 0) return nullptr;
      auto touches = table_touches(machine, task, TableUse::kUses, number);
      append(touches, description->looks_for(machine, task));
      append(touches, machine.buffer_touches(task, address, sizeof(int), true));
      return small(fmt::format("ioctl({}, FIONREAD) [{}]", number, description->name(machine)),
                   std::move(touches), [number, address](Machine& m, Task& t) {
                     const auto found = m.descriptors(t).find(number);
                     if (found == nullptr) return Effect::fails(EBADF);
                     const auto size = static_cast<int>(found->available(m));
                     if (size > 0) found->seen(m, POLLIN);
                     return Effect::returns(m.write_value(t, address, size) ? 0 : -EFAULT);
                   });
    }
    case FIONBIO: {
      const int value = machine.peek_value<int>(task, address).value_or(0);
      return make_set_flags(machine, task, call,
                            fmt::format("ioctl({}, FIONBIO, {})", number, value), O_NONBLOCK,
                            value != 0 ? O_NONBLOCK : 0);
    }
    case FIOASYNC:
      return unmodelled(fmt::format("ioctl({}, FIOASYNC)", number));
    case FIOCLEX:
    case FIONCLEX: {
      const bool set = request == FIOCLEX;
      return make_set_close_on_exec(
          machine, task, call, fmt::format("ioctl({}, {})", number, set ? "FIOCLEX" : "FIONCLEX"),
          set);
    }
    default:
      return nullptr;
  }
}

std::unique_ptr<Operation> decode_lseek(Machine& machine, Task& task, const Call& call) {
  const int number = int_of(call.arguments[0]);
  // Other placeholders answer as what they stand for; those of the standard streams do not.
  if (dynamic_cast<StandardStream*>(machine.descriptors(task).find(number).get()) == nullptr) {
    return nullptr;
  }
  return done_at_once(fmt::format("lseek({})", number), -ESPIPE);
}

/// Calls that move bytes from descriptor to descriptor: nothing between files that the kernel
/// keeps, else not modelled.
std::unique_ptr<Operation> decode_move(Machine& machine, Task& task, const Call& call) {
  const auto modelled = [&](std::size_t argument) {
    const auto found = machine.descriptors(task).find(int_of(call.arguments[argument]));
    return found != nullptr && !found->passes();
  };
  const int first = int_of(call.arguments[0]);
  const int second = int_of(call.arguments[1]);
  switch (call.number) {
    case SYS_copy_file_range:
      if (!modelled(0) && !modelled(2)) return nullptr;
      return unmodelled(fmt::format("copy_file_range({}, {})", first, int_of(call.arguments[2])));
    case SYS_tee:
      return unmodelled(fmt::format("tee({}, {})", first, second));
    default:
      return unmodelled(fmt::format("vmsplice({})", first));
  }
}

/// Calls that make descriptors of sorts that are not modelled: a read of one could wait.
std::unique_ptr<Operation> decode_stranger(const Call& call) {
  switch (call.number) {
    case SYS_fanotify_init:
      return unmodelled("fanotify_init()");
    case SYS_userfaultfd:
      return unmodelled("userfaultfd()");
    case SYS_io_uring_setup:
      return unmodelled("io_uring_setup()");
    default:
      return unmodelled("io_setup()");
  }
}

std::unique_ptr<Operation> decode(Machine& machine, Task& task, const Call& call) {
  const int number = int_of(call.arguments[0]);
  switch (call.number) {
    case SYS_close:
      return decode_close(machine, task, call);
    case SYS_close_range:
      return decode_close_range(machine, task, call);
    case SYS_dup:
      return make_duplicate(machine, task, call, fmt::format("dup({})", number), false);
    case SYS_dup2:
    case SYS_dup3:
      return decode_dup2(machine, task, call);
    case SYS_fcntl:
      return decode_fcntl(machine, task, call);
    case SYS_ioctl:
      return decode_ioctl(machine, task, call);
    case SYS_lseek:
      return decode_lseek(machine, task, call);
    case SYS_tee:
    case SYS_vmsplice:
    case SYS_copy_file_range:
      return decode_move(machine, task, call);
    default:
      return decode_stranger(call);
  }
}

constexpr std::array kCalls{
    long{SYS_close},
    long{SYS_close_range},
    long{SYS_dup},
    long{SYS_dup2},
    long{SYS_dup3},
    long{SYS_fcntl},
    long{SYS_ioctl},
    long{SYS_lseek},
    long{SYS_tee},
    long{SYS_vmsplice},
    long{SYS_copy_file_range},
    long{SYS_fanotify_init},
    long{SYS_userfaultfd},
    long{SYS_io_uring_setup},
    long{SYS_io_setup},
};

}  // namespace

const Mechanism kDescriptorMechanism{"descriptor", kCalls, decode};

}  // namespace ipcgrade
