// Signals: sent by the model, taken when the schedule says so. Source: signal(7), and
// kernel/signal.c for which signal is taken first and what an ignored one becomes.
#pragma once

#include "ipc/machine.h"

namespace ipcgrade {

extern const Mechanism kSignalMechanism;
extern const Mechanism kSignalWaitMechanism;

/// What no mask keeps out.
inline constexpr SignalSet kUnblockable = bit_of(SIGKILL) | bit_of(SIGSTOP);

enum class DefaultAction : std::uint8_t { kIgnore, kTerminate, kStop, kContinue };
[[nodiscard]] DefaultAction default_action(int signal);
[[nodiscard]] std::string signal_name(int signal);
[[nodiscard]] std::string signal_names(SignalSet set);  ///< "SIGINT, SIGCHLD"

/// What taking `signal` means for the task now.
enum class Disposition : std::uint8_t { kHandler, kIgnore, kTerminate, kStop, kContinue };
[[nodiscard]] Disposition disposition(const Machine& machine, const Task& task, int signal);

/// SIGPIPE, to the thread that writes (write(2)), before its call returns.
void send_broken_pipe(Machine& machine, Task& task);

/// The first two real-time signals are the C library's own, and come in its own calls: nptl(7).
[[nodiscard]] constexpr bool is_library_signal(std::size_t signal) {
  return signal == 32 || signal == 33;
}

/// Whether what was meant to end a wait that begins now may be gone: a handler ran before it, or
/// two equal signals have become one.
[[nodiscard]] bool has_missed_signal(const Machine& machine, const Task& task);

/// Which calls about signals and children can be made to fail: state of a Machine.
struct SignalsFail {
  bool sending = false;  ///< to another process
  bool actions = false;  ///< sigaction
  bool waits = false;    ///< for children
};

/// As a handler or sigwaitinfo gets it.
[[nodiscard]] siginfo_t kernel_info(const SignalInfo& info);

/// The task enters the handler of a signal that it took: its mask, the frame to come back to.
/// `stack` is its stack pointer before; where the handler runs on another stack, its frame says so.
void enter_handler(Machine& machine, Task& task, int signal, std::uint64_t stack);
/// The task's process stops, all of it, and its parent is told. Inside the event of that.
void stop_process(Machine& machine, Task& task, int signal);
/// rt_sigreturn; the frame that is left, nothing where there is none.
std::optional<Task::Frame> leave_handler(Task& task);
/// A jump out of handlers (siglongjmp): the frames that `stack` is not in are gone.
void unwind_handlers(Task& task, std::uint64_t stack);

}  // namespace ipcgrade
