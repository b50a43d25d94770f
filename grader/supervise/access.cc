#include "supervise/access.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "ipc/announced.h"
#include "x86/xsave.h"

namespace ipcgrade {
namespace {

/// Memory as the task's own instruction would see it.
class TaskMemory : public x86::Memory {
 public:
  TaskMemory(Machine& machine, const Task& task) : machine_(machine), task_(task) {}
  [[nodiscard]] bool read(std::uint64_t address, std::span<std::byte> into) override {
    return machine_.peek(task_, address, into);
  }
  [[nodiscard]] bool write(std::uint64_t address, std::span<const std::byte> from) override {
    return machine_.poke(task_, address, from);
  }

 private:
  Machine& machine_;
  const Task& task_;
};

/// Vector registers, fetched when they are needed.
class TaskVectors : public x86::VectorRegisters {
 public:
  explicit TaskVectors(const Tracee& tracee) : tracee_(tracee) {}
  [[nodiscard]] bool read(unsigned number, std::span<std::byte> into) override {
    return fetch() && registers_->read(number, into);
  }
  [[nodiscard]] bool write(unsigned number, std::span<const std::byte> from, Above above) override {
    return fetch() && registers_->write(number, from, above);
  }
  [[nodiscard]] bool store() const {
    if (!registers_ || !registers_->changed()) return true;
    return tracee_.set_vector_registers(std::span(area_).first(size_)).has_value();
  }

 private:
  bool fetch() {
    if (registers_) return true;
    static const x86::XsaveLayout kLayout = x86::XsaveLayout::of_this_machine();
    const auto size = tracee_.vector_registers(area_);
    if (!size) return false;
    size_ = *size;
    registers_.emplace(std::span(area_).first(size_), kLayout);
    return true;
  }

  const Tracee& tracee_;
  alignas(64) std::array<std::byte, 16384> area_{};
  std::size_t size_ = 0;
  std::optional<x86::XsaveRegisters> registers_;
};

bool in(std::uint64_t address, std::uint64_t begin, std::uint64_t end) {
  return address >= begin && address < end;
}

/// Which order the access has: see runtime/hypercall.h for what an instrumented program tells.
/// `failed`: as a compare-exchange that finds something else.
AccessOrder order_of(const Machine& machine, const Task& task, const HeldTask& held,
                     const SharedAccess& access, bool failed) {
  if (task.in_library ||
      machine.in_library_object({access.object, 0, access.begin}, access.end - access.begin)) {
    return AccessOrder::kLibrary;
  }
  const std::uint64_t place = held.registers.rip;
  if (!held.hello) {
    return held.instruction.atomic ? AccessOrder::kSequential : AccessOrder::kUnknown;
  }
  const IpcgradeHello& hello = *held.hello;
  if (in(place, hello.atomics_begin, hello.atomics_end)) {
    return order_of_c11((failed ? held.registers.r10 >> 8U : held.registers.r10) & 0xffU);
  }
  if (held.instruction.atomic) return AccessOrder::kSequential;
  if (in(place, hello.text_begin, hello.text_end)) return AccessOrder::kPlain;
  const bool own = in(place, held.image.program_begin, held.image.program_end);
  if (own && hello.instrumented == 0) return AccessOrder::kUnknown;
  const auto thread =
      machine.peek_value<IpcgradeThread>(task, held.registers.fs_base + hello.thread_offset);
  if (own && thread && access.address >= thread->volatile_address &&
      access.address < thread->volatile_address + thread->volatile_size &&
      in(place, thread->volatile_instruction, thread->volatile_instruction + 64)) {
    return AccessOrder::kVolatile;
  }
  return AccessOrder::kPlain;
}

/// Whether a string function of the C library makes this load of a vector, of 16 bytes or more:
/// what `rep movs` and its like load, is what somebody asked for.
bool is_of_string(const HeldTask& held, const SharedAccess& access) {
  constexpr std::uint64_t kVector = 16;
  if (access.writes || access.end - access.begin < kVector) return false;
  if (x86::is_string(held.instruction.operation)) return false;
  // Where nobody said hello, the C library may be part of the program.
  return !held.instruction.packed_floats &&
         !(held.hello && in(held.registers.rip, held.image.program_begin, held.image.program_end));
}

/// Such functions load 64 bytes, in four parts, before they look at any: whether the string, which
/// begins where rdi says or before the 64, has its end before this part. Source: as below.
bool is_behind_string(const Machine& machine, const Task& task, const HeldTask& held,
                      const SharedAccess& access) {
  constexpr std::uint64_t kAtOnce = 64;
  if (!is_of_string(held, access)) return false;
  const std::uint64_t string = held.registers.rdi;
  const std::uint64_t begin = std::max(access.address / kAtOnce * kAtOnce, string);
  if (begin >= access.address) return false;
  std::vector<std::byte> before(access.address - begin);
  return machine.peek(task, begin, before) &&
         std::ranges::find(before, std::byte{0}) != before.end();
}

/// A string function of the C library loads 16 bytes or more at a time, and may begin before the
/// string and go on behind its end: neither is an access. The beginning is taken to be where some
/// register points into the load, the end behind the first zero; or before where r11 points, which
/// is the end for strnlen. Those that copy load what they copy. Source: glibc 2.36,
/// sysdeps/x86_64/multiarch/strlen-sse2.S and its neighbours.
void cut_over_read(Machine& machine, const Task& task, const HeldTask& held, SharedAccess& access) {
  if (!is_of_string(held, access)) return;
  std::vector<std::byte> bytes(access.end - access.begin);
  if (!machine.peek(task, access.address, bytes)) return;
  const Registers& r = held.registers;
  const auto is_inside = [&](std::uint64_t value) {
    return value > access.address && value < access.address + bytes.size();
  };
  std::uint64_t first = 0;
  for (const std::uint64_t value : {r.rsi, r.rax, r.rdx, r.rcx, r.r8, r.r9}) {
    if (is_inside(value) && value != r.r11) first = std::max(first, value - access.address);
  }
  if (is_inside(r.rdi)) first = r.rdi - access.address;
  std::uint64_t last = bytes.size();
  if (is_inside(r.r11) && r.r11 - access.address > first) last = r.r11 - access.address;
  const auto string = std::span(bytes).subspan(first, last - first);
  const auto zero = std::ranges::find(string, std::byte{0});
  if (zero != string.end()) last = first + static_cast<std::uint64_t>(zero - string.begin()) + 1;
  access.end = access.begin + last;
  access.begin += first;
  access.address += first;
}

std::optional<x86::Instruction> instruction_at(const Machine& machine, const Task& task,
                                               const HeldTask& held) {
  std::array<std::byte, x86::kLongestInstruction> code{};
  std::size_t size = code.size();
  while (size > 0 && !machine.peek(task, held.registers.rip, std::span(code).first(size))) --size;
  return x86::decode(std::span(code).first(size));
}

bool is_exchange(const x86::Instruction& instruction) {
  return instruction.operation == x86::Operation::kCompareExchange ||
         instruction.operation == x86::Operation::kCompareExchangePair;
}

std::string bytes_text(std::uint64_t begin, std::uint64_t end, const std::string& name) {
  if (end - begin == 1) return fmt::format("byte {} of {}", begin, name);
  return fmt::format("bytes {} to {} of {}", begin, end - 1, name);
}

}  // namespace

std::vector<Touch> AccessOperation::touches() const {
  std::vector<Touch> touches;
  for (const SharedAccess& one : accesses_) {
    touches.push_back(one.writes ? writes(one.object, one.begin, one.end)
                                 : reads(one.object, one.begin, one.end));
  }
  return touches;
}

std::string AccessOperation::text(const Machine& machine, const Task&) const {
  const SharedAccess& one = accesses_.front();
  const char* verb = one.reads && one.writes ? "changes" : one.writes ? "writes" : "reads";
  return fmt::format("{} {}", verb,
                     bytes_text(one.begin, one.end, machine.object(one.object).name()));
}

std::string AccessOperation::waits_for(const Machine& machine, const Task&) const {
  const SharedAccess& one = accesses_.front();
  return fmt::format("looks at {} again and again",
                     bytes_text(one.begin, one.end, machine.object(one.object).name()));
}

bool touches_address(Machine& machine, const Task& task, const HeldTask& held,
                     std::uint64_t address) {
  const auto instruction = instruction_at(machine, task, held);
  if (!instruction) return false;
  TaskMemory memory(machine, task);
  for (const x86::Access& access : x86::accesses(*instruction, held.registers, memory)) {
    if (address >= access.address && address - access.address < access.size) return true;
  }
  return false;
}

std::unique_ptr<AccessOperation> find_access(Machine& machine, const Task& task, HeldTask& held) {
  const auto instruction = instruction_at(machine, task, held);
  if (!instruction) return nullptr;
  held.instruction = *instruction;
  TaskMemory memory(machine, task);
  std::vector<SharedAccess> found;
  bool behind_string = false;
  for (const x86::Access& access : x86::accesses(*instruction, held.registers, memory)) {
    for (const Mapping& mapping : machine.process_of(task).mappings) {
      SharedAccess part;
      const std::uint64_t begin = std::max(access.address, mapping.begin);
      const std::uint64_t end = std::min(access.address + access.size, mapping.end);
      if (begin >= end) continue;
      const int needed = (access.reads ? PROT_READ : 0) | (access.writes ? PROT_WRITE : 0);
      const auto& object = static_cast<const SharedMemory&>(machine.object(mapping.object));
      part.begin = begin - mapping.begin + mapping.offset;
      part.end = end - mapping.begin + mapping.offset;
      if ((mapping.protection & needed) != needed || part.end > object.bytes().size()) {
        return nullptr;
      }
      part.object = mapping.object;
      part.address = begin;
      part.reads = access.reads;
      part.writes = access.writes;
      behind_string = behind_string || is_behind_string(machine, task, held, part);
      cut_over_read(machine, task, held, part);
      found.push_back(part);
    }
  }
  if (found.empty()) return nullptr;
  const AccessOrder order =
      behind_string ? AccessOrder::kLibrary : order_of(machine, task, held, found.front(), false);
  const AccessOrder of_failure =
      is_exchange(held.instruction) ? order_of(machine, task, held, found.front(), true) : order;
  return std::make_unique<AccessOperation>(std::move(found), order, of_failure);
}

bool repeats_atomic_load(const Machine& machine, const Task& task, const HeldTask& held,
                         const AccessOperation& operation) {
  constexpr std::uint64_t kNear = 64;
  const std::uint64_t place = held.registers.rip;
  const SharedAccess& access = operation.accesses().front();
  if (!held.hello || operation.accesses().size() != 1 || access.writes ||
      !in(place, held.image.program_begin, held.image.program_end)) {
    return false;
  }
  const auto thread =
      machine.peek_value<IpcgradeThread>(task, held.registers.fs_base + held.hello->thread_offset);
  return thread && access.address == thread->loaded_address &&
         in(place, thread->loaded_instruction, thread->loaded_instruction + kNear);
}

bool exchange_failed(const HeldTask& held) {
  constexpr std::uint64_t kZeroFlag = 1U << 6;
  return is_exchange(held.instruction) && (held.registers.eflags & kZeroFlag) == 0;
}

x86::Outcome execute_access(Machine& machine, const Task& task, HeldTask& held) {
  TaskMemory memory(machine, task);
  TaskVectors vectors(held.tracee);
  const x86::Outcome outcome = x86::execute(held.instruction, held.registers, vectors, memory);
  if (outcome == x86::Outcome::kDone && !vectors.store()) return x86::Outcome::kNeedsStep;
  return outcome;
}

}  // namespace ipcgrade
