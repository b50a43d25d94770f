#include "sandbox/source_lines.h"

#include <cxxabi.h>
#include <dwarf.h>
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "sandbox/fd.h"
#include "sandbox/files.h"

namespace sandbox {
namespace {

constexpr std::string_view kWorkFolder = "/work/";

constexpr std::size_t kStackPointer = 7;
constexpr std::size_t kProgramCounter = 16;

/// Where a thread stands, from /proc/PID/syscall: "number 6 arguments sp pc". Source: proc(5). The
/// wrappers of system calls keep their frame by the stack pointer alone.
bool read_registers(pid_t thread, FrameRegisters& registers) {
  const std::string path = "/proc/" + std::to_string(thread) + "/syscall";
  const auto text = read_kernel_file(AT_FDCWD, path.c_str());
  if (!text) return false;
  std::istringstream words(*text);
  std::string number;
  Dwarf_Word argument = 0;
  words >> number >> std::hex;
  for (int i = 0; i < 6; ++i) words >> argument;
  return static_cast<bool>(words >> registers[kStackPointer] >> registers[kProgramCounter]);
}

struct Walk {
  pid_t thread = 0;
  std::string prefix;
  std::optional<FrameRegisters> registers;
  std::string stack;  ///< what lies from its stack pointer on
  std::vector<SourceLine> lines;
  std::optional<std::uint64_t> data;  ///< not a walk, but the name of what lies there
  std::string inside;                 ///< the library's function of the last frame that was passed
};

pid_t next_thread(Dwfl*, void* argument, void** thread_argument) {
  if (*thread_argument != nullptr) return 0;
  *thread_argument = argument;
  return static_cast<Walk*>(argument)->thread;
}

bool get_thread(Dwfl*, pid_t, void* argument, void** thread_argument) {
  *thread_argument = argument;
  return true;
}

/// Copies what a walk needs of the thread, as far as it can be had. Not only in the child: where
/// Yama is (ptrace_scope 1), none but an ancestor may look. Source: the kernel's LSM/Yama.
void look(Walk& walk) {
  if (!walk.registers) {
    FrameRegisters registers{};
    if (!read_registers(walk.thread, registers)) return;
    walk.registers = registers;
  }
  // A page a piece, since a piece comes whole or not, and the stack may end. Source:
  // process_vm_readv(2).
  constexpr std::size_t kPage = 4096;
  std::array<iovec, 16> pages{};
  const std::uint64_t begin = (*walk.registers)[kStackPointer];
  std::size_t size = 0;
  for (iovec& page : pages) {
    const std::uint64_t at = begin + size;
    page = {reinterpret_cast<void*>(at), kPage - at % kPage};
    size += page.iov_len;
  }
  walk.stack.resize(size);
  const iovec here{walk.stack.data(), size};
  const ssize_t got = ::process_vm_readv(walk.thread, &here, 1, pages.data(), pages.size(), 0);
  walk.stack.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
}

bool read_memory(Dwfl*, Dwarf_Addr address, Dwarf_Word* result, void* argument) {
  const Walk& walk = *static_cast<Walk*>(argument);
  const std::uint64_t offset = address - (*walk.registers)[kStackPointer];
  if (walk.stack.size() < sizeof *result || offset > walk.stack.size() - sizeof *result) {
    const iovec here{result, sizeof *result};
    const iovec there{reinterpret_cast<void*>(address), sizeof *result};
    return ::process_vm_readv(walk.thread, &here, 1, &there, 1, 0) == sizeof *result;
  }
  std::memcpy(result, walk.stack.data() + offset, sizeof *result);
  return true;
}

bool set_registers(Dwfl_Thread* thread, void* argument) {
  const FrameRegisters& known = *static_cast<Walk*>(argument)->registers;
  std::array<Dwarf_Word, kProgramCounter> words{};
  std::ranges::copy_n(known.begin(), kProgramCounter, words.begin());
  dwfl_thread_state_register_pc(thread, known[kProgramCounter]);
  return dwfl_thread_state_registers(thread, 0, kProgramCounter, words.data());
}

/// Headers of the compiler and the C library: who looks for a fault looks in his own files.
bool is_of_the_system(std::string_view path) { return path.starts_with("/usr/"); }

/// Only what begins with _Z is a mangled name: "n" is a type by itself.
std::string demangled(const char* name) {
  if (!std::string_view(name).starts_with("_Z")) return name;
  const std::unique_ptr<char, decltype([](char* text) { std::free(text); })> readable(
      abi::__cxa_demangle(name, nullptr, nullptr, nullptr));
  return readable ? readable.get() : name;
}

/// "Lock::take" of what the linker calls _ZN4Lock4takeEi: without parameters, those of templates,
/// and the type that a template returns.
std::string function_name(const char* function) {
  std::string name = function == nullptr ? "" : demangled(function);
  constexpr std::string_view kNameless = "(anonymous namespace)::";
  for (std::size_t at = name.find(kNameless); at != std::string::npos; at = name.find(kNameless)) {
    name.erase(at, kNameless.size());
  }
  name.erase(std::min(name.find("::{lambda"), name.size()));  // it is in that function
  if (name.contains("operator")) return name.substr(0, name.find('(', name.find("operator") + 9));
  std::string plain;
  int depth = 0;  // of templates in templates
  for (const char letter : name) {
    if (letter == '>') --depth;
    if (depth == 0 && letter == '(') break;
    if (depth == 0 && letter == ' ') plain.clear();
    if (letter == '<') ++depth;
    if (depth == 0 && letter != ' ' && letter != '>') plain += letter;
  }
  return plain;
}

/// "puts" of _IO_puts, "fork" of __libc_fork, "open" of open64: what the source says.
std::string library_name(const char* symbol) {
  std::string_view name = symbol == nullptr ? "" : symbol;
  if (name.starts_with("_Z")) return function_name(symbol);
  if (name.starts_with("_IO_")) name.remove_prefix(4);
  name.remove_prefix(std::min(name.find_first_not_of('_'), name.size()));
  name = name.substr(0, name.find('@'));
  if (name.starts_with("libc_")) name.remove_prefix(5);
  if (name.ends_with("64")) name.remove_suffix(2);
  // Where one function of glibc goes on as another: its own frame is gone then.
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kGoesOnAs{{
      {"ssignal", "signal"},
      {"wait4", "waitpid"},
      {"semtimedop", "semop"},
      {"mq_timedsend", "mq_send"},
      {"mq_timedreceive", "mq_receive"},
      {"uflow", "getc"},
      {"default_uflow", "getc"},
      {"overflow", "putc"},
      {"file_overflow", "putc"},
  }};
  const auto known =
      std::ranges::find(kGoesOnAs, name, &std::pair<std::string_view, std::string_view>::first);
  return std::string(known == kGoesOnAs.end() ? name : known->second);
}

void add_line(Walk& walk, const char* file, int number, const char* function) {
  if (file == nullptr || is_of_the_system(file)) return;
  std::string_view path = file;
  if (path.starts_with(kWorkFolder)) path.remove_prefix(kWorkFolder.size());
  walk.lines.push_back({std::string(path), number, function_name(function),
                        walk.lines.empty() ? walk.inside : std::string()});
}

/// A number that a call of an inlined function is described by; 0 where it is not.
Dwarf_Word number_of(Dwarf_Die* call, unsigned attribute) {
  Dwarf_Attribute found;
  Dwarf_Word value = 0;
  if (dwarf_attr(call, attribute, &found) == nullptr) return 0;
  return dwarf_formudata(&found, &value) == 0 ? value : 0;
}

const char* file_of(Dwarf_Die* unit, Dwarf_Word number) {
  Dwarf_Files* files = nullptr;
  std::size_t count = 0;
  if (dwarf_getsrcfiles(unit, &files, &count) != 0) return nullptr;
  return dwarf_filesrc(files, number, nullptr, nullptr);
}

using Scopes = std::unique_ptr<Dwarf_Die[], decltype([](Dwarf_Die* all) { std::free(all); })>;

/// The innermost scope at `pc` and those around it, as they are nested in the machine code: a
/// function that was inlined is in the one that calls it. Source: DWARF 5, 3.3.8.
std::span<Dwarf_Die> scopes_at(Dwarf_Die* unit, Dwarf_Addr pc, Scopes& owned) {
  Dwarf_Die* scopes = nullptr;
  if (dwarf_getscopes(unit, pc, &scopes) <= 0) return {};
  const Scopes innermost(scopes);
  const int count = dwarf_getscopes_die(&innermost[0], &scopes);
  if (count <= 0) return {};
  owned.reset(scopes);
  return {scopes, static_cast<std::size_t>(count)};
}

/// The compilation unit that `pc` is in; clang writes no table of which is where (.debug_aranges).
Dwarf_Die* unit_at(Dwfl_Module* module, Dwarf_Addr pc, Dwarf_Addr& bias) {
  if (Dwarf_Die* unit = dwfl_module_addrdie(module, pc, &bias)) return unit;
  Dwarf_Die* unit = nullptr;
  do {
    unit = dwfl_module_nextcu(module, unit, &bias);
  } while (unit != nullptr && dwarf_haspc(unit, pc - bias) <= 0);
  return unit;
}

/// For an instruction that the compiler gives no line of its own, 0: that of what comes before it.
int line_before(Dwarf_Die* unit, Dwarf_Addr pc) {
  Dwarf_Lines* lines = nullptr;
  std::size_t count = 0;
  if (dwarf_getsrclines(unit, &lines, &count) != 0) return 0;
  int before = 0;
  for (std::size_t i = 0; i < count; ++i) {
    Dwarf_Line* line = dwarf_onesrcline(lines, i);
    Dwarf_Addr address = 0;
    int number = 0;
    if (dwarf_lineaddr(line, &address) != 0 || dwarf_lineno(line, &number) != 0) continue;
    if (address > pc) break;
    if (number != 0) before = number;
  }
  return before;
}

int visit_frame(Dwfl_Frame* frame, void* argument) {
  auto* walk = static_cast<Walk*>(argument);
  Dwarf_Addr pc = 0;
  bool activation = false;
  if (!dwfl_frame_pc(frame, &pc, &activation)) return DWARF_CB_ABORT;
  if (!activation) --pc;  // a return address may be in the next line already
  Dwfl_Module* module = dwfl_addrmodule(dwfl_thread_dwfl(dwfl_frame_thread(frame)), pc);
  if (module == nullptr) return DWARF_CB_OK;
  const char* name =
      dwfl_module_info(module, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr);
  if (name == nullptr || !std::string_view(name).starts_with(walk->prefix)) {
    walk->inside = library_name(dwfl_module_addrname(module, pc));
    return DWARF_CB_OK;
  }
  Dwarf_Addr bias = 0;
  Dwarf_Die* unit = unit_at(module, pc, bias);
  Dwarf_Line* line = unit == nullptr ? nullptr : dwarf_getsrc_die(unit, pc - bias);
  int number = 0;
  const char* file = line == nullptr ? nullptr : dwarf_linesrc(line, nullptr, nullptr);
  if (file == nullptr || dwarf_lineno(line, &number) != 0) return DWARF_CB_OK;
  if (number == 0) number = line_before(unit, pc - bias);
  Scopes owned;
  for (Dwarf_Die& scope : scopes_at(unit, pc - bias, owned)) {
    if (dwarf_tag(&scope) != DW_TAG_inlined_subroutine) continue;
    add_line(*walk, file, number, dwarf_diename(&scope));
    file = file_of(unit, number_of(&scope, DW_AT_call_file));
    number = static_cast<int>(number_of(&scope, DW_AT_call_line));
  }
  add_line(*walk, file, number, dwfl_module_addrname(module, pc));
  constexpr std::size_t kMostFrames = 32;
  return walk->lines.size() < kMostFrames ? DWARF_CB_OK : DWARF_CB_ABORT;
}

/// libdwfl hands the file callback no argument of ours. One walk a process: see answer().
pid_t thread_in_walk = 0;

/// Opens a mapped file by its path in the box; no link leads out of it.
int find_elf(Dwfl_Module*, void**, const char* name, Dwarf_Addr, char** file_name, Elf**) {
  const std::string root = "/proc/" + std::to_string(thread_in_walk) + "/root";
  const Fd folder(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  Fd file = open_in_root(folder.get(), name, O_RDONLY | O_NONBLOCK);
  if (file) *file_name = ::strdup(name);
  return file.release();
}
/// No search for separate debug files, nor any question to a debuginfod server.
int find_no_debug_file(Dwfl_Module*, void**, const char*, Dwarf_Addr, const char*, const char*,
                       GElf_Word, char**) {
  return -1;
}

using OpenDwfl = std::unique_ptr<Dwfl, decltype([](Dwfl* dwfl) { dwfl_end(dwfl); })>;

/// The thread's programs and libraries; nothing where they can't be told.
OpenDwfl modules_of(pid_t thread) {
  static const Dwfl_Callbacks kFiles{find_elf, find_no_debug_file, nullptr, nullptr};
  thread_in_walk = thread;
  OpenDwfl dwfl(dwfl_begin(&kFiles));
  if (!dwfl) return nullptr;
  dwfl_report_begin(dwfl.get());
  if (dwfl_linux_proc_report(dwfl.get(), thread) != 0) return nullptr;
  if (dwfl_report_end(dwfl.get(), nullptr, nullptr) != 0) return nullptr;
  return dwfl;
}

/// Its name, where it begins and how long it is stand for the parts of a line.
void find_data(Walk& walk) {
  const OpenDwfl dwfl = modules_of(walk.thread);
  Dwfl_Module* module = dwfl ? dwfl_addrmodule(dwfl.get(), *walk.data) : nullptr;
  if (module == nullptr) return;
  const char* file =
      dwfl_module_info(module, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr);
  if (file == nullptr || !std::string_view(file).starts_with(walk.prefix)) return;
  GElf_Off offset = 0;
  GElf_Sym symbol{};
  const char* name =
      dwfl_module_addrinfo(module, *walk.data, &offset, &symbol, nullptr, nullptr, nullptr);
  if (name == nullptr || GELF_ST_TYPE(symbol.st_info) != STT_OBJECT || offset >= symbol.st_size) {
    return;
  }
  walk.lines.push_back({demangled(name), static_cast<int>(offset), std::to_string(symbol.st_size)});
}

void walk_stack(Walk& walk) {
  static const Dwfl_Thread_Callbacks kThreads{next_thread,   get_thread, read_memory,
                                              set_registers, nullptr,    nullptr};
  if (!walk.registers) look(walk);
  if (!walk.registers) return;
  const OpenDwfl dwfl = modules_of(walk.thread);
  if (!dwfl || !dwfl_attach_state(dwfl.get(), nullptr, walk.thread, &kThreads, &walk)) return;
  dwfl_getthread_frames(dwfl.get(), walk.thread, visit_frame, &walk);
}

/// Gives up root for the id of the thread that is looked at, which is enough to look at it.
bool become(uid_t user) {
  if (::geteuid() != 0) return true;
  return ::setgroups(0, nullptr) == 0 && ::setresgid(user, user, user) == 0 &&
         ::setresuid(user, user, user) == 0;
}

/// Bytes of address space on top of what this process has by now: a supervisor maps the memory that
/// its programs share, and the child has that, too.
void limit_more_address_space([[maybe_unused]] rlim_t bytes) {
  // AddressSanitizer reserves terabytes of it.
#ifndef __SANITIZE_ADDRESS__
  std::ifstream statm("/proc/self/statm");  // proc(5): the first number, in pages
  rlim_t pages = 0;
  statm >> pages;
  const rlim_t most = pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE)) + bytes;
  const rlimit memory{most, most};
  ::setrlimit(RLIMIT_AS, &memory);
#endif
}

/// What the child's answer ends with: without it, it was not finished.
constexpr char kEnd = '.';

/// False where a limit could not be set.
bool set_limits() {
  constexpr rlimit kSeconds{2, 3};  // SIGXCPU: not to be taken for somebody's SIGKILL
  constexpr rlimit kNoCore{0, 0};
  constexpr rlim_t kMemory = 1ULL << 30;
  limit_more_address_space(kMemory);
  return ::setrlimit(RLIMIT_CPU, &kSeconds) == 0 && ::setrlimit(RLIMIT_CORE, &kNoCore) == 0;
}

/// The child must not go on as a second grader, for want of memory or else.
[[noreturn]] void answer(int pipe, uid_t user, Walk walk) {
  try {
    if (!become(user) || !set_limits()) ::_exit(EXIT_FAILURE);
    walk.data ? find_data(walk) : walk_stack(walk);
    std::string text;
    for (const SourceLine& line : walk.lines) {
      // NUL cannot be in any of them.
      text += line.file + '\0' + std::to_string(line.line) + '\0' + line.function + '\0' +
              line.inside + '\0';
    }
    (void)write_all(pipe, text + kEnd);
  } catch (const std::exception&) {
    ::_exit(EXIT_FAILURE);
  }
  ::_exit(EXIT_SUCCESS);
}

struct Answer {
  std::string text;
  enum class Kind {
    kWhole,   ///< or as much as is taken
    kNone,    ///< the child crashed or took too long: what it reads is damaged
    kFailed,  ///< it was refused something
    kKilled,  ///< by somebody, or there was no child to be had
  } kind = Kind::kKilled;
};

Answer ask_child(uid_t user, const Walk& walk) {
  constexpr std::size_t kMostText = 65536;  // what a pipe holds: the child never waits
  // A loaded machine is no reason for another answer: the child is bounded by its processor time.
  constexpr int kMostMilliseconds = 60'000;
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return {};
  const Fd reading(ends[0]);
  Fd writing(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) return {};
  if (child == 0) answer(writing.get(), user, walk);
  writing.reset();
  std::string text(kMostText, '\0');
  std::size_t size = 0;
  pollfd wait{reading.get(), POLLIN, 0};
  // Timers of a supervisor interrupt it.
  const auto interrupted = [](auto result) { return result < 0 && errno == EINTR; };
  while (size < text.size()) {
    const int ready = ::poll(&wait, 1, kMostMilliseconds);
    if (interrupted(ready)) continue;
    if (ready <= 0) break;
    const ssize_t got = ::read(reading.get(), text.data() + size, text.size() - size);
    if (interrupted(got)) continue;
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  ::kill(child,
         SIGKILL);  // who has ended by itself, or is about to, has its own status all the same
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  text.resize(size);
  if (size == kMostText || text.ends_with(kEnd)) return {std::move(text), Answer::Kind::kWhole};
  if (WIFEXITED(status)) return {"", Answer::Kind::kFailed};
  return {"", WTERMSIG(status) == SIGKILL ? Answer::Kind::kKilled : Answer::Kind::kNone};
}

std::vector<SourceLine> walk_in_child(uid_t user, Walk walk) {
  using namespace std::chrono_literals;
  if (!walk.data) look(walk);
  constexpr int kMostTries = 3;
  Answer answer = ask_child(user, walk);
  for (int tries = 1; answer.kind >= Answer::Kind::kFailed && tries < kMostTries; ++tries) {
    std::this_thread::sleep_for(10ms);
    answer = ask_child(user, walk);
  }
  if (answer.kind == Answer::Kind::kKilled) {
    throw std::system_error(EAGAIN, std::generic_category(), "read lines of the source");
  }
  std::vector<SourceLine> lines;
  std::istringstream fields(answer.text);
  for (std::string file, number, function, inside;
       std::getline(fields, file, '\0') && std::getline(fields, number, '\0') &&
       std::getline(fields, function, '\0') && std::getline(fields, inside, '\0');) {
    lines.push_back({file, std::atoi(number.c_str()), function, inside});
  }
  return lines;
}

}  // namespace

std::vector<SourceLine> stack_of(pid_t thread, const std::string& prefix, uid_t user) {
  return walk_in_child(user, {thread, prefix, std::nullopt, {}, {}, std::nullopt, {}});
}

std::vector<SourceLine> stack_of(pid_t thread, const std::string& prefix, uid_t user,
                                 const FrameRegisters& registers) {
  return walk_in_child(user, {thread, prefix, registers, {}, {}, std::nullopt, {}});
}

DataObject data_at(pid_t thread, const std::string& prefix, uid_t user, std::uint64_t address) {
  const auto lines = walk_in_child(user, {thread, prefix, std::nullopt, {}, {}, address, {}});
  if (lines.empty()) return {};
  const std::uint64_t begin = address - static_cast<std::uint64_t>(lines.front().line);
  const std::uint64_t size = std::strtoull(lines.front().function.c_str(), nullptr, 10);
  return {lines.front().file, begin, begin + size};
}

}  // namespace sandbox
