#include "ipc/passed_operation.h"

#include <utility>

namespace ipcgrade {

namespace {

class PassedOperation : public Operation {
 public:
  explicit PassedOperation(Passed passed) : passed_(std::move(passed)) {}

  [[nodiscard]] std::vector<Touch> touches() const override { return passed_.touches; }
  Effect perform(Machine& machine, Task& task) override {
    if (passed_.instead) {
      if (auto effect = passed_.instead(machine, task)) return *std::move(effect);
    }
    return Effect::passes(passed_.call);
  }
  std::int64_t finished(Machine& machine, Task& task, std::int64_t result) override {
    return passed_.then ? passed_.then(machine, task, result) : result;
  }
  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    return passed_.text;
  }
  [[nodiscard]] std::vector<Failure> failures(const Machine&, const Task&) const override {
    return passed_.failures;
  }

 private:
  Passed passed_;
};

}  // namespace

std::unique_ptr<Operation> make_passed(Passed passed) {
  return std::make_unique<PassedOperation>(std::move(passed));
}

}  // namespace ipcgrade
