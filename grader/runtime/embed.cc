#include "runtime/runtime.h"

// IPCGRADE_RUNTIME_FILE: the built library; see CMakeLists.txt.
__asm__(
    ".section .rodata, \"a\"\n"
    ".global ipcgrade_runtime_begin, ipcgrade_runtime_end\n"
    "ipcgrade_runtime_begin:\n"
    ".incbin \"" IPCGRADE_RUNTIME_FILE
    "\"\n"
    "ipcgrade_runtime_end:\n"
    ".text\n");

// NOLINTNEXTLINE(readability-identifier-naming): symbols, named as C symbols are
extern "C" const char ipcgrade_runtime_begin[], ipcgrade_runtime_end[];

namespace ipcgrade {

std::string_view runtime_library() { return {ipcgrade_runtime_begin, ipcgrade_runtime_end}; }

}  // namespace ipcgrade
