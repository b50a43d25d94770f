// poll(2), ppoll(2), select(2), pselect(2): waits until one of several descriptors is ready.
// epoll(7) is in epoll.cc.
#include <fmt/format.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>

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
#include "ipc/poll_wait.h"
#include "ipc/signal.h"
#include "ipc/words.h"

namespace ipcgrade {

short readiness(const Machine& machine, const Task& task, int number) {
  const auto description = machine.descriptors(task).find(number);
  if (description == nullptr) return POLLNVAL;
  return description->ready_for(machine, task);
}

PollWait::PollWait(Machine& machine, Task& task, std::vector<int> numbers, PollTimes times)
    : numbers_(std::move(numbers)), times_(times) {
  for (const int number : numbers_) {
    append(touches_, table_touches(machine, task, TableUse::kUses, number));
    if (const auto description = machine.descriptors(task).find(number)) {
      append(touches_, description->looks_for(machine, task));
    }
  }
}

void PollWait::begin_wait(Machine&, Task& task) {
  if (!times_.mask) return;
  task.mask_after = task.mask;
  task.mask = *times_.mask & ~kUnblockable;
}

void PollWait::end_wait(Machine&, Task& task) {
  // With a handler, its frame has the old mask: enter_handler().
  if (task.mask_after) task.mask = *std::exchange(task.mask_after, std::nullopt);
}

std::int64_t PollWait::interrupted(Machine&, Task& task) {
  if (numbers_.empty()) task.signal_came_early = false;
  return -EINTR;
}

bool PollWait::may_wait_unseen(const Machine& machine, const Task& task) const {
  return std::ranges::any_of(numbers_, [&](int number) {
    const auto description = machine.descriptors(task).find(number);
    return description != nullptr && description->may_wait_unseen();
  });
}

std::string PollWait::waits_for(const Machine& machine, const Task& task) const {
  std::string words;
  for (const int number : numbers_) {
    const auto description = machine.descriptors(task).find(number);
    if (description == nullptr) continue;
    words += words.empty() ? fmt::format("waits in {} for ", name()) : std::string(", or for ");
    words += description->name(machine);
    const auto direction = waits_to_write(number) ? Direction::kOut : Direction::kIn;
    const std::string why = description->why_waiting(machine, task, direction);
    if (!why.empty()) words += " (" + why + ")";
  }
  return words.empty() ? fmt::format("waits in {} for a signal", name()) : words;
}

bool PollWait::missed(const Machine& machine, const Task& task) const {
  return numbers_.empty() && !times_.deadline && has_missed_signal(machine, task);
}

std::vector<TaskId> PollWait::suppliers(const Machine& machine, const Task& task) const {
  std::vector<TaskId> all;
  for (const int number : numbers_) {
    const auto description = machine.descriptors(task).find(number);
    if (description == nullptr) continue;
    const auto direction = waits_to_write(number) ? Direction::kOut : Direction::kIn;
    const auto some = description->suppliers(machine, task, direction);
    all.insert(all.end(), some.begin(), some.end());
  }
  std::ranges::sort(all);
  const auto doubles = std::ranges::unique(all);
  all.erase(doubles.begin(), doubles.end());
  return all;
}

std::optional<VirtualTime> after_milliseconds(const Machine& machine, int timeout) {
  if (timeout < 0) return std::nullopt;
  return machine.now() + std::chrono::milliseconds(timeout);
}

namespace {

[[nodiscard]] std::string timeout_words(const PollTimes& times, const Machine& machine) {
  if (!times.deadline) return "no time-out";
  const auto left = std::max(*times.deadline - machine.now(), VirtualTime{0});
  return fmt::format("{} ms", std::chrono::duration_cast<std::chrono::milliseconds>(left).count());
}

class Poll : public PollWait {
 public:
  Poll(Machine& machine, Task& task, const Call& call, std::vector<pollfd> asked, PollTimes times)
      : PollWait(machine, task, numbers_of(asked), times),
        call_(call),
        asked_(std::move(asked)),
        timeout_(timeout_words(times, machine)) {
    append(touches_,
           machine.buffer_touches(task, call.arguments[0], asked_.size() * sizeof(pollfd), true));
  }

  [[nodiscard]] bool enabled(const Machine& machine, const Task& task) const override {
    return gives_up_at_once() || std::ranges::any_of(asked_, [&](const pollfd& one) {
             return found(machine, task, one) != 0;
           });
  }

  Effect perform(Machine& machine, Task& task) override {
    end_wait(machine, task);
    return Effect::returns(answer(machine, task));
  }
  std::int64_t timed_out(Machine& machine, Task& task) override { return answer(machine, task); }

  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    std::string words;
    for (const pollfd& one : asked_) {
      if (!words.empty()) words += ", ";
      words += std::to_string(one.fd);
      if ((one.events & POLLIN) != 0) words += " in";
      if ((one.events & POLLOUT) != 0) words += " out";
    }
    return fmt::format("{}({}, {})", name(), words.empty() ? "nothing" : words, timeout_);
  }

 private:
  [[nodiscard]] std::string_view name() const override {
    return mask_while_waiting() ? "ppoll" : "poll";
  }
  [[nodiscard]] static std::vector<int> numbers_of(const std::vector<pollfd>& asked) {
    std::vector<int> numbers;
    for (const pollfd& one : asked) {
      if (one.fd >= 0) numbers.push_back(one.fd);
    }
    return numbers;
  }
  [[nodiscard]] bool waits_to_write(int number) const override {
    const auto at = std::ranges::find(asked_, number, &pollfd::fd);
    return at != asked_.end() && (at->events & (POLLIN | POLLOUT)) == POLLOUT;
  }
  [[nodiscard]] static short found(const Machine& machine, const Task& task, const pollfd& one) {
    if (one.fd < 0) return 0;
    const int always = POLLERR | POLLHUP | POLLNVAL;
    return static_cast<short>(readiness(machine, task, one.fd) & (one.events | always));
  }

  std::int64_t answer(Machine& machine, Task& task) {
    std::int64_t count = 0;
    for (std::size_t i = 0; i < asked_.size(); ++i) {
      const short events = found(machine, task, asked_[i]);
      const std::uint64_t at = call_.arguments[0] + i * sizeof(pollfd) + offsetof(pollfd, revents);
      if (!machine.write_value(task, at, events)) return -EFAULT;
      if (events == 0) continue;
      ++count;
      if (const auto description = machine.descriptors(task).find(asked_[i].fd)) {
        description->seen(machine, events);
      }
    }
    return count;
  }

  Call call_;
  std::vector<pollfd> asked_;
  std::string timeout_;
};

/// select's three sets, by descriptor.
class Select : public PollWait {
 public:
  static constexpr int kSets = 3;  // to read, to write, exceptions
  struct Asked {
    int number = 0;
    std::array<bool, kSets> sets{};
  };

  Select(Machine& machine, Task& task, const Call& call, std::vector<Asked> asked, int count,
         PollTimes times)
      : PollWait(machine, task, numbers_of(asked), times),
        call_(call),
        asked_(std::move(asked)),
        size_((static_cast<std::uint64_t>(count) + 63) / 64 * 8),
        timeout_(timeout_words(times, machine)) {
    for (std::size_t set = 1; set <= kSets; ++set) {
      append(touches_, machine.buffer_touches(task, call.arguments[set], size_, true));
    }
  }

  [[nodiscard]] bool enabled(const Machine& machine, const Task& task) const override {
    return gives_up_at_once() || std::ranges::any_of(asked_, [&](const Asked& one) {
             return std::ranges::any_of(found(machine, task, one), std::identity{});
           });
  }

  Effect perform(Machine& machine, Task& task) override {
    end_wait(machine, task);
    for (const Asked& one : asked_) {
      if (readiness(machine, task, one.number) == POLLNVAL) return Effect::fails(EBADF);
    }
    return Effect::returns(answer(machine, task));
  }
  std::int64_t timed_out(Machine& machine, Task& task) override { return answer(machine, task); }

  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    std::string words;
    for (const Asked& one : asked_) {
      if (!words.empty()) words += ", ";
      words += std::to_string(one.number);
      if (one.sets[0]) words += " in";
      if (one.sets[1]) words += " out";
    }
    return fmt::format("{}({}, {})", name(), words.empty() ? "nothing" : words, timeout_);
  }

 private:
  [[nodiscard]] std::string_view name() const override {
    return mask_while_waiting() ? "pselect" : "select";
  }
  [[nodiscard]] static std::vector<int> numbers_of(const std::vector<Asked>& asked) {
    std::vector<int> numbers;
    for (const Asked& one : asked) numbers.push_back(one.number);
    return numbers;
  }
  [[nodiscard]] bool waits_to_write(int number) const override {
    const auto at = std::ranges::find(asked_, number, &Asked::number);
    return at != asked_.end() && at->sets[1] && !at->sets[0];
  }
  // What counts for each set: select(2), "Correspondence between select() and poll()".
  [[nodiscard]] static std::array<bool, kSets> found(const Machine& machine, const Task& task,
                                                     const Asked& one) {
    const int events = readiness(machine, task, one.number);
    if (events == POLLNVAL) return one.sets;
    return {one.sets[0] && (events & (POLLIN | POLLRDNORM | POLLHUP | POLLERR)) != 0,
            one.sets[1] && (events & (POLLOUT | POLLWRNORM | POLLERR)) != 0,
            one.sets[2] && (events & POLLPRI) != 0};
  }

  std::int64_t answer(Machine& machine, Task& task) {
    std::array<std::vector<std::uint64_t>, kSets> sets;
    sets.fill(std::vector<std::uint64_t>(size_ / 8));
    std::int64_t count = 0;
    for (const Asked& one : asked_) {
      const auto ready = found(machine, task, one);
      for (std::size_t set = 0; set < kSets; ++set) {
        if (!ready[set]) continue;
        ++count;
        sets[set][static_cast<std::size_t>(one.number) / 64] |=
            std::uint64_t{1} << (static_cast<unsigned>(one.number) % 64);
      }
      if (const auto description = machine.descriptors(task).find(one.number)) {
        const int events = (ready[0] ? POLLIN | POLLHUP : 0) | (ready[1] ? POLLOUT | POLLERR : 0);
        description->seen(machine,
                          static_cast<short>(events & description->ready_for(machine, task)));
      }
    }
    for (std::size_t set = 0; set < kSets; ++set) {
      const std::uint64_t address = call_.arguments[set + 1];
      if (address == 0) continue;
      if (!machine.write(task, address, std::as_bytes(std::span(sets[set])))) return -EFAULT;
    }
    write_time_left(machine, task);
    return count;
  }

  /// select(2): "on Linux, select() modifies timeout to reflect the amount of time not slept".
  void write_time_left(Machine& machine, Task& task) {
    const std::uint64_t address = call_.arguments[4];
    if (address == 0 || !deadline_of()) return;
    const auto left = std::max(*deadline_of() - machine.now(), VirtualTime{0});
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
    const std::int64_t rest = (left - seconds).count();
    if (call_.number == SYS_select) {
      machine.write_value(task, address, timeval{seconds.count(), rest / 1000});
    } else {
      machine.write_value(task, address, timespec{seconds.count(), rest});
    }
  }

  Call call_;
  std::vector<Asked> asked_;
  std::uint64_t size_;
  std::string timeout_;
};

std::optional<VirtualTime> after_timespec(Machine& machine, const Task& task,
                                          std::uint64_t address) {
  if (address == 0) return std::nullopt;
  const auto time = machine.peek_value<timespec>(task, address);
  if (!time) return std::nullopt;
  return machine.now() + duration_of(*time);
}

/// How many descriptors a program can have (RLIMIT_NOFILE): the grader's own is the next.
int most_descriptors(Machine& machine) {
  constexpr int kUsual = 1024;
  const int next = machine.memory().arena_descriptor();
  return next < 0 ? kUsual : next;
}

std::unique_ptr<Operation> decode_poll(Machine& machine, Task& task, const Call& call) {
  const auto& a = call.arguments;
  // More are EINVAL: poll(2).
  if (a[1] > static_cast<std::uint64_t>(most_descriptors(machine))) return nullptr;
  std::vector<pollfd> asked(a[1]);
  // Wrong arguments: the kernel says what is wrong, and does not wait.
  if (!machine.peek(task, a[0], std::as_writable_bytes(std::span(asked)))) return nullptr;
  PollTimes times;
  if (call.number == SYS_poll) {
    times.deadline = after_milliseconds(machine, int_at(call, 2));
    times.at_once = int_at(call, 2) == 0;
  } else {
    times.deadline = after_timespec(machine, task, a[2]);
    times.at_once = times.deadline == machine.now();
    if (a[3] != 0) times.mask = machine.peek_value<SignalSet>(task, a[3]);
  }
  return std::make_unique<Poll>(machine, task, call, std::move(asked), times);
}

std::unique_ptr<Operation> decode_select(Machine& machine, Task& task, const Call& call) {
  const auto& a = call.arguments;
  if (int_at(call, 0) < 0) return nullptr;
  // The kernel looks at no more: core_sys_select() in fs/select.c.
  const int count = std::min(int_at(call, 0), most_descriptors(machine));
  std::vector<Select::Asked> asked;
  for (std::size_t set = 0; set < Select::kSets; ++set) {
    if (a[set + 1] == 0) continue;
    std::vector<std::uint64_t> bits((static_cast<std::size_t>(count) + 63) / 64);
    if (!machine.peek(task, a[set + 1], std::as_writable_bytes(std::span(bits)))) return nullptr;
    for (int number = 0; number < count; ++number) {
      if ((bits[static_cast<std::size_t>(number) / 64] >> (number % 64) & 1) == 0) continue;
      auto at = std::ranges::find(asked, number, &Select::Asked::number);
      if (at == asked.end()) at = asked.insert(at, {number, {}});
      at->sets[set] = true;
    }
  }
  std::ranges::sort(asked, {}, &Select::Asked::number);
  PollTimes times;
  if (call.number == SYS_select && a[4] != 0) {
    const auto time = machine.peek_value<timeval>(task, a[4]);
    if (!time) return nullptr;
    times.deadline = machine.now() + duration_of(*time);
  } else if (call.number == SYS_pselect6) {
    times.deadline = after_timespec(machine, task, a[4]);
    // The sixth argument points to the mask's address and size: select(2).
    if (a[5] != 0) {
      const auto mask = machine.peek_value<std::uint64_t>(task, a[5]);
      if (mask && *mask != 0) times.mask = machine.peek_value<SignalSet>(task, *mask);
    }
  }
  times.at_once = times.deadline == machine.now();
  return std::make_unique<Select>(machine, task, call, std::move(asked), count, times);
}

std::unique_ptr<Operation> decode(Machine& machine, Task& task, const Call& call) {
  const bool poll = call.number == SYS_poll || call.number == SYS_ppoll;
  return poll ? decode_poll(machine, task, call) : decode_select(machine, task, call);
}

constexpr std::array kCalls{long{SYS_poll}, long{SYS_ppoll}, long{SYS_select}, long{SYS_pselect6}};

}  // namespace

const Mechanism kPollMechanism{"poll", kCalls, decode};

}  // namespace ipcgrade
