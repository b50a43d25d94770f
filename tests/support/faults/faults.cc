// Preloaded into the grader: a chosen call of the C library fails, as on a machine in trouble, or
// the time of day jumps. Programs in boxes have an environment of their own, and never see it.
//
// libfiu and `strace --inject` do the like, but the one can't choose a call by its number nor most
// of the functions, and the other holds by ptrace, as the grader does, whom it would hold.
#include "faults.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

using ipcgrade::test::Faults;
using ipcgrade::test::Faulty;

namespace {

Faults* faults = nullptr;  // until main() begins: nobody can help who can't be loaded

/// Whether this call is one that fails; errno is set, then.
bool is_to_fail(Faulty function) {
  if (faults == nullptr) return false;
  const std::uint64_t number = ++faults->calls[static_cast<std::size_t>(function)];
  if (function == Faulty::mkdir) faults->makers[number % faults->makers.size()] = ::getpid();
  if (function != faults->function || number < faults->first || number > faults->last) return false;
  ++faults->failed;
  if (faults->signal != 0) ::kill(::getpid(), faults->signal);
  errno = faults->error_number;
  return true;
}

using Function = long (*)(long, long, long, long, long, long, long);

Function real(const char* name) { return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name)); }

int (*real_main)(int, char**, char**) = nullptr;

int main_with_faults(int count, char** arguments, char** environment) {
  if (const char* path = ::getenv("IPCGRADE_FAULTS")) {
    const int file = ::open(path, O_RDWR | O_CLOEXEC);
    void* memory = ::mmap(nullptr, sizeof(Faults), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    ::close(file);
    if (memory == MAP_FAILED) return EXIT_FAILURE;
    ::unsetenv("LD_PRELOAD");
    faults = static_cast<Faults*>(memory);
  }
  return real_main(count, arguments, environment);
}

std::int64_t jump() {
  if (faults == nullptr || faults->function != Faulty::clock_gettime) return 0;
  const auto called = faults->calls[static_cast<std::size_t>(Faulty::clock_gettime)].load();
  return called >= faults->first ? faults->jump : 0;
}

}  // namespace

// All of their arguments are numbers or pointers, one a register, as System V's ABI for AMD64 has
// it: that there are fewer than seven, or that some are narrower, makes no difference.
#define IPCGRADE_FAULT(name, value)                                                      \
  extern "C" long fault_##name(long a, long b, long c, long d, long e, long f,           \
                               long g) __asm__(#name);                                   \
  extern "C" long fault_##name(long a, long b, long c, long d, long e, long f, long g) { \
    static const Function function = real(#name);                                        \
    return is_to_fail(Faulty::name) ? (value) : function(a, b, c, d, e, f, g);           \
  }
#define IPCGRADE_FAULT_NUMBER(name) IPCGRADE_FAULT(name, -1)
#define IPCGRADE_FAULT_POINTER(name) IPCGRADE_FAULT(name, 0)
IPCGRADE_FAULTY(IPCGRADE_FAULT_NUMBER)
IPCGRADE_FAULTY_POINTERS(IPCGRADE_FAULT_POINTER)

extern "C" {

// dlsym() may allocate, so these are asked for by the names that they have inside of the C library.
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* block, size_t size);

void* malloc(size_t size) { return is_to_fail(Faulty::malloc) ? nullptr : __libc_malloc(size); }
void* calloc(size_t count, size_t size) {
  return is_to_fail(Faulty::calloc) ? nullptr : __libc_calloc(count, size);
}
void* realloc(void* block, size_t size) {
  return is_to_fail(Faulty::realloc) ? nullptr : __libc_realloc(block, size);
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*),
                   void* argument) {
  static const auto function =
      reinterpret_cast<decltype(&::pthread_create)>(::dlsym(RTLD_NEXT, "pthread_create"));
  return is_to_fail(Faulty::pthread_create) ? errno : function(thread, attributes, start, argument);
}

int clock_gettime(clockid_t clock, timespec* time) {
  static const auto function =
      reinterpret_cast<decltype(&::clock_gettime)>(::dlsym(RTLD_NEXT, "clock_gettime"));
  if (faults != nullptr) ++faults->calls[static_cast<std::size_t>(Faulty::clock_gettime)];
  const int result = function(clock, time);
  if (clock == CLOCK_REALTIME) time->tv_sec += jump();
  return result;
}
time_t time(time_t* into) {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (into != nullptr) *into = now.tv_sec;
  return now.tv_sec;
}
int gettimeofday(timeval* __restrict into, void* __restrict) {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  into->tv_sec = now.tv_sec;
  into->tv_usec = now.tv_nsec / 1000;
  return 0;
}

int __libc_start_main(int (*main)(int, char**, char**), int count, char** arguments,
                      void (*begin)(), void (*end)(), void (*loader_end)(), void* stack) {
  using Start =
      int (*)(int (*)(int, char**, char**), int, char**, void (*)(), void (*)(), void (*)(), void*);
  real_main = main;
  const auto start = reinterpret_cast<Start>(::dlsym(RTLD_NEXT, "__libc_start_main"));
  return start(main_with_faults, count, arguments, begin, end, loader_end, stack);
}

}  // extern "C"
