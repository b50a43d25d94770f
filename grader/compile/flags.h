// How one source is compiled where the hand-in has no Makefile: the rules of the labs.
#pragma once

#include <array>
#include <string_view>

namespace ipcgrade {

inline constexpr std::array<std::string_view, 3> kSourceEndings{".c", ".cc", ".cpp"};
inline constexpr std::array<std::string_view, 3> kMakefiles{"GNUmakefile", "makefile",
                                                            "Makefile"};  ///< make's own order
inline constexpr std::string_view kCStandard = "-std=gnu17";      ///< of gcc, for the first ending
inline constexpr std::string_view kCxxStandard = "-std=gnu++20";  ///< of g++, for the others
inline constexpr std::array<std::string_view, 5> kCompilerFlags{"-g", "-O1", "-Wall", "-Wextra",
                                                                "-pthread"};

}  // namespace ipcgrade
