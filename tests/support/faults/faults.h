// Faults of the machine, made by tests: what the preloaded library (faults.cc) shares with who sets
// one up (with_faults.h).
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace ipcgrade::test {

/// Functions of the C library that give -1 when they fail.
// clang-format off
#define IPCGRADE_FAULTY(X) \
  X(access) X(chdir) X(clone) X(dup2) X(epoll_create1) X(epoll_ctl) X(eventfd) X(eventfd_write) X(faccessat) \
  X(fchdir) X(fchmod) X(fchown) X(fchownat) X(fcntl) X(fcntl64) X(fdatasync) X(fork) X(fstat) X(fstat64) \
  X(fstatat) X(fsync) X(ftruncate) X(ftruncate64) X(ioctl) X(lseek) X(lseek64) X(memfd_create) X(mkdir) \
  X(mkdirat) X(mmap) X(mmap64) X(mount) X(munmap) X(open) X(open64) X(openat) X(personality) X(pipe2) X(poll) \
  X(prctl) X(pread) X(pread64) X(process_vm_readv) X(process_vm_writev) X(ptrace) X(pwrite64) X(read) \
  X(readlink) X(readlinkat) X(recvmsg) X(rename) X(rmdir) X(sched_getaffinity) X(sched_setaffinity) X(sendmsg) \
  X(setgroups) X(sethostname) X(setns) X(setresgid) X(setresuid) X(setrlimit) X(setsid) X(shmctl) X(shmget) \
  X(sigaction) X(signalfd) X(socket) X(socketpair) X(stat) X(stat64) X(symlink) X(symlinkat) X(syscall) \
  X(timer_create) X(timer_settime) X(umount2) X(unlink) X(unlinkat) X(utimensat) X(wait4) X(waitid) X(waitpid) \
  X(write)
/// Those that give NULL.
#define IPCGRADE_FAULTY_POINTERS(X) X(fdopendir) X(fopen) X(fopen64) X(readdir) X(readdir64)
/// Those that need a hand of their own.
#define IPCGRADE_FAULTY_OTHERS(X) X(malloc) X(calloc) X(realloc) X(pthread_create) X(clock_gettime)

enum class Faulty : std::uint32_t {
#define IPCGRADE_FAULTY_ENUM(name) name,
  IPCGRADE_FAULTY(IPCGRADE_FAULTY_ENUM) IPCGRADE_FAULTY_POINTERS(IPCGRADE_FAULTY_ENUM)
  IPCGRADE_FAULTY_OTHERS(IPCGRADE_FAULTY_ENUM) none
};
inline constexpr std::array kFaultyNames{
#define IPCGRADE_FAULTY_NAME(name) #name,
  IPCGRADE_FAULTY(IPCGRADE_FAULTY_NAME) IPCGRADE_FAULTY_POINTERS(IPCGRADE_FAULTY_NAME)
  IPCGRADE_FAULTY_OTHERS(IPCGRADE_FAULTY_NAME)
};
// clang-format on

/// In a file that all processes of the grader map, and that the test can read: calls are counted
/// over all of them. IPCGRADE_FAULTS is its path.
struct Faults {
  Faulty function = Faulty::none;
  std::uint64_t first = 1;  ///< the call that fails, from 1 on
  std::uint64_t last = 1;   ///< and those after it, up to this one
  int error_number = 0;
  int signal = 0;         ///< not 0: it does not fail, but who calls is ended by this signal
  std::int64_t jump = 0;  ///< in seconds: of the time of day, with the call `first` of the clock
  std::atomic<std::uint64_t> failed{0};  ///< how many calls did
  std::array<std::atomic<std::uint64_t>, kFaultyNames.size()> calls{};
  /// The processes that made folders: control groups are called by their numbers.
  std::array<std::atomic<int>, 256> makers{};
};

}  // namespace ipcgrade::test
