// A task held by ptrace(2): the only place that calls it, and the only reader of wait statuses.
// Every function here needs the task to be stopped, but for wait().
#pragma once

#include <signal.h>
#include <sys/types.h>
#include <sys/user.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "sandbox/error.h"

namespace ipcgrade {

using Registers = user_regs_struct;

/// Puts a system call and its six arguments into the registers that it is made with. Source:
/// System V ABI AMD64, A.2.1.
void set_call(Registers& registers, long number, std::span<const std::uint64_t> arguments);

/// A system call leaves its arguments' registers alone, and vfork's callers count on it: its return
/// address is in one.
void restore_arguments(Registers& registers, const Registers& before);

/// The six arguments of the call that a task stands at.
[[nodiscard]] std::array<std::uint64_t, 6> arguments_of(const Registers& registers);

/// Why a task stopped, or that it is no more.
struct Stop {
  enum class Kind : std::uint8_t {
    kCall,         ///< at the entry of a system call that the filter stops at
    kCallExit,     ///< behind one, after resume_to_call_exit()
    kSignal,       ///< a signal is about to be delivered
    kNewTask,      ///< fork, vfork or clone made one; `message` is its number
    kExecuted,     ///< execve succeeded; `message` is the former thread number
    kEnding,       ///< about to end, everything of it still there; `message` is the wait status
    kAttached,     ///< a new task's first stop, or a group stop
    kEnded,        ///< it is gone; `message` is the wait status
    kInterrupted,  ///< nothing of it: `most` is over, and it still runs
  };
  Kind kind{};
  int signal = 0;
  std::uint64_t message = 0;
};

/// Processor time of a process: waiting for a free core does not count. Zero where there is none of
/// that number, as of a thread that is not a process's first.
[[nodiscard]] std::chrono::nanoseconds cpu_time_of(pid_t process);

class Tracee {
 public:
  explicit Tracee(pid_t pid) : pid_(pid) {}

  /// Takes a process that is not traced yet. It may be running.
  [[nodiscard]] sandbox::Expected<void> seize() const;

  [[nodiscard]] pid_t pid() const { return pid_; }

  /// Processor time of all processes that came to their ends while this thread held them.
  [[nodiscard]] static std::chrono::nanoseconds cpu_time_of_ended();

  /// Waits for its next stop, at most so long. An error: it is not ours (any more).
  [[nodiscard]] sandbox::Expected<Stop> wait(
      std::chrono::milliseconds most = std::chrono::milliseconds(10'000)) const;

  // Resuming. An error ESRCH means that it was killed meanwhile; the next wait() tells.
  [[nodiscard]] sandbox::Expected<void> resume(int signal = 0) const;
  [[nodiscard]] sandbox::Expected<void> resume_to_call_exit() const;
  [[nodiscard]] sandbox::Expected<void> step(int signal = 0) const;
  /// Kills its process and takes note of its end. Nothing where it is gone already.
  void destroy() const;
  /// Takes note of the end of one that is ending.
  void reap() const;
  /// Makes a running task stop (kAttached).
  [[nodiscard]] sandbox::Expected<void> interrupt() const;

  [[nodiscard]] sandbox::Expected<Registers> registers() const;
  [[nodiscard]] sandbox::Expected<void> set_registers(const Registers& registers) const;
  /// The XSAVE area: vector registers. Source: Intel SDM vol. 1, chapter 13.
  [[nodiscard]] sandbox::Expected<std::size_t> vector_registers(std::span<std::byte> into) const;
  [[nodiscard]] sandbox::Expected<void> set_vector_registers(std::span<const std::byte> area) const;
  [[nodiscard]] sandbox::Expected<siginfo_t> signal_info() const;
  [[nodiscard]] sandbox::Expected<void> set_signal_info(const siginfo_t& info) const;
  /// The signals that the kernel holds back; bit N-1 is signal N.
  [[nodiscard]] sandbox::Expected<void> set_signal_mask(std::uint64_t mask) const;
  /// Sends it a signal of its own thread.
  [[nodiscard]] sandbox::Expected<void> send(pid_t group, int signal) const;

  /// Copies memory; false where it is not mapped for that. Text can be written, too.
  [[nodiscard]] bool read(std::uint64_t address, std::span<std::byte> into) const;
  [[nodiscard]] bool write(std::uint64_t address, std::span<const std::byte> bytes) const;
  /// Up to its NUL; empty where there is none in `most` bytes (but for the page's rest), or before
  /// its memory ends.
  [[nodiscard]] std::string read_text(std::uint64_t address, std::size_t most) const;
  /// Past protections (breakpoints in text): by ptrace, 8 bytes at a time.
  [[nodiscard]] bool poke(std::uint64_t address, std::uint64_t word) const;
  [[nodiscard]] std::optional<std::uint64_t> peek(std::uint64_t address) const;

 private:
  pid_t pid_;
};

/// While one lives, wait() of its thread can be bounded: a timer interrupts the system call.
/// Nothing is promised of how exactly.
class WaitTimer {
 public:
  WaitTimer();
  ~WaitTimer();
  WaitTimer(const WaitTimer&) = delete;
  WaitTimer& operator=(const WaitTimer&) = delete;

 private:
  void* timer_ = nullptr;
};

}  // namespace ipcgrade
