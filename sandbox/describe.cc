#include "sandbox/describe.h"

#include <fmt/format.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

namespace sandbox {
namespace {

struct Named {
  std::uint64_t value;
  std::string_view name;
};
constexpr std::array kDomains{
    Named{AF_UNIX, "AF_UNIX"},       Named{AF_INET, "AF_INET"},     Named{AF_INET6, "AF_INET6"},
    Named{AF_NETLINK, "AF_NETLINK"}, Named{AF_PACKET, "AF_PACKET"}, Named{AF_VSOCK, "AF_VSOCK"},
    Named{AF_ALG, "AF_ALG"},
};
constexpr std::array kSocketTypes{
    Named{SOCK_STREAM, "SOCK_STREAM"},
    Named{SOCK_DGRAM, "SOCK_DGRAM"},
    Named{SOCK_RAW, "SOCK_RAW"},
    Named{SOCK_SEQPACKET, "SOCK_SEQPACKET"},
};
constexpr std::array kSocketFlags{
    Named{SOCK_NONBLOCK, "SOCK_NONBLOCK"},
    Named{SOCK_CLOEXEC, "SOCK_CLOEXEC"},
};
constexpr std::array kNamespaceFlags{
    Named{CLONE_NEWNS, "CLONE_NEWNS"},     Named{CLONE_NEWCGROUP, "CLONE_NEWCGROUP"},
    Named{CLONE_NEWUTS, "CLONE_NEWUTS"},   Named{CLONE_NEWIPC, "CLONE_NEWIPC"},
    Named{CLONE_NEWUSER, "CLONE_NEWUSER"}, Named{CLONE_NEWPID, "CLONE_NEWPID"},
    Named{CLONE_NEWNET, "CLONE_NEWNET"},
};
constexpr std::array kPtraceRequests{
    Named{PTRACE_TRACEME, "PTRACE_TRACEME"},   Named{PTRACE_ATTACH, "PTRACE_ATTACH"},
    Named{PTRACE_SEIZE, "PTRACE_SEIZE"},       Named{PTRACE_PEEKTEXT, "PTRACE_PEEKTEXT"},
    Named{PTRACE_PEEKDATA, "PTRACE_PEEKDATA"}, Named{PTRACE_POKEDATA, "PTRACE_POKEDATA"},
    Named{PTRACE_CONT, "PTRACE_CONT"},
};

/// How a call's arguments are shown, a letter each: d int, x hexadecimal, s string, g signal,
/// D socket domain, T socket type, N namespace flags, P ptrace request.
struct CallForm {
  std::string_view name;
  std::string_view arguments;
};
constexpr std::array kForms{
    CallForm{"socket", "DTd"},
    CallForm{"socketpair", "DTdx"},
    CallForm{"kill", "dg"},
    CallForm{"tkill", "dg"},
    CallForm{"tgkill", "ddg"},
    CallForm{"rt_sigqueueinfo", "dgx"},
    CallForm{"pidfd_open", "dd"},
    CallForm{"pidfd_send_signal", "dgxd"},
    CallForm{"signalfd", "dxd"},
    CallForm{"signalfd4", "dxdx"},
    CallForm{"shmget", "ddx"},
    CallForm{"shmat", "dxx"},
    CallForm{"shmctl", "ddx"},
    CallForm{"shmdt", "x"},
    CallForm{"semget", "ddx"},
    CallForm{"semop", "dxd"},
    CallForm{"semtimedop", "dxdx"},
    CallForm{"semctl", "ddd"},
    CallForm{"msgget", "dx"},
    CallForm{"msgsnd", "dxdx"},
    CallForm{"msgrcv", "dxddx"},
    CallForm{"msgctl", "ddx"},
    CallForm{"mq_open", "sx"},
    CallForm{"mq_unlink", "s"},
    CallForm{"execve", "s"},
    CallForm{"execveat", "ds"},
    CallForm{"alarm", "d"},
    CallForm{"setitimer", "dx"},
    CallForm{"timer_create", "dx"},
    CallForm{"timerfd_create", "dx"},
    CallForm{"process_vm_readv", "dxdxdd"},
    CallForm{"process_vm_writev", "dxdxdd"},
    CallForm{"ptrace", "Pdxx"},
    CallForm{"clone", "N"},
    CallForm{"unshare", "N"},
    CallForm{"setns", "dN"},
    CallForm{"mount", "sssxx"},
    CallForm{"umount2", "sx"},
    CallForm{"chroot", "s"},
    CallForm{"sethostname", "sd"},
    CallForm{"swapon", "sx"},
    CallForm{"pivot_root", "ss"},
    CallForm{"prctl", "dxx"},
    CallForm{"personality", "x"},
    CallForm{"reboot", "xxx"},
    CallForm{"seccomp", "dxx"},
    CallForm{"bpf", "dxd"},
    CallForm{"keyctl", "dx"},
    CallForm{"userfaultfd", "x"},
    CallForm{"perf_event_open", "xdddx"},
    CallForm{"clock_settime", "dx"},
    CallForm{"settimeofday", "xx"},
};

template <std::size_t N>
std::string one_of(const std::array<Named, N>& names, std::uint64_t value) {
  const auto* found = std::ranges::find(names, value, &Named::value);
  return found != names.end() ? std::string(found->name) : fmt::format("{}", value);
}

template <std::size_t N>
std::string flags_of(const std::array<Named, N>& names, std::uint64_t value) {
  std::string text;
  for (const Named& flag : names) {
    if ((value & flag.value) == 0) continue;
    text += (text.empty() ? "" : "|") + std::string(flag.name);
    value &= ~flag.value;
  }
  if (value != 0 || text.empty()) text += fmt::format("{}{:#x}", text.empty() ? "" : "|", value);
  return text;
}

std::string socket_type(std::uint64_t value) {
  const std::uint64_t flags = value & (SOCK_NONBLOCK | SOCK_CLOEXEC);
  const std::string type = one_of(kSocketTypes, value & ~flags);
  return flags == 0 ? type : type + "|" + flags_of(kSocketFlags, flags);
}

std::string string_at(std::uint64_t address, pid_t thread) {
  constexpr std::size_t kShown = 64;
  std::string bytes;
  // A byte at a time: the string may end just before a page that is not there.
  while (bytes.size() <= kShown) {
    char byte = 0;
    const iovec here{&byte, 1};
    const iovec there{reinterpret_cast<void*>(address + bytes.size()), 1};
    if (::process_vm_readv(thread, &here, 1, &there, 1, 0) != 1) {
      return bytes.empty() ? fmt::format("{:#x}", address) : quoted(bytes) + "...";
    }
    if (byte == 0) break;
    bytes += byte;
  }
  return quoted(bytes, kShown);
}

std::string argument_text(char form, std::uint64_t value, pid_t thread) {
  const auto number = static_cast<std::int32_t>(value);
  switch (form) {
    case 'd':
      return std::to_string(number);
    case 's':
      return string_at(value, thread);
    case 'g':
      return signal_text(number);
    case 'D':
      return one_of(kDomains, value & 0xffffffff);
    case 'T':
      return socket_type(value & 0xffffffff);
    case 'N':
      return flags_of(kNamespaceFlags, value & 0xffffffff & ~static_cast<std::uint64_t>(CSIGNAL));
    case 'P':
      return one_of(kPtraceRequests, value);
    default:
      return value == 0 ? "0" : fmt::format("{:#x}", value);
  }
}

}  // namespace

std::string signal_text(int signal) {
  if (signal == SIGRTMIN) return "SIGRTMIN";
  if (signal > SIGRTMIN && signal <= SIGRTMAX) return fmt::format("SIGRTMIN+{}", signal - SIGRTMIN);
  const char* name = ::sigabbrev_np(signal);
  return name != nullptr ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 4> kUnits{"KiB", "MiB", "GiB", "TiB"};
  if (bytes < 1024) return fmt::format("{} byte{}", bytes, bytes == 1 ? "" : "s");
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (value /= 1024; value >= 1024 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  return fmt::format("{:.4g} {}", value, kUnits[unit]);
}

std::string quoted(std::span<const std::byte> bytes, std::size_t most) {
  std::string text = "\"";
  for (std::size_t i = 0; i < std::min(bytes.size(), most); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    switch (byte) {
      case '\n':
        text += "\\n";
        break;
      case '\t':
        text += "\\t";
        break;
      case '\r':
        text += "\\r";
        break;
      case '"':
        text += "\\\"";
        break;
      case '\\':
        text += "\\\\";
        break;
      default:
        if (byte >= 0x20 && byte < 0x7f) {
          text += static_cast<char>(byte);
        } else {
          // Three digits always: a digit that follows belongs to nobody else.
          text += fmt::format("\\{:03o}", byte);
        }
    }
  }
  text += '"';
  if (bytes.size() > most) text += "...";
  return text;
}

std::string quoted(std::string_view text, std::size_t most) {
  return quoted(std::as_bytes(std::span(text)), most);
}

std::string limit_text(const LimitReached& limit) {
  const auto seconds = [](std::uint64_t milliseconds) {
    return fmt::format("{:.4g} s", static_cast<double>(milliseconds) / 1000);
  };
  switch (limit.kind) {
    case LimitKind::kWallTime:
      return "still running after " + seconds(limit.limit);
    case LimitKind::kCpuTime:
      return "used more than " + seconds(limit.limit) + " of CPU time";
    case LimitKind::kMemory:
      return "used more than " + size_text(limit.limit) + " of memory";
    case LimitKind::kProcesses:
      return fmt::format("had more than {} processes and threads at one time", limit.limit);
    case LimitKind::kFileSize:
      return "wrote a file of more than " + size_text(limit.limit);
    case LimitKind::kOutput:
      return "printed more than " + size_text(limit.limit);
  }
  return "?";
}

std::string call_text(int number, std::span<const std::uint64_t> arguments, pid_t thread) {
  const std::unique_ptr<char, decltype(&std::free)> resolved(
      seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number), &std::free);
  if (!resolved) return fmt::format("system call {}", number);
  const std::string name = resolved.get();
  const auto* form = std::ranges::find(kForms, name, &CallForm::name);
  if (form == kForms.end()) return name + "(...)";
  std::string text;
  for (std::size_t i = 0; i < form->arguments.size(); ++i) {
    text += (i == 0 ? "" : ", ") + argument_text(form->arguments[i], arguments[i], thread);
  }
  return name + "(" + text + ")";
}

}  // namespace sandbox
