// What instrumented code announces, since nobody could see it: fences, and atomic accesses to
// memory of a process's own once it has several threads. These order threads; plain accesses there
// are not looked at.
#include "ipc/announced.h"

#include <iterator>

#include "ipc/calls.h"
#include "ipc/mechanisms.h"
#include "runtime/hypercall.h"

namespace ipcgrade {
namespace {

/// Is done at once: it touches nothing, and what it orders is seen in what comes before and after.
class Fence : public Operation {
 public:
  explicit Fence(AccessOrder order) : order_(order) {}
  [[nodiscard]] std::vector<Touch> touches() const override { return {}; }
  [[nodiscard]] bool enabled(const Machine&, const Task&) const override { return true; }
  Effect perform(Machine& machine, Task&) override {
    machine.event().kind = EventKind::kAccess;
    machine.event().order = order_;
    return Effect::returns(0);
  }
  [[nodiscard]] std::string text(const Machine&, const Task&) const override { return ""; }

 private:
  AccessOrder order_;
};

/// The task makes the access itself as soon as it goes on, before anybody else does anything.
class AnnouncedAtomic : public Operation {
 public:
  AnnouncedAtomic(Touch touch, unsigned access, AccessOrder order, std::uint64_t instruction)
      : touch_(touch), access_(access), order_(order), instruction_(instruction) {}
  [[nodiscard]] std::vector<Touch> touches() const override { return {touch_}; }
  [[nodiscard]] bool enabled(const Machine&, const Task&) const override { return true; }
  Effect perform(Machine& machine, Task&) override {
    Event& event = machine.event();
    event.kind = EventKind::kAccess;
    event.order = order_;
    event.reads = (access_ & IPCGRADE_READS) != 0;
    event.writes = (access_ & IPCGRADE_WRITES) != 0;
    event.instruction = instruction_;
    return Effect::returns(0);
  }
  [[nodiscard]] std::string text(const Machine&, const Task&) const override { return ""; }

 private:
  Touch touch_;
  unsigned access_;
  AccessOrder order_;
  std::uint64_t instruction_;
};

ObjectId private_memory(Machine& machine, Process& process) {
  if (process.private_memory == kNoObject) {
    process.private_memory =
        machine.make<SharedMemory>("the memory of " + process.name, std::span<std::byte>{}, 0ULL)
            .id();
  }
  return process.private_memory;
}

std::unique_ptr<Operation> decode(Machine& machine, Task& task, const Call& call) {
  if (call.arguments[0] == IPCGRADE_FENCE) {
    return std::make_unique<Fence>(order_of_c11(call.arguments[1]));
  }
  if (call.arguments[0] != IPCGRADE_ACCESS) return nullptr;
  // (address, size | access << 32 | order << 40, instruction)
  const std::uint64_t begin = call.arguments[1];
  const std::uint64_t end = begin + (call.arguments[2] & 0xffff'ffff);
  const auto access = static_cast<unsigned>(call.arguments[2] >> 32U & 0xffU);
  const std::uint64_t order = call.arguments[2] >> 40U & 0xffU;
  constexpr std::uint64_t kAtomic = 2;  // before it: plain, volatile
  // What is shared stops by itself; this call then concerns nobody.
  const bool is_told =
      access <= IPCGRADE_UPDATES && order >= kAtomic && machine.mapping_at(task, begin) == nullptr;
  if (!is_told) return nullptr;
  const ObjectId memory = private_memory(machine, machine.process_of(task));
  const bool writes_it = (access & IPCGRADE_WRITES) != 0;
  return std::make_unique<AnnouncedAtomic>(
      writes_it ? writes(memory, begin, end) : reads(memory, begin, end), access,
      order_of_c11(order - kAtomic), call.arguments[3]);
}

constexpr long kCalls[] = {kHypercall};

}  // namespace

AccessOrder order_of_c11(std::uint64_t order) {
  constexpr AccessOrder kOrders[] = {AccessOrder::kRelaxed,        AccessOrder::kAcquire,
                                     AccessOrder::kAcquire,        AccessOrder::kRelease,
                                     AccessOrder::kAcquireRelease, AccessOrder::kSequential};
  return order < std::size(kOrders) ? kOrders[order] : AccessOrder::kSequential;
}

const Mechanism kAnnouncedMechanism{"announced accesses", kCalls, decode};

}  // namespace ipcgrade
