#include "supervise/zygote.h"

#include <elf.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <span>
#include <thread>
#include <utility>

#include "ipc/signal.h"
#include "runtime/hypercall.h"
#include "sandbox/describe.h"
#include "sandbox/policy.h"
#include "supervise/imports.h"
#include "supervise/moved_paths.h"
#include "supervise/signal_safety.h"
#include "supervise/time_stamp.h"
#include "x86/instruction.h"

namespace ipcgrade {
namespace {

using sandbox::Expected;
using sandbox::failure;

constexpr std::uint64_t kTrapInstruction = 0xcc;

std::unexpected<sandbox::Error> surprise(const char* where, const Stop& stop) {
  return failure(std::string(where) + ": unexpected stop " +
                 std::to_string(static_cast<int>(stop.kind)) + " signal " +
                 std::to_string(stop.signal));
}

/// The auxiliary vector lies behind the environment. Source: getauxval(3), System V ABI
/// AMD64 3.4.1.
struct Vector {
  std::uint64_t entry = 0, headers = 0, header_count = 0;
};

Expected<Vector> prepare_vector(const Tracee& task, std::uint64_t stack) {
  const auto word = [&task](std::uint64_t address) { return task.peek(address).value_or(0); };
  std::uint64_t at = stack + 8 * (word(stack) + 2);  // argc, the arguments, their end
  while (word(at) != 0) at += 8;
  at += 8;
  Vector found;
  for (std::uint64_t type = word(at); type != AT_NULL; at += 16, type = word(at)) {
    if (type == AT_ENTRY) found.entry = word(at + 8);
    if (type == AT_PHDR) found.headers = word(at + 8);
    if (type == AT_PHNUM) found.header_count = word(at + 8);
    if (type == AT_SYSINFO_EHDR) (void)task.poke(at, AT_IGNORE);
    if (type == AT_RANDOM) {
      // The C library's canaries and pointer guard: any constants, the lowest byte a zero.
      (void)task.poke(word(at + 8), 0x1122334455667700);
      (void)task.poke(word(at + 8) + 8, 0x0123456789abcdef);
    }
  }
  if (found.entry == 0) return failure("the program has no entry point");
  return found;
}

/// libatomic's locks, OpenMP's barriers, stdio's locks in the hands of the program, and what the
/// C++ library makes known when a thread ends.
bool locks_unseen(std::string_view function) {
  return function.starts_with("__atomic_") || function.starts_with("GOMP_") ||
         function.starts_with("__kmpc_") || function == "flockfile" || function == "ftrylockfile" ||
         function.contains("_Make_ready") || function.starts_with("aio_") ||
         function.starts_with("lio_");
}

/// Whether it orders threads by what nobody sees; or by atomic instructions of its own, since those
/// of a compiler are calls in an instrumented program.
bool orders_unseen(const Tracee& task, const ProgramParts& parts) {
  constexpr std::uint64_t kMostCode = 16U << 20;
  return std::ranges::any_of(parts.imports, locks_unseen, &Import::name) ||
         std::ranges::any_of(parts.code, [&](const auto& range) {
           std::vector<std::byte> code(std::min(range.second - range.first, kMostCode));
           return task.read(range.first, code) && x86::has_atomic(code);
         });
}

void note_imports(const Tracee& task, const Vector& vector, Image& image) {
  const ProgramParts parts = parts_of(task, vector.headers, vector.header_count);
  image.program_begin = parts.begin;
  image.program_end = parts.end;
  for (const auto& [begin, end] : parts.code) {
    if (image.code_begin == 0) image.code_begin = begin;
    image.code_end = end;
  }
  image.orders_unseen = orders_unseen(task, parts);
  std::vector<TrapPlace> unsafe;
  for (const Import& one : parts.imports) {
    if (is_signal_safe(one.name)) continue;
    if (std::ranges::find(unsafe, one.address, &TrapPlace::address) != unsafe.end()) continue;
    if (const auto code = task.peek(one.address)) unsafe.push_back({one.name, one.address, *code});
  }
  image.unsafe = std::make_shared<const std::vector<TrapPlace>>(std::move(unsafe));
}

/// The address of two bytes of the program's code that are a `syscall`, in whatever they are a part
/// of; 0: there are none.
std::uint64_t find_call(const Tracee& task, const Image& image) {
  constexpr std::array kCall{std::byte{0x0f}, std::byte{0x05}};
  constexpr std::uint64_t kPage = 4096;
  // From where code is, upwards: what lies before it may not be executed.
  for (std::uint64_t page = image.entry & ~(kPage - 1); page < image.program_end; page += kPage) {
    std::array<std::byte, kPage> code;
    if (!task.read(page, code)) continue;
    const auto found = std::ranges::search(code, kCall);
    if (!found.empty()) {
      return page + static_cast<std::uint64_t>(found.begin() - code.begin());
    }
  }
  return 0;
}

void note_call(Image& image, const Registers& registers) {
  image.call_instruction = registers.rip - kCallLength;
  switch (registers.orig_rax) {
    case SYS_set_tid_address:
      image.thread_id_address = registers.rdi;
      break;
    case SYS_set_robust_list:
      image.robust_list = registers.rdi;
      image.robust_list_size = registers.rsi;
      break;
    default:
      break;
  }
}

/// Whether a loader makes that call, or a library that begins: about files, memory, and what is its
/// own. What else is called then is called by a function of the program that the loader asks which
/// code to take (gcc's attribute ifunc), and nobody would see what comes of it.
bool is_of_loader(int number, std::span<const std::uint64_t> arguments) {
  static const auto kWithoutGroups = sandbox::Policy::of({});
  constexpr std::array kMakesTasks{SYS_fork, SYS_vfork, SYS_clone, SYS_clone3};
  return kWithoutGroups && kWithoutGroups->refusing_group(number, arguments) == nullptr &&
         std::ranges::find(kMakesTasks, number) == kMakesTasks.end();
}

/// What stops for the loader: its calls, which pass, and the runtime's hello.
Expected<void> pass_loader_call(const Tracee& task, std::string_view root, Image& image) {
  auto registers = task.registers();
  if (!registers) return std::unexpected(registers.error());
  const auto number = static_cast<int>(registers->orig_rax);
  const auto arguments = arguments_of(*registers);
  if (!is_of_loader(number, arguments)) {
    return failure(std::string(kCannotHold) + sandbox::call_text(number, arguments, task.pid()) +
                   ", which it calls before it begins");
  }
  note_call(image, *registers);
  if (registers->orig_rax == SYS_getppid && registers->rdi == IPCGRADE_MAGIC) {
    if (registers->rsi == IPCGRADE_HELLO) image.hello = registers->rdx;
    registers->orig_rax = ~0ULL;
    registers->rax = registers->rsi == IPCGRADE_HELLO ? IPCGRADE_HELD : 0;
    if (auto set = task.set_registers(*registers); !set) return set;
  } else if (registers->orig_rax == SYS_getrandom) {
    // The C library seeds malloc's cookies with it.
    constexpr std::uint64_t kMost = 256;  // getrandom(2): so many come at once, always
    const std::vector<std::byte> bytes(std::min<std::uint64_t>(registers->rsi, kMost),
                                       std::byte{0x5a});
    (void)task.write(registers->rdi, bytes);
    registers->rax = bytes.size();
    registers->orig_rax = ~0ULL;
    if (auto set = task.set_registers(*registers); !set) return set;
  } else if (!root.empty() && has_paths(static_cast<long>(registers->orig_rax))) {
    if (auto done = pass_moved(task, root, *registers); !done) return done;
  }
  return task.resume();
}

}  // namespace

std::string end_while_loaded(int status) {
  if (WIFEXITED(status)) return "it can't be loaded";
  return fmt::format("it is ended by {} as it is loaded", signal_name(WTERMSIG(status)));
}

Expected<Loaded<Image>> run_loader(const Tracee& task, std::string_view root) {
  auto registers = task.registers();
  if (!registers) return std::unexpected(registers.error());
  auto vector = prepare_vector(task, registers->rsp);
  if (!vector) return std::unexpected(vector.error());
  Image image;
  image.entry = vector->entry;
  const auto code = task.peek(image.entry);
  if (!code || !task.poke(image.entry, (*code & ~0xffULL) | kTrapInstruction)) {
    return failure("the program's entry point can't be written");
  }
  if (auto done = task.resume(); !done) return std::unexpected(done.error());
  // A loader makes hundreds of calls, and as many for each library.
  constexpr std::size_t kMostStops = 100'000;
  for (std::size_t stops = 0;; ++stops) {
    if (stops > kMostStops) {
      return failure(std::string(kCannotHold) + "calls without end before it begins");
    }
    auto stop = task.wait();
    if (!stop) return std::unexpected(stop.error());
    switch (stop->kind) {
      case Stop::Kind::kCall:
        if (auto done = pass_loader_call(task, root, image); !done)
          return std::unexpected(done.error());
        continue;
      case Stop::Kind::kEnding:
        if (auto done = task.resume(); !done) return std::unexpected(done.error());
        continue;
      case Stop::Kind::kEnded:
        return Loaded<Image>(std::unexpect, static_cast<int>(stop->message));
      case Stop::Kind::kSignal: {
        auto now = task.registers();
        if (!now) return std::unexpected(now.error());
        // Where a held program executes this one, the processor refuses it already.
        if (stop->signal == SIGSEGV && read_time_stamp(task, *now, 1)) {
          if (auto set = task.set_registers(*now); !set) return std::unexpected(set.error());
          if (auto done = task.resume(); !done) return std::unexpected(done.error());
          continue;
        }
        if (stop->signal != SIGTRAP || now->rip != image.entry + 1) {
          // It is its own fault.
          if (auto done = task.resume(stop->signal); !done) return std::unexpected(done.error());
          continue;
        }
        if (!task.poke(image.entry, *code)) return failure("the trap can't be removed");
        now->rip = image.entry;
        now->orig_rax = ~0ULL;
        if (auto set = task.set_registers(*now); !set) return std::unexpected(set.error());
        note_imports(task, *vector, image);
        // A program that is linked statically has no loader, and has made no call yet.
        if (image.call_instruction == 0) image.call_instruction = find_call(task, image);
        if (image.call_instruction == 0) return failure("the program has no system call");
        auto refused =
            inject_call(task, image.call_instruction, SYS_prctl, {PR_SET_TSC, PR_TSC_SIGSEGV});
        if (!refused) return std::unexpected(refused.error());
        return image;
      }
      case Stop::Kind::kInterrupted:
        return failure("it does not come to its own beginning");
      default:
        return surprise("load the program", *stop);
    }
  }
}

Expected<std::int64_t> inject_call(const Tracee& task, std::uint64_t call_instruction, long number,
                                   std::vector<std::uint64_t> arguments) {
  auto before = task.registers();
  if (!before) return std::unexpected(before.error());
  arguments.resize(6);
  Registers call = *before;
  set_call(call, number, arguments);
  call.rax = std::exchange(call.orig_rax, ~0ULL);  // it is still to be made
  call.rip = call_instruction;
  if (auto set = task.set_registers(call); !set) return std::unexpected(set.error());
  if (auto done = task.resume_to_call_exit(); !done) return std::unexpected(done.error());
  for (int exits = 0;;) {
    auto stop = task.wait();
    if (!stop) return std::unexpected(stop.error());
    if (stop->kind == Stop::Kind::kCallExit && ++exits == 2) break;  // entry, exit
    if (stop->kind != Stop::Kind::kCallExit && stop->kind != Stop::Kind::kCall &&
        stop->kind != Stop::Kind::kNewTask) {
      return surprise("make a call in a task's place", *stop);
    }
    if (auto done = task.resume_to_call_exit(); !done) return std::unexpected(done.error());
  }
  auto after = task.registers();
  if (!after) return std::unexpected(after.error());
  if (auto set = task.set_registers(*before); !set) return std::unexpected(set.error());
  return static_cast<std::int64_t>(after->rax);
}

Expected<Cloned> make_clone(const Tracee& task, const Registers& call) {
  constexpr auto kNap = std::chrono::milliseconds(1);
  constexpr auto kMost = std::chrono::seconds(20);
  const auto begin = std::chrono::steady_clock::now();
  for (;;) {
    if (auto set = task.set_registers(call); !set) return std::unexpected(set.error());
    if (auto done = task.resume(); !done) return std::unexpected(done.error());
    pid_t made = 0;
    for (;;) {
      auto stop = task.wait();
      if (!stop) return std::unexpected(stop.error());
      if (stop->kind == Stop::Kind::kCallExit) break;
      if (stop->kind == Stop::Kind::kNewTask) {
        made = static_cast<pid_t>(stop->message);
      } else if (stop->kind != Stop::Kind::kCall) {
        return surprise("clone", *stop);
      }
      if (auto done = task.resume_to_call_exit(); !done) return std::unexpected(done.error());
    }
    auto after = task.registers();
    if (!after) return std::unexpected(after.error());
    const auto result = static_cast<std::int64_t>(after->rax);
    if (result != -EAGAIN) return Cloned{made, result};
    if (std::chrono::steady_clock::now() - begin > kMost) {
      return std::unexpected(sandbox::Error{"clone", EAGAIN});
    }
    std::this_thread::sleep_for(kNap);
  }
}

Expected<Loaded<Zygote>> Zygote::make(sandbox::Box& box, sandbox::Command command,
                                      const sandbox::Hold& hold, int core) {
  auto held = box.start_held(std::move(command), hold);
  if (!held) return std::unexpected(held.error());
  const Tracee task(held->pid);
  if (auto done = task.seize(); !done) return std::unexpected(done.error());
  const auto bring = [&]() -> Expected<Loaded<Zygote>> {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(static_cast<std::size_t>(core), &cores);
    if (const auto viewing = box.as_viewer();
        ::sched_setaffinity(held->pid, sizeof cores, &cores) != 0) {
      return sandbox::from_errno("sched_setaffinity");
    }
    box.release(*held);
    return load(task, box.moved_to());
  };
  // The box can't go while it stands still.
  try {
    auto zygote = bring();
    if (!zygote) task.destroy();
    return zygote;
  } catch (...) {
    task.destroy();
    throw;
  }
}

Expected<Loaded<Zygote>> Zygote::load(const Tracee& task, std::string_view root) {
  for (;;) {
    auto stop = task.wait();
    if (!stop) return std::unexpected(stop.error());
    if (stop->kind == Stop::Kind::kExecuted) break;
    if (stop->kind == Stop::Kind::kEnded) {
      return Loaded<Zygote>(std::unexpect, static_cast<int>(stop->message));
    }
    if (stop->kind == Stop::Kind::kInterrupted) return failure("the program does not start");
    if (auto done = task.resume(); !done) return std::unexpected(done.error());
  }
  auto image = run_loader(task, root);
  if (!image) return std::unexpected(image.error());
  if (!*image) return Loaded<Zygote>(std::unexpect, image->error());
  auto registers = task.registers();
  if (!registers) return std::unexpected(registers.error());
  return Zygote(task, std::move(**image), *registers);
}

Expected<Tracee> Zygote::fork() const {
  Registers call = registers_;
  call.rax = SYS_clone;
  call.orig_rax = ~0ULL;
  // Its number is where the C library keeps it; and where none was told, nowhere.
  const std::uint64_t number_flags =
      image_.thread_id_address != 0 ? CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID : 0;
  call.rdi = CLONE_PARENT | number_flags | SIGCHLD;
  call.rsi = call.rdx = call.r8 = call.r9 = 0;
  call.r10 = image_.thread_id_address;
  call.rip = image_.call_instruction;
  auto made = make_clone(tracee_, call);
  if (!made) return std::unexpected(made.error().within("fork a held program"));
  if (made->task == 0) {
    return std::unexpected(sandbox::Error{"fork a held program", static_cast<int>(-made->result)});
  }
  const Tracee child(made->task);
  auto first = child.wait();
  if (!first) return std::unexpected(first.error());
  if (first->kind != Stop::Kind::kAttached) return surprise("a forked program", *first);
  if (auto set = child.set_registers(registers_); !set) return std::unexpected(set.error());
  return child;
}

}  // namespace ipcgrade
