// Which functions a signal handler may call.
#pragma once

#include <string_view>

namespace ipcgrade {

/// Whether signal-safety(7) lists it, or it is no function of the program's but of the compiler's
/// and the linker's. Fortified names (__memcpy_chk) count as what they stand for.
[[nodiscard]] bool is_signal_safe(std::string_view function);

}  // namespace ipcgrade
