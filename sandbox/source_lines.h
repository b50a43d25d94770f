// Where in its source a stopped thread is, for programs with debug information.
#pragma once

#include <sys/types.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "sandbox/outcome.h"

namespace sandbox {

/// The frames of `thread` (host number) that lie in programs whose path in the box begins with
/// `prefix`, innermost first, functions that were inlined among them, without those in headers of
/// the system. The thread must be waiting in a system call, and stays there.
/// Best effort: empty where there is no debug information, or where it is damaged.
///
/// A program's debug information is its author's: it is read in a child process that is `user`, the
/// thread's own, with bounds on time and memory. Its crash costs nothing but the answer. Who is
/// killed is asked again; throws std::system_error where that is so each time, or where no child
/// can be had: with lines missing, it would be another report.
[[nodiscard]] std::vector<SourceLine> stack_of(pid_t thread, const std::string& prefix, uid_t user);

/// The registers that frames are told by, in the order of System V ABI AMD64, figure 3.36: rax,
/// rdx, rcx, rbx, rsi, rdi, rbp, rsp, r8 to r15, and where it stands.
using FrameRegisters = std::array<std::uint64_t, 17>;

/// The same for a thread that is held elsewhere than in a system call, by one who knows its
/// registers.
[[nodiscard]] std::vector<SourceLine> stack_of(pid_t thread, const std::string& prefix, uid_t user,
                                               const FrameRegisters& registers);

/// What lies at an address of a program's own data.
struct DataObject {
  std::string name;  ///< as in the source
  std::uint64_t begin = 0, end = 0;
};

/// The same for data: the variable that `address` of the thread's memory belongs to; an empty name
/// where none is known to.
[[nodiscard]] DataObject data_at(pid_t thread, const std::string& prefix, uid_t user,
                                 std::uint64_t address);

}  // namespace sandbox
