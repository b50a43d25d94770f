#include "compile/instrument.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "runtime/runtime.h"

namespace ipcgrade {
namespace {

using sandbox::Expected;

constexpr std::string_view kFolder = "/programs";
constexpr std::string_view kTools = "/usr/bin";
constexpr const char* kSpecs = "instrumented.specs";

/// In gcc's language of specs. The frontends are told and not the driver, which would link libtsan:
/// it hears of no sanitizer, not even of the hand-in's own, with which this one does not go. (A
/// program with another's runtime in it could not be held anyway.) Nor of -static, since ours is a
/// shared library, nor of -pg, which looks at the processor's time, nor of -s: there is debug
/// information, asked for or not, so that findings have lines. Calls at the beginning and end
/// of functions are of no use to us. The runtime comes behind libc, so that what both have is
/// libc's to the linker, with its version, and only ld.so finds the preloaded one first.
///
/// `folder`: where the runtime is for the compiler; programs look for it in /programs.
std::string specs(const std::string& folder, const std::string& more) {
  return fmt::format(
      "*self_spec:\n"
      "+ %{{fsanitize=*:-fno-sanitize=all}} %<static %<static-pie %<pg %<s\n"
      "\n"
      "*cc1_options:\n"
      "+ %{{!g*:-g}} -fsanitize=thread --param tsan-distinguish-volatile=1 "
      "--param tsan-instrument-func-entry-exit=0 -fno-omit-frame-pointer "
      "-fno-builtin-memcpy -fno-builtin-memmove -fno-builtin-memset -fno-builtin-strcpy "
      "-fno-builtin-strncpy -fno-builtin-strcat -fno-builtin-strncat -fno-builtin-stpcpy{3}\n"
      "\n"
      "*lib:\n"
      "+ {2}/{1} -rpath {0}\n"
      "\n",
      kFolder, kRuntimeName, folder, more);
}

std::string gcc_script(const std::string& path, const std::string& folder) {
  return fmt::format("#!/bin/sh\nexec {} -specs={}/{} \"$@\"\n", path, folder, kSpecs);
}

/// clang has no specs: every call is given everything, and what is for the linker is not used where
/// nothing is linked, which is no news. -Wl, since behind a -x the library's name alone would be
/// taken for source.
std::string clang_script(const std::string& path, const std::string& folder,
                         const std::string& more) {
  return fmt::format(
      "#!/bin/sh\n"
      "for word do\n"
      "  shift\n"
      "  case $word in -static | -static-pie | -pg | -s) ;; *) set -- \"$@\" \"$word\" ;; esac\n"
      "done\n"
      "exec {0} -g \"$@\" -fno-sanitize=all -Xclang -fsanitize=thread "
      "-mllvm -tsan-distinguish-volatile -mllvm -tsan-instrument-func-entry-exit=0 "
      "-fno-omit-frame-pointer -Wno-unused-command-line-argument{4} "
      "-Wl,-rpath,{1} -Wl,{3}/{2}\n",
      path, kFolder, kRuntimeName, folder, more);
}

/// "gcc", "c++", "clang-14", "x86_64-linux-gnu-g++-12". (c89 and c99 call gcc.)
bool is_compiler(std::string_view name) {
  constexpr std::string_view kMachine = "x86_64-linux-gnu-";
  constexpr std::array<std::string_view, 6> kCompilers{"gcc", "g++",   "cc",
                                                       "c++", "clang", "clang++"};
  if (name.starts_with(kMachine)) name.remove_prefix(kMachine.size());
  const std::size_t version = std::min(name.find('-'), name.size());
  const std::string_view rest = name.substr(version);
  return std::ranges::find(kCompilers, name.substr(0, version)) != kCompilers.end() &&
         rest != "-" && rest.find_first_not_of("-0123456789") == std::string_view::npos;
}

}  // namespace

Expected<void> place_instrumentation(sandbox::Box& box) {
  if (auto placed = box.place_program(std::string(kRuntimeName), runtime_library()); !placed) {
    return placed;
  }
  const std::string folder = box.outside(kFolder);
  // The names in debug information are as in the box.
  const std::string more =
      box.moved_to().empty() ? "" : fmt::format(" -ffile-prefix-map={}=", box.moved_to());
  if (auto placed = box.place_program(kSpecs, specs(folder, more)); !placed) return placed;
  std::error_code error;
  for (const auto& tool : std::filesystem::directory_iterator(kTools, error)) {
    const std::string name = tool.path().filename().string();
    if (!is_compiler(name)) continue;
    // cc may be either.
    const auto meant = std::filesystem::canonical(tool.path(), error);
    if (error) continue;
    const bool is_clang = meant.filename().string().find("clang") != std::string::npos;
    const std::string path = tool.path().string();
    auto placed = box.place_program(
        name, is_clang ? clang_script(path, folder, more) : gcc_script(path, folder));
    if (!placed) return placed;
  }
  return {};
}

void add_instrumentation(std::vector<std::string>& environment) {
  for (std::string& variable : environment) {
    if (variable.starts_with("PATH=")) variable.insert(5, std::string(kFolder) + ":");
  }
}

std::string instrumented_tool_path(const std::string& tool) {
  return fmt::format("{}/{}", is_compiler(tool) ? kFolder : kTools, tool);
}

bool is_instrumented(std::string_view executable) {
  constexpr std::string_view kName("\0__tsan_init\0", 13);
  return executable.find(kName) != std::string_view::npos;
}

}  // namespace ipcgrade
