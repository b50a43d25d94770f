// What poll, select and epoll_wait have in common: a wait for one of several descriptors, perhaps
// with a time-out, perhaps with another signal mask meanwhile.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipc/machine.h"
#include "ipc/operation.h"

namespace ipcgrade {

struct PollTimes {
  std::optional<VirtualTime> deadline;
  bool at_once = false;             ///< a time-out of 0: only looks
  std::optional<SignalSet> mask{};  ///< of ppoll and its like, for as long as it waits
};

/// The deadline of a time-out in milliseconds; negative: none.
[[nodiscard]] std::optional<VirtualTime> after_milliseconds(const Machine& machine, int timeout);

/// What poll(2) says of a number now: POLLNVAL where it is not open.
[[nodiscard]] short readiness(const Machine& machine, const Task& task, int number);

class PollWait : public Operation {
 public:
  PollWait(Machine& machine, Task& task, std::vector<int> numbers, PollTimes times);

  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }
  // The mask changes as the wait begins: a signal that was blocked before can end it.
  [[nodiscard]] bool queues() const override { return times_.mask.has_value(); }
  void begin_wait(Machine& machine, Task& task) override;
  void end_wait(Machine& machine, Task& task) override;
  std::int64_t interrupted(Machine& machine, Task& task) override;
  [[nodiscard]] bool may_wait_unseen(const Machine& machine, const Task& task) const override;
  [[nodiscard]] std::string waits_for(const Machine& machine, const Task& task) const override;
  [[nodiscard]] std::vector<TaskId> suppliers(const Machine& machine,
                                              const Task& task) const override;
  /// As pause(), where there is nothing to wait for but a signal.
  [[nodiscard]] bool missed(const Machine& machine, const Task& task) const override;
  [[nodiscard]] bool naps(const Task& task) const override {
    return numbers_.empty() && (!times_.mask || task.signal_came_early);
  }
  // signal(7): never restarted.
  [[nodiscard]] Interruption interruption() const override {
    return gives_up_at_once() ? Interruption::kNever : Interruption::kFails;
  }
  [[nodiscard]] std::optional<SignalSet> mask_while_waiting() const override { return times_.mask; }
  [[nodiscard]] std::optional<VirtualTime> deadline() const override {
    return gives_up_at_once() ? std::nullopt : times_.deadline;
  }
  [[nodiscard]] std::vector<Failure> failures(const Machine&, const Task&) const override {
    return {{ENOMEM}};
  }

 protected:
  /// Of the call, as a student knows it.
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual bool waits_to_write(int /*number*/) const { return false; }
  [[nodiscard]] bool gives_up_at_once() const { return times_.at_once; }
  [[nodiscard]] std::optional<VirtualTime> deadline_of() const { return times_.deadline; }

  std::vector<Touch> touches_;

 private:
  std::vector<int> numbers_;
  PollTimes times_;
};

}  // namespace ipcgrade
