// Outcomes in words, for the sandbox tool and for graders: sentences without a final full stop.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "sandbox/outcome.h"

namespace sandbox {

/// "SIGSEGV"; "signal 40" for one without a name.
[[nodiscard]] std::string signal_text(int signal);

/// "used 10.0 s of CPU time; the limit is 10 s"
[[nodiscard]] std::string limit_text(const LimitReached& limit);

/// "1.5 MiB"; "27 bytes" below a KiB.
[[nodiscard]] std::string size_text(std::uint64_t bytes);

/// "socket(AF_INET, SOCK_STREAM, 0)". `thread` (host number) is where pointers are read from; the
/// text of a string argument is quoted, cut and escaped.
[[nodiscard]] std::string call_text(int number, std::span<const std::uint64_t> arguments,
                                    pid_t thread);

}  // namespace sandbox
