#include "supervise/tracee.h"

#include <elf.h>
#include <errno.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <string>
#include <system_error>

#include "sandbox/files.h"

namespace ipcgrade {
namespace {

using sandbox::Expected;
using sandbox::from_errno;

constexpr long kOptions = PTRACE_O_EXITKILL | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK |
                          PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
                          PTRACE_O_TRACEEXIT | PTRACE_O_TRACESYSGOOD;

Expected<void> request(__ptrace_request what, pid_t pid, std::uint64_t address, std::uint64_t data,
                       const char* name) {
  if (::ptrace(what, pid, address, data) < 0) return from_errno(name);
  return {};
}

/// A tracer is a thread.
thread_local std::chrono::nanoseconds ended_cpu_time{};

std::uint64_t pointer(const void* to) { return reinterpret_cast<std::uint64_t>(to); }

Expected<Stop> stop_of(pid_t pid, int status) {
  if (WIFEXITED(status) || WIFSIGNALED(status)) {
    return Stop{Stop::Kind::kEnded, 0, static_cast<std::uint64_t>(status)};
  }
  assert(WIFSTOPPED(status));
  const int signal = WSTOPSIG(status);
  const int event = status >> 16;
  unsigned long message = 0;
  if (event != 0 && event != PTRACE_EVENT_STOP &&
      ::ptrace(PTRACE_GETEVENTMSG, pid, nullptr, &message) < 0) {
    return from_errno("PTRACE_GETEVENTMSG");
  }
  switch (event) {
    case PTRACE_EVENT_SECCOMP:
      return Stop{Stop::Kind::kCall, 0, message};
    case PTRACE_EVENT_FORK:
    case PTRACE_EVENT_VFORK:
    case PTRACE_EVENT_CLONE:
      return Stop{Stop::Kind::kNewTask, 0, message};
    case PTRACE_EVENT_EXEC:
      return Stop{Stop::Kind::kExecuted, 0, message};
    case PTRACE_EVENT_EXIT:
      return Stop{Stop::Kind::kEnding, 0, message};
    case PTRACE_EVENT_STOP:
      return Stop{Stop::Kind::kAttached, signal, 0};
    default:
      break;
  }
  if (signal == (SIGTRAP | 0x80)) return Stop{Stop::Kind::kCallExit, 0, 0};
  return Stop{Stop::Kind::kSignal, signal, 0};
}

}  // namespace

void restore_arguments(Registers& registers, const Registers& before) {
  registers.rdi = before.rdi;
  registers.rsi = before.rsi;
  registers.rdx = before.rdx;
  registers.r10 = before.r10;
  registers.r8 = before.r8;
  registers.r9 = before.r9;
}

std::array<std::uint64_t, 6> arguments_of(const Registers& registers) {
  return {registers.rdi, registers.rsi, registers.rdx, registers.r10, registers.r8, registers.r9};
}

void set_call(Registers& registers, long number, std::span<const std::uint64_t> arguments) {
  assert(arguments.size() == 6);
  registers.orig_rax = static_cast<std::uint64_t>(number);
  registers.rdi = arguments[0];
  registers.rsi = arguments[1];
  registers.rdx = arguments[2];
  registers.r10 = arguments[3];
  registers.r8 = arguments[4];
  registers.r9 = arguments[5];
}

Expected<void> Tracee::seize() const {
  return request(PTRACE_SEIZE, pid_, 0, kOptions, "PTRACE_SEIZE");
}

std::chrono::nanoseconds cpu_time_of(pid_t process) {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(process, &clock) != 0 || ::clock_gettime(clock, &time) != 0) return {};
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

std::chrono::nanoseconds Tracee::cpu_time_of_ended() { return ended_cpu_time; }

Expected<Stop> Tracee::wait(std::chrono::milliseconds most) const {
  const auto begin = std::chrono::steady_clock::now();
  for (;;) {
    int status = 0;
    if (::waitpid(pid_, &status, __WALL) == pid_) {
      auto stop = stop_of(pid_, status);
      if (stop && stop->kind == Stop::Kind::kEnding) ended_cpu_time += cpu_time_of(pid_);
      return stop;
    }
    if (errno != EINTR) return from_errno("waitpid");
    if (std::chrono::steady_clock::now() - begin > most) {
      return Stop{Stop::Kind::kInterrupted, 0, 0};
    }
  }
}

Expected<void> Tracee::resume(int signal) const {
  return request(PTRACE_CONT, pid_, 0, static_cast<std::uint64_t>(signal), "PTRACE_CONT");
}
Expected<void> Tracee::resume_to_call_exit() const {
  return request(PTRACE_SYSCALL, pid_, 0, 0, "PTRACE_SYSCALL");
}
Expected<void> Tracee::step(int signal) const {
  return request(PTRACE_SINGLESTEP, pid_, 0, static_cast<std::uint64_t>(signal),
                 "PTRACE_SINGLESTEP");
}
Expected<void> Tracee::interrupt() const {
  return request(PTRACE_INTERRUPT, pid_, 0, 0, "PTRACE_INTERRUPT");
}

void Tracee::destroy() const {
  ::kill(pid_, SIGKILL);
  reap();
}

void Tracee::reap() const {
  const auto counted = ended_cpu_time;
  const auto until_now = cpu_time_of(pid_);
  // It stops once more before it goes (PTRACE_O_TRACEEXIT); who was killed may stand there already,
  // and is let go without a word.
  (void)resume();
  for (;;) {
    const auto stop = wait();
    if (!stop || stop->kind == Stop::Kind::kEnded) break;
    if (stop->kind != Stop::Kind::kInterrupted) (void)resume();
  }
  if (ended_cpu_time == counted) ended_cpu_time += until_now;
}

Expected<Registers> Tracee::registers() const {
  Registers registers{};
  if (auto done = request(PTRACE_GETREGS, pid_, 0, pointer(&registers), "PTRACE_GETREGS"); !done) {
    return std::unexpected(done.error());
  }
  return registers;
}
Expected<void> Tracee::set_registers(const Registers& registers) const {
  return request(PTRACE_SETREGS, pid_, 0, pointer(&registers), "PTRACE_SETREGS");
}

Expected<std::size_t> Tracee::vector_registers(std::span<std::byte> into) const {
  iovec area{into.data(), into.size()};
  if (auto done =
          request(PTRACE_GETREGSET, pid_, NT_X86_XSTATE, pointer(&area), "PTRACE_GETREGSET");
      !done) {
    return std::unexpected(done.error());
  }
  return area.iov_len;
}
Expected<void> Tracee::set_vector_registers(std::span<const std::byte> area) const {
  iovec parts{const_cast<std::byte*>(area.data()), area.size()};
  return request(PTRACE_SETREGSET, pid_, NT_X86_XSTATE, pointer(&parts), "PTRACE_SETREGSET");
}

Expected<siginfo_t> Tracee::signal_info() const {
  siginfo_t info{};
  if (auto done = request(PTRACE_GETSIGINFO, pid_, 0, pointer(&info), "PTRACE_GETSIGINFO"); !done) {
    return std::unexpected(done.error());
  }
  return info;
}
Expected<void> Tracee::set_signal_info(const siginfo_t& info) const {
  return request(PTRACE_SETSIGINFO, pid_, 0, pointer(&info), "PTRACE_SETSIGINFO");
}
Expected<void> Tracee::set_signal_mask(std::uint64_t mask) const {
  return request(static_cast<__ptrace_request>(PTRACE_SETSIGMASK), pid_, sizeof mask,
                 pointer(&mask), "PTRACE_SETSIGMASK");
}
Expected<void> Tracee::send(pid_t group, int signal) const {
  if (::syscall(SYS_tgkill, group, pid_, signal) < 0) return from_errno("tgkill");
  return {};
}

bool Tracee::read(std::uint64_t address, std::span<std::byte> into) const {
  if (into.empty()) return true;
  const iovec local{into.data(), into.size()};
  const iovec remote{reinterpret_cast<void*>(address), into.size()};
  const ssize_t got = ::process_vm_readv(pid_, &local, 1, &remote, 1, 0);
  // No answer about the program's memory: it would be accused of what it did not do.
  if (got < 0 && sandbox::is_of_the_machine(errno)) {
    throw std::system_error(errno, std::generic_category(), "read a program's memory");
  }
  return got == static_cast<ssize_t>(into.size());
}
bool Tracee::write(std::uint64_t address, std::span<const std::byte> bytes) const {
  if (bytes.empty()) return true;
  const iovec local{const_cast<std::byte*>(bytes.data()), bytes.size()};
  const iovec remote{reinterpret_cast<void*>(address), bytes.size()};
  return ::process_vm_writev(pid_, &local, 1, &remote, 1, 0) == static_cast<ssize_t>(bytes.size());
}
std::string Tracee::read_text(std::uint64_t address, std::size_t most) const {
  constexpr std::uint64_t kPage = 4096;
  std::string text;
  while (text.size() < most) {
    // Not beyond the page: there may be nothing.
    std::array<char, kPage> bytes;
    const std::uint64_t at = address + text.size();
    const std::span<char> part(bytes.data(), kPage - at % kPage);
    if (!read(at, std::as_writable_bytes(part))) return {};
    const auto end = std::ranges::find(part, '\0');
    text.append(part.begin(), end);
    if (end != part.end()) return text;
  }
  return {};
}
bool Tracee::poke(std::uint64_t address, std::uint64_t word) const {
  return ::ptrace(PTRACE_POKEDATA, pid_, address, word) == 0;
}
std::optional<std::uint64_t> Tracee::peek(std::uint64_t address) const {
  errno = 0;
  const long word = ::ptrace(PTRACE_PEEKDATA, pid_, address, nullptr);
  if (errno != 0) return std::nullopt;
  return static_cast<std::uint64_t>(word);
}

namespace {
void ignore(int) {}
}  // namespace

WaitTimer::WaitTimer() {
  struct sigaction action {};
  action.sa_handler = ignore;  // without SA_RESTART: it is there to interrupt
  ::sigaction(SIGURG, &action, nullptr);
  sigevent event{};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = SIGURG;
  event._sigev_un._tid = static_cast<pid_t>(::syscall(SYS_gettid));
  timer_t timer{};
  // Without it, who computes for ever would be waited for as long.
  if (::timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) {
    throw std::system_error(errno, std::generic_category(), "make a timer");
  }
  constexpr long kPeriod = 10'000'000;
  const itimerspec period{{0, kPeriod}, {0, kPeriod}};
  timer_ = timer;
  if (::timer_settime(timer, 0, &period, nullptr) != 0) {
    const int error = errno;
    ::timer_delete(timer);
    throw std::system_error(error, std::generic_category(), "set a timer");
  }
}

WaitTimer::~WaitTimer() {
  if (timer_ != nullptr) ::timer_delete(static_cast<timer_t>(timer_));
}

}  // namespace ipcgrade
