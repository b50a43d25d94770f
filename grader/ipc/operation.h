// What a task is about to do. Each mechanism (a file of this folder) decodes the system calls that
// are its own into operations, and an operation says all that the rest needs to know of it: whether
// it can complete now, what it touches, what it does, how a wait on it is told, how it can fail.
#pragma once

#include <array>
#include <cerrno>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "trace/event.h"

namespace ipcgrade {

class Machine;
struct Task;

/// A system call that a task stands before, or a hypercall of the runtime (number kHypercall, the
/// IpcgradeHypercall in arguments[0], its arguments after it).
struct Call {
  long number = 0;
  std::array<std::uint64_t, 6> arguments{};
};
inline constexpr long kHypercall = -2;

/// What is to become of a call that was performed.
struct Effect {
  enum class Kind : std::uint8_t {
    kReturn,   ///< it is done: the task goes on with `value`; the kernel never sees the call
    kPass,     ///< the kernel is to do `call`, which can't wait now; then finished() has the result
    kAgain,    ///< a part of it is done (a large write); the rest is pending as before
    kNewTask,  ///< the kernel is to do `call`, which makes a task: fork, vfork, clone
    kExecute,  ///< the kernel is to do `call`, an execve
    kEnd,      ///< the task, or its process, ends with exit status `value`
    kUnmodelled,  ///< the grader can't do it: the run is ungraded, for what `text` says
  };
  Kind kind = Kind::kReturn;
  std::int64_t value = 0;  ///< kReturn: -errno for a failure
  Call call{};
  std::string text{};

  [[nodiscard]] static Effect returns(std::int64_t value) { return {Kind::kReturn, value, {}, {}}; }
  [[nodiscard]] static Effect fails(int error) { return {Kind::kReturn, -error, {}, {}}; }
  [[nodiscard]] static Effect passes(Call call) { return {Kind::kPass, 0, call, {}}; }
  [[nodiscard]] static Effect again() { return {Kind::kAgain, 0, {}, {}}; }
  [[nodiscard]] static Effect unmodelled(std::string text) {
    return {Kind::kUnmodelled, 0, {}, std::move(text)};
  }
};

/// What a handler that runs while the call waits does to it. Source: signal(7).
enum class Interruption : std::uint8_t {
  kNever,     ///< the wait goes on, or there is none
  kRestarts,  ///< EINTR, or with SA_RESTART it begins anew
  kFails,     ///< EINTR in any case
  kEnds,      ///< EINTR: that is what it waits for (pause)
};

class Operation {
 public:
  virtual ~Operation() = default;

  /// What it touches, as known when it was decoded; it does not change later. None: it concerns
  /// nobody else, is done at once, and is no decision.
  [[nodiscard]] virtual std::vector<Touch> touches() const = 0;

  /// Those of them that are made in any case; of a buffer that may be filled in part, perform() and
  /// finished() add to the event what it came to.
  [[nodiscard]] virtual std::vector<Touch> sure_touches() const { return touches(); }

  /// Whether it can complete now, be it with a failure.
  [[nodiscard]] virtual bool enabled(const Machine&, const Task&) const { return true; }

  /// Does it. Called only when enabled.
  virtual Effect perform(Machine&, Task&) = 0;

  /// After Effect::kPass: the kernel's result; returns what the task is to get.
  virtual std::int64_t finished(Machine&, Task&, std::int64_t result) { return result; }

  /// "semop(5678, -1)": the call with its arguments in a student's terms, without a result.
  [[nodiscard]] virtual std::string text(const Machine&, const Task&) const = 0;

  /// Where it has to wait: whether beginning to wait is something that others notice (a place in a
  /// queue). Then the beginning is a step of its own, in which begin_wait() is called.
  [[nodiscard]] virtual bool queues() const { return false; }
  virtual void begin_wait(Machine&, Task&) {}
  /// The wait ends otherwise: a handler ran, the time-out came, the task dies.
  virtual void end_wait(Machine&, Task&) {}

  /// "waits for the semaphore set with key 5678 to rise above 0".
  [[nodiscard]] virtual std::string waits_for(const Machine&, const Task&) const { return ""; }
  /// The tasks that could end its wait, were they to go on and to do the right thing.
  [[nodiscard]] virtual std::vector<TaskId> suppliers(const Machine&, const Task&) const {
    return {};
  }
  /// Whether what it waits for had come before it began to wait, and is gone: a lost wake-up.
  [[nodiscard]] virtual bool missed(const Machine&, const Task&) const { return false; }

  /// Whether the kernel has done it by now, and only its task does not know yet: it waited, and what
  /// it waited for was given to it. (In another order it comes only now.)
  [[nodiscard]] virtual bool was_given() const { return false; }
  /// Whether it takes away what others may just have been given.
  [[nodiscard]] virtual bool takes_back() const { return false; }

  [[nodiscard]] virtual Interruption interruption() const { return Interruption::kNever; }
  /// Whether it may have to wait although it is enabled, for somebody whom the model does not know.
  [[nodiscard]] virtual bool may_wait_unseen(const Machine&, const Task&) const { return false; }
  /// The signals that are blocked while it waits, where not those that the task blocks anyway.
  [[nodiscard]] virtual std::optional<std::uint64_t> mask_while_waiting() const {
    return std::nullopt;
  }
  /// Whether time alone ends its wait, or a signal that may as well come just before: then what it
  /// waits for does not wake it.
  [[nodiscard]] virtual bool naps(const Task&) const { return false; }
  /// When it gives up waiting (a sleep: when it ends), on the virtual clock.
  [[nodiscard]] virtual std::optional<VirtualTime> deadline() const { return std::nullopt; }
  /// The result when that time comes; or kGoesOn, where it then waits on for something else,
  /// without a deadline from then on (pthread_cond_timedwait: for the mutex).
  static constexpr std::int64_t kGoesOn = std::numeric_limits<std::int64_t>::min();
  virtual std::int64_t timed_out(Machine&, Task&) { return -ETIMEDOUT; }
  /// What an interrupted call returns; a partly done one may return a count.
  virtual std::int64_t interrupted(Machine&, Task&) { return -EINTR; }

  /// The failures that the grader may inject, by the rules of labs.md; EINTR is added by the rest
  /// from interruption(). An error of 0 is a short count, which shorten() prepares.
  [[nodiscard]] virtual std::vector<Failure> failures(const Machine&, const Task&) const {
    return {};
  }
  virtual void shorten() {}
  /// It was made to fail so: what else is then so, such as that the object is gone.
  virtual void failed(Machine&, Task&, int /*error*/) {}
};

/// One file of this folder: the calls that are its own, and how they become operations. nullptr:
/// with these arguments the call concerns nobody and can't wait; the kernel does it.
struct Mechanism {
  const char* name;
  std::span<const long> calls;
  std::unique_ptr<Operation> (*decode)(Machine&, Task&, const Call&);
};

/// All of them. Where two name one call, the first that gives an operation has it.
[[nodiscard]] std::span<const Mechanism* const> all_mechanisms();

}  // namespace ipcgrade
