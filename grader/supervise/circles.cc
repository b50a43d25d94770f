// Tasks that run in a circle: back to an instruction with the registers and the memory that they
// had there before, without a call. Nothing but a handler, or another thread, can end that.
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "ipc/calls.h"
#include "ipc/process.h"
#include "supervise/held_run.h"
#include "trace/stopped.h"
#include "x86/accesses.h"

namespace ipcgrade {
namespace {

/// Waits for a handler. Other threads have to be looked for before.
class Circles : public Operation {
 public:
  [[nodiscard]] std::vector<Touch> touches() const override { return {}; }
  [[nodiscard]] bool enabled(const Machine&, const Task&) const override { return false; }
  Effect perform(Machine&, Task&) override { return Effect::returns(0); }
  [[nodiscard]] std::string text(const Machine&, const Task&) const override { return "computes"; }
  [[nodiscard]] std::string waits_for(const Machine&, const Task&) const override {
    return std::string(kBurns);
  }
};

/// What decides how far a string instruction goes.
class TraceeMemory : public x86::Memory {
 public:
  explicit TraceeMemory(const Tracee& tracee) : tracee_(tracee) {}
  [[nodiscard]] bool read(std::uint64_t address, std::span<std::byte> into) override {
    return tracee_.read(address, into);
  }
  [[nodiscard]] bool write(std::uint64_t, std::span<const std::byte>) override { return false; }

 private:
  const Tracee& tracee_;
};

/// Follows a task from one instruction to the next.
class Steps {
 public:
  explicit Steps(const Tracee& tracee) : tracee_(tracee) {}

  [[nodiscard]] const Registers& at() const { return at_; }

  [[nodiscard]] bool begin() {
    const auto registers = tracee_.registers();
    if (registers) at_ = *registers;
    return registers.has_value();
  }

  /// False: a call, a fault, or what can't be followed; what comes of it is still to come.
  [[nodiscard]] bool next() {
    if (!note_writes() || !tracee_.step()) return false;
    const auto stop = tracee_.wait();
    if (!stop || stop->kind != Stop::Kind::kSignal || stop->signal != SIGTRAP) return false;
    return begin();
  }

  /// The beginning is now.
  void forget() { before_.clear(); }

  /// Whether all is as it was at the beginning, when its registers were these.
  [[nodiscard]] bool is_back_at(const Registers& then) const {
    return std::memcmp(&then, &at_, sizeof at_) == 0 &&
           std::ranges::all_of(before_, [this](const auto& one) {
             std::byte now{};
             return tracee_.read(one.first, std::span(&now, 1)) && now == one.second;
           });
  }

 private:
  /// Keeps what the instruction will overwrite.
  [[nodiscard]] bool note_writes() {
    constexpr std::size_t kMostBytes = 4096;
    const auto [known, is_new] = code_.try_emplace(at_.rip);
    if (is_new && !read_code(known->second)) {
      code_.erase(known);
      return false;
    }
    if (!known->second) return true;  // it touches no memory
    TraceeMemory memory(tracee_);
    for (const x86::Access& one : x86::accesses(*known->second, at_, memory)) {
      if (!one.writes) continue;
      if (before_.size() + one.size > kMostBytes) return false;
      std::vector<std::byte> bytes(one.size);
      if (!tracee_.read(one.address, bytes)) return false;
      for (std::size_t i = 0; i < bytes.size(); ++i) before_.try_emplace(one.address + i, bytes[i]);
    }
    return true;
  }

  /// nullopt: an instruction that touches no memory. False: one that can't be followed.
  [[nodiscard]] bool read_code(std::optional<x86::Instruction>& into) const {
    std::array<std::byte, x86::kLongestInstruction> code{};
    std::size_t size = code.size();
    while (size > 0 && !tracee_.read(at_.rip, std::span(code).first(size))) --size;
    if (size < 2) return false;
    constexpr std::byte kTwoBytes{0x0f};
    constexpr std::byte kSystemCall{0x05};
    constexpr std::byte kTrap{0xcc};
    if ((code[0] == kTwoBytes && code[1] == kSystemCall) || code[0] == kTrap) return false;
    into = x86::decode(std::span(code).first(size));
    return true;
  }

  const Tracee& tracee_;
  Registers at_{};
  std::map<std::uint64_t, std::optional<x86::Instruction>> code_;
  std::map<std::uint64_t, std::byte> before_;
};

/// Of instructions of a loop: in an outer function, or further at its beginning.
bool comes_first(const Registers& a, const Registers& b) {
  return a.rsp != b.rsp ? a.rsp > b.rsp : a.rip < b.rip;
}

std::vector<std::byte> vectors_of(const Tracee& tracee) {
  constexpr std::size_t kMostBytes = 16 * 1024;
  std::vector<std::byte> area(kMostBytes);
  area.resize(tracee.vector_registers(area).value_or(0));
  return area;
}

}  // namespace

/// Where its program has been seen to run in a circle: who comes there again need not run for long.
std::vector<std::uint64_t> HeldRun::known_circles(const Task& task) const {
  std::vector<std::uint64_t> places;
  for (const auto* lessons : {&known_, &trace_.learnt}) {
    for (const auto& [program, place] : lessons->circles) {
      if (program == task.program) places.push_back(place);
    }
  }
  const bool alone = places.empty() || live_tasks(machine_, machine_.process_of(task)) == 1;
  return alone ? places : std::vector<std::uint64_t>{};
}

/// Where it computes: at the first instruction, of the outermost function in it, to which it comes
/// back soon. The clock says where it is interrupted, and this does not depend on that. 0: not
/// known.
std::uint32_t HeldRun::place_of_loop(Task& task) {
  constexpr unsigned kLongest = 4'000;
  HeldTask& one = held(task);
  Steps loop(one.tracee);
  if (!options_.tell || !loop.begin()) return 0;
  Registers first = loop.at();
  bool comes_back = false;
  for (unsigned length = 0; length < kLongest; ++length) {
    loop.forget();
    if (!loop.next()) return 0;
    if (comes_first(loop.at(), first)) {
      first = loop.at();
      comes_back = false;
    } else if (!comes_first(first, loop.at())) {
      comes_back = true;
    }
  }
  if (!comes_back) return 0;
  one.registers = first;
  one.at = HeldTask::At::kOutside;
  return place_of(task);
}

/// Where it computes in a circle, it stands still from now on, at the first instruction of the
/// outermost function in it, until a handler runs.
bool HeldRun::stands_in_circle(Task& task) {
  constexpr unsigned kLongest = 4'000;
  HeldTask& one = held(task);
  if (live_tasks(machine_, machine_.process_of(task)) > 1) return false;
  Steps circle(one.tracee);
  if (!circle.begin() || !circle.next()) return false;
  Registers start{};
  Registers first{};
  std::vector<std::byte> vectors;
  // The way into the circle may be no part of it: so it begins anew, each time for twice as long.
  for (unsigned length = 0; length == 0 || !circle.is_back_at(start); ++length) {
    if (length > kLongest) return false;
    if (length == 0 || std::has_single_bit(length)) {
      circle.forget();
      start = first = circle.at();
      vectors = vectors_of(one.tracee);
    }
    if (!circle.next()) return false;
    if (comes_first(circle.at(), first)) first = circle.at();
  }
  if (vectors_of(one.tracee) != vectors) return false;
  while (comes_first(first, circle.at())) {
    if (!circle.next()) return false;
  }
  one.registers = circle.at();
  one.at = HeldTask::At::kOutside;
  one.circles = true;
  trace_.learnt.circles.emplace(task.program, circle.at().rip);
  tell_spin(task, kNoPause);
  stand(task, std::make_unique<Circles>());
  return true;
}

/// Who computes in a circle, when nobody is left who could end that: it will use up all the time
/// that it may have. nullptr: nobody.
const Task* HeldRun::computes_for_ever() {
  for (std::size_t i = 0; i < held_.size(); ++i) {
    const Task& task = machine_.task(static_cast<TaskId>(i));
    if (held_[i].circles && !held_[i].gone && !handler_may_run(task)) return &task;
  }
  return nullptr;
}

}  // namespace ipcgrade
