// Small operations that many mechanisms need: done at once, not modelled, or one function.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ipc/machine.h"
#include "ipc/operation.h"

namespace ipcgrade {

/// An operation that is one function.
class SmallOperation : public Operation {
 public:
  using Perform = std::function<Effect(Machine&, Task&)>;
  SmallOperation(std::string text, std::vector<Touch> touches, Perform perform)
      : text_(std::move(text)), touches_(std::move(touches)), perform_(std::move(perform)) {}
  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }
  Effect perform(Machine& machine, Task& task) override { return perform_(machine, task); }
  [[nodiscard]] std::string text(const Machine&, const Task&) const override { return text_; }

 private:
  std::string text_;
  std::vector<Touch> touches_;
  Perform perform_;
};

[[nodiscard]] inline std::unique_ptr<Operation> small(std::string text, std::vector<Touch> touches,
                                                      SmallOperation::Perform perform) {
  return std::make_unique<SmallOperation>(std::move(text), std::move(touches), std::move(perform));
}

/// It concerns nobody else and returns `value`.
[[nodiscard]] inline std::unique_ptr<Operation> done_at_once(std::string text, std::int64_t value) {
  return small(std::move(text), {}, [value](Machine&, Task&) { return Effect::returns(value); });
}

/// What the grader does not model: the run is ungraded, by this name.
[[nodiscard]] inline std::unique_ptr<Operation> unmodelled(const std::string& text) {
  return small(text, {}, [text](Machine&, Task&) { return Effect::unmodelled(text); });
}

/// sched_yield: others go first. It is enabled always; that it gives way is the supervisor's rule.
class Yield : public Operation {
 public:
  explicit Yield(ObjectId clock) : clock_(clock) {}
  [[nodiscard]] std::vector<Touch> touches() const override { return {{clock_, 4, 0}}; }
  Effect perform(Machine&, Task&) override { return Effect::returns(0); }
  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    return "sched_yield()";
  }

 private:
  ObjectId clock_;
};

[[nodiscard]] std::size_t live_tasks(const Machine& machine, const Process& process);

}  // namespace ipcgrade
