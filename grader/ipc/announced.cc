// What instrumented code announces, since nobody could see it: fences; and accesses to memory of a
// process's own once it has several threads, the atomic ones, which order them, and plain ones to
// what is watched (RunOptions::watched).
#include "ipc/announced.h"

#include <algorithm>
#include <iterator>
#include <span>

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
class AnnouncedAccess : public Operation {
 public:
  AnnouncedAccess(Touch touch, unsigned access, AccessOrder order, std::uint64_t instruction)
      : touch_(touch), access_(access), order_(order), instruction_(instruction) {}
  [[nodiscard]] std::vector<Touch> touches() const override { return {touch_}; }
  [[nodiscard]] bool enabled(const Machine&, const Task&) const override { return true; }
  Effect perform(Machine& machine, Task& task) override {
    Event& event = machine.event();
    event.kind = EventKind::kAccess;
    event.order = order_;
    event.reads = (access_ & IPCGRADE_READS) != 0;
    event.writes = (access_ & IPCGRADE_WRITES) != 0;
    event.instruction = instruction_;
    std::int64_t value = 0;
    const std::size_t size = std::min<std::uint64_t>(touch_.end - touch_.begin, sizeof value);
    (void)machine.peek(task, touch_.begin,
                       std::as_writable_bytes(std::span(&value, 1)).first(size));
    event.before = value;
    return Effect::returns(value);
  }
  [[nodiscard]] std::string text(const Machine&, const Task&) const override { return ""; }

 private:
  Touch touch_;
  unsigned access_;
  AccessOrder order_;
  std::uint64_t instruction_;
};

/// Of IpcgradeLogEntry::order.
AccessOrder order_of_log(std::uint64_t order) {
  constexpr std::uint64_t kAtomic = 2;
  if (order >= kAtomic) return order_of_c11(order - kAtomic);
  return order == 0 ? AccessOrder::kPlain : AccessOrder::kVolatile;
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
  // What is shared stops by itself; this call then concerns nobody.
  if (access > IPCGRADE_UPDATES || machine.mapping_at(task, begin) != nullptr) return nullptr;
  const ObjectId memory = private_memory(machine, machine.process_of(task));
  const bool writes_it = (access & IPCGRADE_WRITES) != 0;
  return std::make_unique<AnnouncedAccess>(
      writes_it ? writes(memory, begin, end) : reads(memory, begin, end), access,
      order_of_log(order), call.arguments[3]);
}

constexpr long kCalls[] = {kHypercall};

}  // namespace

AccessOrder order_of_c11(std::uint64_t order) {
  constexpr AccessOrder kOrders[] = {AccessOrder::kRelaxed,        AccessOrder::kAcquire,
                                     AccessOrder::kAcquire,        AccessOrder::kRelease,
                                     AccessOrder::kAcquireRelease, AccessOrder::kSequential};
  return order < std::size(kOrders) ? kOrders[order] : AccessOrder::kSequential;
}

ObjectId private_memory(Machine& machine, Process& process) {
  if (process.private_memory == kNoObject) {
    process.private_memory =
        machine.make<SharedMemory>("the memory of " + process.name, std::span<std::byte>{}, 0ULL)
            .id();
  }
  return process.private_memory;
}

const Mechanism kAnnouncedMechanism{"announced accesses", kCalls, decode};

}  // namespace ipcgrade
