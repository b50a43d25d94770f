// Outcomes in words, for the sandbox tool and for graders: sentences without a final full stop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "sandbox/outcome.h"

namespace sandbox {

/// "SIGSEGV"; "signal 40" for one without a name.
[[nodiscard]] std::string signal_text(int signal);

/// "used 10.0 s of CPU time; the limit is 10 s"
[[nodiscard]] std::string limit_text(const LimitReached& limit);

/// "1.5 MiB"; "27 bytes" below a KiB.
[[nodiscard]] std::string size_text(std::uint64_t bytes);

/// "\"hello\\n\"": the first bytes as a C string literal, with "..." behind where there are more.
[[nodiscard]] std::string quoted(std::span<const std::byte> bytes, std::size_t most = 32);
[[nodiscard]] std::string quoted(std::string_view text, std::size_t most = 4096);

/// "socket(AF_INET, SOCK_STREAM, 0)". `thread` (host number) is where pointers are read from; a
/// string argument is quoted and cut.
[[nodiscard]] std::string call_text(int number, std::span<const std::uint64_t> arguments,
                                    pid_t thread);

}  // namespace sandbox
