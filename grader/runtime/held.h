// What the files of the runtime share. Nothing of it is seen outside the library.
#ifndef IPCGRADE_RUNTIME_HELD_H_
#define IPCGRADE_RUNTIME_HELD_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hypercall.h"

// Everything is hidden but what interposes or is called by instrumented code. (-fvisibility=hidden
// does not reach declarations, and what might be elsewhere is reached by a detour.)
#define IPCGRADE_EXPORT __attribute__((visibility("default")))

#define IPCGRADE_CALLER ((uint64_t)__builtin_return_address(0))
// Within the call itself: of functions that make the access. (Behind it may be another line.)
#define IPCGRADE_CALL (IPCGRADE_CALLER - 1)

static inline int64_t ipcgrade_hypercall(enum IpcgradeHypercall what, uint64_t first,
                                         uint64_t second, uint64_t third, uint64_t fourth) {
  enum { kGetppid = 110 };
  register uint64_t r10 __asm__("r10") = second;
  register uint64_t r8 __asm__("r8") = third;
  register uint64_t r9 __asm__("r9") = fourth;
  int64_t result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "0"((int64_t)kGetppid), "D"(IPCGRADE_MAGIC), "S"((uint64_t)what), "d"(first),
                     "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

// Index of the first such byte, or `size`. One access of a range, where that is shared memory.
static inline size_t ipcgrade_find(const void* from, int byte, size_t size) {
  if (size == 0) return 0;
  size_t left = size;
  bool found;
  __asm__ volatile("repne scasb" : "+D"(from), "+c"(left), "=@ccz"(found) : "a"(byte) : "memory");
  return size - left - found;
}

// Whether a supervisor answers. Known from ipcgrade_start() on, which the constructor calls; other
// libraries' constructors may come earlier, so what needs to know asks ipcgrade_is_held().
#pragma GCC visibility push(hidden)
extern bool ipcgrade_started, ipcgrade_held;
// The program's own code.
extern uint64_t ipcgrade_program_begin, ipcgrade_program_end;
void ipcgrade_start(void);
static inline bool ipcgrade_is_held(void) {
  if (__builtin_expect(!ipcgrade_started, 0)) ipcgrade_start();
  return ipcgrade_held;
}

// Finds libc's own functions; in sync.c.
void ipcgrade_find_libc(bool held);

extern _Thread_local struct IpcgradeThread ipcgrade_thread;
extern volatile uint32_t ipcgrade_log_switch;
extern struct IpcgradeLog ipcgrade_log;
extern struct IpcgradeWatch ipcgrade_watch;
extern struct IpcgradePrints ipcgrade_prints;

// IpcgradeLogEntry::order
enum { kIpcgradePlain = 0, kIpcgradeVolatile = 1, kIpcgradeAtomic = 2 };

// To be called while ipcgrade_log_switch is not 0. A plain or volatile access, before it is made:
void ipcgrade_announce(uint64_t address, uint64_t size, unsigned access, unsigned order,
                       uint64_t instruction);
// An atomic one, before, and after. `order` is C11's.
void ipcgrade_before_atomic(uint64_t address, uint64_t size, unsigned access, unsigned order,
                            uint64_t instruction);
void ipcgrade_after_atomic(uint64_t address, uint64_t size, unsigned access, unsigned order,
                           uint64_t instruction);
#pragma GCC visibility pop

#endif  // IPCGRADE_RUNTIME_HELD_H_
