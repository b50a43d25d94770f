// The library that goes into every held program: preloaded, and what instrumented programs link
// with in place of libtsan. See hypercall.h for how it speaks.
#pragma once

#include <string_view>

namespace ipcgrade {

/// The library's file and its SONAME: where one of that name is loaded, ld.so looks for no other.
constexpr std::string_view kRuntimeName = "libipcgrade_runtime.so";

/// The bytes of its file, which are part of this program: there is no path to be found or missed.
[[nodiscard]] std::string_view runtime_library();

}  // namespace ipcgrade
