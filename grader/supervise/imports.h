// The functions that a loaded program calls in its libraries, read from its memory.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "supervise/tracee.h"

namespace ipcgrade {

struct Import {
  std::string name;
  std::uint64_t address = 0;  ///< where the function begins
};

/// Where the program itself lies, and what it imports.
struct ProgramParts {
  std::uint64_t begin = 0, end = 0;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> code;  ///< begins and ends of what executes
  std::vector<Import> imports;
};

/// Of a program whose loader has bound everything (LD_BIND_NOW). `headers`: AT_PHDR and AT_PHNUM of
/// its auxiliary vector. What can't be read is left out.
[[nodiscard]] ProgramParts parts_of(const Tracee& task, std::uint64_t headers, std::uint64_t count);

}  // namespace ipcgrade
