// One instruction that touches shared memory: the operation, and its execution in the task's place.
#pragma once

#include <memory>
#include <vector>

#include "ipc/machine.h"
#include "supervise/held_task.h"
#include "x86/execute.h"

namespace ipcgrade {

/// A part of an instruction's accesses that lies in one shared object.
struct SharedAccess {
  ObjectId object = kNoObject;
  std::uint64_t begin = 0, end = 0;  ///< bytes of the object
  std::uint64_t address = 0;
  bool reads = false, writes = false;
};

/// An Operation so that it is chosen like others; it is done by execute_access().
class AccessOperation : public Operation {
 public:
  AccessOperation(std::vector<SharedAccess> accesses, AccessOrder order, AccessOrder of_failure)
      : accesses_(std::move(accesses)), order_(order), of_failure_(of_failure) {}
  [[nodiscard]] std::vector<Touch> touches() const override;
  Effect perform(Machine&, Task&) override { return Effect::returns(0); }
  [[nodiscard]] std::string text(const Machine& machine, const Task& task) const override;
  [[nodiscard]] std::string waits_for(const Machine& machine, const Task& task) const override;
  [[nodiscard]] const std::vector<SharedAccess>& accesses() const { return accesses_; }
  [[nodiscard]] AccessOrder order() const { return order_; }
  /// Of a compare-exchange that finds something else.
  [[nodiscard]] AccessOrder order_of_failure() const { return of_failure_; }

 private:
  std::vector<SharedAccess> accesses_;
  AccessOrder order_;
  AccessOrder of_failure_;
};

/// Whether two tasks' memory is read or written by the instruction at its stop: the operation, or
/// nothing where none of it is shared and permitted (a fault of the program's own).
[[nodiscard]] std::unique_ptr<AccessOperation> find_access(Machine& machine, const Task& task,
                                                           HeldTask& held);

/// Whether the instruction at its stop is known to touch that address. One that is not is not
/// understood, and says nothing of the program.
[[nodiscard]] bool touches_address(Machine& machine, const Task& task, const HeldTask& held,
                                   std::uint64_t address);

/// Whether it is nothing but the load that an atomic access was made for already, which clang 14
/// leaves in place: llvm/lib/Transforms/Instrumentation/ThreadSanitizer.cpp, instrumentAtomic().
[[nodiscard]] bool repeats_atomic_load(const Machine& machine, const Task& task,
                                       const HeldTask& held, const AccessOperation& operation);

/// Does the instruction. The registers in `held` are changed and not yet written back.
[[nodiscard]] x86::Outcome execute_access(Machine& machine, const Task& task, HeldTask& held);

/// Whether the instruction that was just done is a compare-exchange that found something else.
[[nodiscard]] bool exchange_failed(const HeldTask& held);

}  // namespace ipcgrade
