// eventfd(2): a counter. A read comes after the writes whose counts it takes.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <limits>
#include <memory>

#include "ipc/arguments.h"
#include "ipc/descriptor.h"
#include "ipc/machine.h"
#include "ipc/mechanisms.h"
#include "ipc/passed_operation.h"
#include "ipc/words.h"

namespace ipcgrade {

namespace {

constexpr std::uint16_t kTakes = 1;
constexpr std::uint16_t kAdds = 2;
constexpr std::uint16_t kLooks = 4;

class EventCounter : public Description {
 public:
  EventCounter(ObjectId object, std::string name, std::uint64_t count, int flags)
      : Description(O_RDWR | ((flags & EFD_NONBLOCK) != 0 ? O_NONBLOCK : 0)),
        object_(object),
        name_(std::move(name)),
        semaphore_((flags & EFD_SEMAPHORE) != 0) {
    add(kNoEvent, count);
  }

  [[nodiscard]] short ready(const Machine&) const override {
    return static_cast<short>((count_ > 0 ? POLLIN | POLLRDNORM : 0) |
                              (count_ < kMost ? POLLOUT | POLLWRNORM : 0));
  }
  [[nodiscard]] std::vector<Touch> touches(Direction direction) const override {
    if (direction == Direction::kIn) return {{object_, kTakes, kTakes | kAdds | kLooks}};
    // Two additions commute, unless it matters whose unit is taken first.
    return {
        {object_, kAdds, static_cast<std::uint16_t>(kTakes | kLooks | (semaphore_ ? kAdds : 0))}};
  }
  [[nodiscard]] std::vector<Touch> looks() const override {
    return {{object_, kLooks, kTakes | kAdds}};
  }
  [[nodiscard]] bool would_wait(const Machine&, const Task&, Direction direction,
                                std::size_t size) const override {
    if (size < sizeof count_) return false;
    return direction == Direction::kIn ? count_ == 0 : full_for_ > kMost - count_;
  }

  std::int64_t read(Machine& machine, Task&, std::span<std::byte> into) override {
    if (into.size() < sizeof count_) return -EINVAL;
    if (count_ == 0) return -EAGAIN;
    const std::uint64_t taken = semaphore_ ? 1 : count_;
    count_ -= taken;
    for (std::uint64_t left = taken; left > 0;) {
      auto& [by, units] = units_.front();
      machine.comes_after(by);
      const std::uint64_t some = std::min(left, units);
      left -= some;
      units -= some;
      if (units == 0) units_.pop_front();
    }
    machine.hand_over(taken_);
    full_for_ = 0;
    ++times_writable_;
    std::memcpy(into.data(), &taken, sizeof taken);
    return sizeof taken;
  }

  std::int64_t write(Machine& machine, Task&, std::span<const std::byte> bytes) override {
    std::uint64_t added = 0;
    if (bytes.size() < sizeof added) return -EINVAL;
    std::memcpy(&added, bytes.data(), sizeof added);
    if (added == std::numeric_limits<std::uint64_t>::max()) return -EINVAL;
    if (added > kMost - count_) {
      full_for_ = added;
      return -EAGAIN;
    }
    if (added > kMost - ever_added_) machine.comes_after(taken_);
    add(machine.event_id(), added);
    ++times_readable_;
    return sizeof added;
  }
  // eventfd(2): eight bytes, whatever the buffer's size.
  [[nodiscard]] std::uint64_t most(Direction) const override { return sizeof count_; }
  void seen(Machine& machine, short events) override {
    if ((events & POLLIN) != 0 && !units_.empty()) machine.comes_after(units_.front().first);
  }
  [[nodiscard]] std::optional<std::uint64_t> wakes(Direction direction) const override {
    return direction == Direction::kIn ? times_readable_ : times_writable_;
  }
  [[nodiscard]] std::string name(const Machine&) const override { return name_; }
  [[nodiscard]] std::string why_waiting(const Machine&, const Task&,
                                        Direction direction) const override {
    return direction == Direction::kIn ? "which is 0" : "which is full";
  }
  [[nodiscard]] std::vector<TaskId> suppliers(const Machine& machine, const Task& task,
                                              Direction) const override {
    return other_tasks(machine, task, machine.holders(*this));
  }

 private:
  static constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max() - 1;

  void add(EventId by, std::uint64_t count) {
    count_ += count;
    ever_added_ += std::min(count, kMost - ever_added_);
    if (count > 0) units_.emplace_back(by, count);
  }

  ObjectId object_;
  std::string name_;
  bool semaphore_;
  std::uint64_t count_ = 0;
  std::deque<std::pair<EventId, std::uint64_t>> units_;
  std::uint64_t full_for_ = 0;  ///< what a writer wants to add that there was no room for
  std::uint64_t ever_added_ = 0;  ///< kMost at most: what would be in it had nobody read
  HandOver taken_;                ///< by the reads, without which there is no room beyond that
  std::uint64_t times_readable_ = 0, times_writable_ = 0;
};

struct CounterCount {
  int made = 0;
};

std::unique_ptr<Operation> decode(Machine& machine, Task& task, const Call& call) {
  const auto count = static_cast<unsigned>(call.arguments[0]);
  const int flags = call.number == SYS_eventfd2 ? int_at(call, 1) : 0;
  Passed passed{call,
                fmt::format("eventfd({})", count),
                table_touches(machine, task, TableUse::kAllocates),
                {{EMFILE}, {ENFILE}}};
  passed.then = [count, flags](Machine& m, Task& t, std::int64_t result) {
    if (result < 0) return result;
    std::string name = fmt::format("event counter {}", ++m.state<CounterCount>().made);
    const ObjectId object = m.make<Object>(ObjectKind::kEventCounter, name).id();
    m.descriptors(t).put(static_cast<int>(result),
                         std::make_shared<EventCounter>(object, std::move(name), count, flags),
                         (flags & EFD_CLOEXEC) != 0);
    return result;
  };
  return make_passed(std::move(passed));
}

constexpr std::array kCalls{long{SYS_eventfd}, long{SYS_eventfd2}};

}  // namespace

const Mechanism kEventfdMechanism{"eventfd", kCalls, decode};

}  // namespace ipcgrade
