// What became of a command, and of its box. The first cause is kept; what follows from it (the
// SIGKILL after a limit, the partner's end) never takes its place. Nothing here is concluded from a
// signal number: each field is something that the keeper did, counted or was told by the kernel.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace sandbox {

enum class LimitKind { kWallTime, kCpuTime, kMemory, kProcesses, kFileSize, kOutput };

/// A limit that was reached. Units: milliseconds for times, bytes for sizes, a count for processes.
struct LimitReached {
  LimitKind kind{};
  std::uint64_t limit = 0;
  std::uint64_t used = 0;  ///< when it was noticed; at least `limit`
};

/// A place in a program's source. `file` is as the compiler was given it.
struct SourceLine {
  std::string file;
  int line = 0;
  std::string function;
  /// Of the innermost one: the library's function that was called there; empty: none, or not known.
  std::string inside{};
};

/// A system call that the policy refuses.
struct RefusedCall {
  std::string call;               ///< with its arguments: "socket(AF_INET, SOCK_STREAM, 0)"
  std::string group;              ///< the policy group that would allow it: "network"
  std::string reason;             ///< of that group: "reaches the network"
  std::vector<SourceLine> stack;  ///< innermost first, the program's own frames; may be empty
};

/// The user or the caller stopped it.
struct Interrupted {};

/// Why the keeper ended the box.
struct Cause {
  std::variant<LimitReached, RefusedCall, Interrupted> what;
  std::optional<int> command;  ///< which command caused it, where that is known
};

struct Exited {
  int status = 0;
};
/// Ended by a signal that the keeper did not send.
struct Signalled {
  int signal = 0;
};
/// Ended by the keeper: for the box's cause, or because the caller asked for it.
struct Ended {};
/// The command could not be started.
struct NotStarted {
  std::string step;
  int error_number = 0;
  bool own_fault = false;  ///< no such file, not executable; else the machine's or ours
};
using CommandEnd = std::variant<Exited, Signalled, Ended, NotStarted>;

}  // namespace sandbox
