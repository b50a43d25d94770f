// epoll(7): a list of descriptors that one waits on. What is ready is told by level, by edge
// (EPOLLET: once for each time that it becomes ready anew) or once only (EPOLLONESHOT).
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/syscall.h>

#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "ipc/arguments.h"
#include "ipc/calls.h"
#include "ipc/clock.h"
#include "ipc/descriptor.h"
#include "ipc/machine.h"
#include "ipc/mechanisms.h"
#include "ipc/passed_operation.h"
#include "ipc/poll_wait.h"
#include "ipc/words.h"

namespace ipcgrade {

namespace {

// What operations do to a list.
constexpr std::uint16_t kWaitsOn = 1;  // takes events from it
constexpr std::uint16_t kChanges = 2;  // its entries
constexpr std::uint16_t kPolls = 4;    // looks whether it has any

class EpollDescription : public Description {
 public:
  struct Entry {
    int number = 0;
    /// The list holds no reference: a description that is closed everywhere leaves it.
    std::weak_ptr<Description> description;
    epoll_event event{};
    bool disarmed = false;  ///< EPOLLONESHOT has told it
    /// EPOLLET: how often it had become readable and writable when it was told last.
    std::optional<std::uint64_t> told_in, told_out;
    HandOver added;
  };

  explicit EpollDescription(ObjectId object) : Description(O_RDWR), object_(object) {}

  [[nodiscard]] ObjectId object() const { return object_; }
  [[nodiscard]] std::vector<Entry>& entries() { return entries_; }
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

  [[nodiscard]] Entry* find(int number, const Description* description) {
    const auto at = std::ranges::find_if(entries_, [&](const Entry& one) {
      return one.number == number && one.description.lock().get() == description;
    });
    return at == entries_.end() ? nullptr : &*at;
  }

  /// The events that an entry has to tell of now.
  [[nodiscard]] static std::uint32_t events_of(const Machine& machine, const Task& task,
                                               const Entry& entry) {
    const auto description = entry.description.lock();
    if (description == nullptr || entry.disarmed) return 0;
    const auto ready = static_cast<std::uint32_t>(description->ready_for(machine, task)) & 0xffffU;
    const std::uint32_t asked = entry.event.events | EPOLLERR | EPOLLHUP;
    const std::uint32_t events = ready & asked;
    if ((entry.event.events & EPOLLET) == 0 || events == 0) return events;
    const bool woken_in = description->wakes(Direction::kIn) != entry.told_in;
    const bool woken_out =
        (asked & EPOLLOUT) != 0 && description->wakes(Direction::kOut) != entry.told_out;
    const bool counts = description->wakes(Direction::kIn).has_value();
    return !counts || woken_in || woken_out ? events : 0;
  }

  /// Whether an entry is ready, and by its edge has nothing to tell of.
  [[nodiscard]] bool has_told_all(const Machine& machine, const Task& task) const {
    return std::ranges::any_of(entries_, [&](const Entry& one) {
      Entry by_level = one;
      by_level.event.events &= ~static_cast<std::uint32_t>(EPOLLET);
      constexpr std::uint32_t kToWrite = EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND;
      const std::uint32_t to_read = events_of(machine, task, by_level) & ~kToWrite;
      return to_read != 0 && events_of(machine, task, one) == 0;
    });
  }

  /// Where it is itself in another list: by level, for whoever asks.
  [[nodiscard]] short ready(const Machine& machine) const override {
    const bool any = std::ranges::any_of(entries_, [&](const Entry& one) {
      const auto description = one.description.lock();
      if (description == nullptr || one.disarmed) return false;
      const auto ready = static_cast<std::uint32_t>(description->ready(machine)) & 0xffffU;
      return (ready & (one.event.events | EPOLLERR | EPOLLHUP)) != 0;
    });
    return any ? POLLIN | POLLRDNORM : 0;
  }
  [[nodiscard]] short ready_for(const Machine& machine, const Task& task) const override {
    const bool any = std::ranges::any_of(
        entries_, [&](const Entry& one) { return events_of(machine, task, one) != 0; });
    return any ? POLLIN | POLLRDNORM : 0;
  }
  [[nodiscard]] std::vector<Touch> touches(Direction) const override { return looks(); }
  [[nodiscard]] std::vector<Touch> looks() const override {
    std::vector<Touch> all{{object_, kPolls, kWaitsOn | kChanges}};
    for (const Entry& one : entries_) {
      if (const auto description = one.description.lock()) append(all, description->looks());
    }
    return all;
  }
  [[nodiscard]] std::string name(const Machine&) const override { return "the epoll list"; }
  [[nodiscard]] std::vector<Failure> failures(Direction) const override { return {}; }

 private:
  ObjectId object_;
  std::vector<Entry> entries_;
};

class EpollWait : public PollWait {
 public:
  EpollWait(Machine& machine, Task& task, const Call& call,
            const std::shared_ptr<EpollDescription>& list, PollTimes times)
      : PollWait(machine, task, numbers_of(*list), times), call_(call), list_(list) {
    const int number = int_at(call, 0);
    append(touches_, table_touches(machine, task, TableUse::kUses, number));
    touches_.push_back({list->object(), kWaitsOn, kWaitsOn | kChanges | kPolls});
    for (const auto& entry : list->entries()) {
      if (const auto description = entry.description.lock()) {
        append(touches_, description->looks_for(machine, task));
      }
    }
    append(touches_, machine.buffer_touches(task, call.arguments[1],
                                            call.arguments[2] * sizeof(epoll_event), true));
  }

  [[nodiscard]] bool enabled(const Machine& machine, const Task& task) const override {
    const auto list = list_.lock();
    return gives_up_at_once() || list == nullptr || list->ready_for(machine, task) != 0;
  }

  Effect perform(Machine& machine, Task& task) override {
    end_wait(machine, task);
    const auto list = list_.lock();
    if (list == nullptr) return Effect::fails(EBADF);
    return Effect::returns(take(machine, task, *list));
  }
  std::int64_t timed_out(Machine&, Task&) override { return 0; }

  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    return fmt::format("epoll_wait({})", int_at(call_, 0));
  }
  /// Of an edge that came, and was told, and of which not all was taken.
  [[nodiscard]] bool missed(const Machine& machine, const Task& task) const override {
    const auto list = list_.lock();
    return PollWait::missed(machine, task) ||
           (list != nullptr && !deadline_of() && list->has_told_all(machine, task));
  }
  [[nodiscard]] std::string waits_for(const Machine& machine, const Task& task) const override {
    std::string words = PollWait::waits_for(machine, task);
    const auto list = list_.lock();
    if (list != nullptr && list->has_told_all(machine, task)) {
      words += ", which was told once by its edge, and not read to its end";
    }
    return words;
  }

 private:
  [[nodiscard]] std::string_view name() const override { return "epoll_wait"; }
  [[nodiscard]] bool waits_to_write(int number) const override {
    const auto list = list_.lock();
    return list != nullptr && std::ranges::any_of(list->entries(), [&](const auto& one) {
             return one.number == number && (one.event.events & (EPOLLIN | EPOLLOUT)) == EPOLLOUT;
           });
  }
  [[nodiscard]] static std::vector<int> numbers_of(EpollDescription& list) {
    std::vector<int> numbers;
    for (const auto& entry : list.entries()) numbers.push_back(entry.number);
    return numbers;
  }

  std::int64_t take(Machine& machine, Task& task, EpollDescription& list) {
    const auto most = static_cast<std::size_t>(int_at(call_, 2));
    std::int64_t count = 0;
    std::vector<int> told;
    for (auto& entry : list.entries()) {
      if (static_cast<std::size_t>(count) == most) break;
      const std::uint32_t events = EpollDescription::events_of(machine, task, entry);
      if (events == 0) continue;
      epoll_event out = entry.event;
      out.events = events;
      const std::uint64_t at =
          call_.arguments[1] + static_cast<std::uint64_t>(count) * sizeof(epoll_event);
      if (!machine.write_value(task, at, out)) return count > 0 ? count : -EFAULT;
      ++count;
      told.push_back(entry.number);
      const auto description = entry.description.lock();
      description->seen(machine, static_cast<short>(events));
      machine.comes_after(entry.added);
      entry.told_in = description->wakes(Direction::kIn);
      entry.told_out = description->wakes(Direction::kOut);
      entry.disarmed = (entry.event.events & EPOLLONESHOT) != 0;
    }
    // Those that were told go to the end: nobody starves where few are taken at a time.
    std::ranges::stable_partition(list.entries(), [&](const auto& one) {
      return std::ranges::find(told, one.number) == told.end();
    });
    return count;
  }

  Call call_;
  std::weak_ptr<EpollDescription> list_;
};

std::shared_ptr<EpollDescription> list_at(Machine& machine, const Task& task, int number) {
  return std::dynamic_pointer_cast<EpollDescription>(machine.descriptors(task).find(number));
}

std::unique_ptr<Operation> decode_create(Machine& machine, Task& task, const Call& call) {
  const bool close_on_exec =
      call.number == SYS_epoll_create1 && (int_at(call, 0) & EPOLL_CLOEXEC) != 0;
  Passed passed{call,
                "epoll_create()",
                table_touches(machine, task, TableUse::kAllocates),
                {{EMFILE}, {ENFILE}}};
  passed.then = [close_on_exec](Machine& m, Task& t, std::int64_t result) {
    if (result < 0) return result;
    const ObjectId object = m.make<Object>(ObjectKind::kEventCounter, "the epoll list").id();
    m.descriptors(t).put(static_cast<int>(result), std::make_shared<EpollDescription>(object),
                         close_on_exec);
    return result;
  };
  return make_passed(std::move(passed));
}

/// How many lists are nested in it, itself counted; more than `most` where `list` is one of them,
/// or there are more. epoll_ctl(2), ELOOP.
int depth_of(const Description& description, const EpollDescription& list, int most) {
  const auto* nested = dynamic_cast<const EpollDescription*>(&description);
  if (nested == nullptr) return 0;
  if (nested == &list || most == 0) return most + 1;
  int deepest = 0;
  for (const auto& entry : nested->entries()) {
    const auto inner = entry.description.lock();
    if (inner) deepest = std::max(deepest, depth_of(*inner, list, most - 1));
  }
  return deepest + 1;
}

std::int64_t control(Machine& machine, Task& task, EpollDescription& list, int command, int number,
                     const epoll_event& event) {
  const auto description = machine.descriptors(task).find(number);
  if (description == nullptr) return -EBADF;
  // epoll_ctl(2): regular files and folders do not support it.
  if (description->passes()) return -EPERM;
  if (description.get() == &list) return -EINVAL;
  std::erase_if(list.entries(), [](const auto& one) { return one.description.expired(); });
  EpollDescription::Entry* entry = list.find(number, description.get());
  switch (command) {
    case EPOLL_CTL_ADD: {
      if (entry != nullptr) return -EEXIST;
      constexpr int kMostNested = 4;  // EP_MAX_NESTS of fs/eventpoll.c, as far as it looks below
      if (depth_of(*description, list, kMostNested) > kMostNested) return -ELOOP;
      EpollDescription::Entry added;
      added.number = number;
      added.description = description;
      added.event = event;
      machine.hand_over(added.added);
      list.entries().push_back(std::move(added));
      return 0;
    }
    case EPOLL_CTL_MOD:
      if (entry == nullptr) return -ENOENT;
      entry->event = event;
      entry->disarmed = false;
      // What is ready is told anew.
      entry->told_in.reset();
      entry->told_out.reset();
      machine.hand_over(entry->added);
      return 0;
    case EPOLL_CTL_DEL:
      if (entry == nullptr) return -ENOENT;
      std::erase_if(list.entries(), [&](const auto& one) { return &one == entry; });
      return 0;
    default:
      return -EINVAL;
  }
}

std::unique_ptr<Operation> decode_control(Machine& machine, Task& task, const Call& call) {
  const auto list = list_at(machine, task, int_at(call, 0));
  if (list == nullptr) return nullptr;
  const int command = int_at(call, 1);
  const int number = int_at(call, 2);
  const auto event = machine.peek_value<epoll_event>(task, call.arguments[3]);
  if (command != EPOLL_CTL_DEL && !event) return nullptr;
  auto touches = table_touches(machine, task, TableUse::kUses, number);
  touches.push_back({list->object(), kChanges, kWaitsOn | kChanges | kPolls});
  if (const auto description = machine.descriptors(task).find(number)) {
    append(touches, description->looks_for(machine, task));
  }
  constexpr std::array<const char*, 4> kNames{"?", "ADD", "DEL", "MOD"};
  const char* name = kNames[command >= 0 && command < 4 ? static_cast<std::size_t>(command) : 0];
  return small(fmt::format("epoll_ctl({}, EPOLL_CTL_{}, {})", int_at(call, 0), name, number),
               std::move(touches),
               [list = std::weak_ptr(list), command, number, event = event.value_or(epoll_event{})](
                   Machine& m, Task& t) {
                 const auto found = list.lock();
                 if (found == nullptr) return Effect::fails(EBADF);
                 return Effect::returns(control(m, t, *found, command, number, event));
               });
}

std::unique_ptr<Operation> decode_wait(Machine& machine, Task& task, const Call& call) {
  const auto list = list_at(machine, task, int_at(call, 0));
  // Wrong arguments, and what is no list: the kernel says so at once.
  if (list == nullptr || int_at(call, 2) <= 0) return nullptr;
  PollTimes times;
  if (call.number == SYS_epoll_pwait2) {
    if (call.arguments[3] != 0) {
      const auto time = machine.peek_value<timespec>(task, call.arguments[3]);
      if (!time) return nullptr;
      times.deadline = machine.now() + duration_of(*time);
    }
  } else {
    times.deadline = after_milliseconds(machine, int_at(call, 3));
  }
  times.at_once = times.deadline == machine.now();
  if (call.number != SYS_epoll_wait && call.arguments[4] != 0) {
    times.mask = machine.peek_value<SignalSet>(task, call.arguments[4]);
  }
  return std::make_unique<EpollWait>(machine, task, call, list, times);
}

std::unique_ptr<Operation> decode(Machine& machine, Task& task, const Call& call) {
  switch (call.number) {
    case SYS_epoll_create:
    case SYS_epoll_create1:
      return decode_create(machine, task, call);
    case SYS_epoll_ctl:
      return decode_control(machine, task, call);
    default:
      return decode_wait(machine, task, call);
  }
}

constexpr std::array kCalls{long{SYS_epoll_create}, long{SYS_epoll_create1},
                            long{SYS_epoll_ctl},    long{SYS_epoll_wait},
                            long{SYS_epoll_pwait},  long{SYS_epoll_pwait2}};

}  // namespace

const Mechanism kEpollMechanism{"epoll", kCalls, decode};

}  // namespace ipcgrade
