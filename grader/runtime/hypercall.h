// What the runtime inside a held program says to the supervisor outside it. C, since the runtime is;
// both ends are the same build, so there are no versions.
//
// A hypercall is getppid(2) with a first argument that nobody passes by accident: every policy lets
// getppid through, the supervisor stops at it anyway (process numbers are virtual), and outside a
// held run it does no harm. The result is as a system call gives it: -errno for a failure.
//
//   rdi kIpcgradeMagic   rsi an IpcgradeHypercall   rdx, r10, r8, r9 its arguments
#ifndef IPCGRADE_RUNTIME_HYPERCALL_H_
#define IPCGRADE_RUNTIME_HYPERCALL_H_

#include <stdint.h>

#define IPCGRADE_MAGIC 0x6970636772616465ULL

enum IpcgradeHypercall {
  // address of an IpcgradeHello: once a program image, before its own constructors
  IPCGRADE_HELLO = 1,
  // What the C library does until the end is its own affair: accesses are of AccessOrder::kLibrary.
  // (address, size) of the synchronisation object that it is done to; 0, 0 where there is none.
  IPCGRADE_LIBRARY_BEGIN,
  IPCGRADE_LIBRARY_END,
  // (address, size): an object of the C library lies here from now on / no longer
  IPCGRADE_OBJECT_MADE,
  IPCGRADE_OBJECT_GONE,

  // sem_t *: state in the object's memory, as glibc 2.36 lays it out for x86-64
  IPCGRADE_SEM_WAIT = 16,  // (sem, const struct timespec *until or NULL, clockid)
  IPCGRADE_SEM_TRYWAIT,    // (sem)
  IPCGRADE_SEM_POST,       // (sem)
  IPCGRADE_SEM_GETVALUE,   // (sem) -> the value

  // pthread_mutex_t *
  IPCGRADE_MUTEX_LOCK = 32,   // (mutex, until or NULL, clockid)
  IPCGRADE_MUTEX_TRYLOCK,     // (mutex)
  IPCGRADE_MUTEX_UNLOCK,      // (mutex)
  IPCGRADE_MUTEX_CONSISTENT,  // (mutex)

  // pthread_cond_t *
  IPCGRADE_COND_WAIT = 48,  // (cond, mutex, until or NULL, clockid or -1: the condition's own)
  IPCGRADE_COND_SIGNAL,     // (cond)
  IPCGRADE_COND_BROADCAST,  // (cond)

  // pthread_rwlock_t *
  IPCGRADE_RWLOCK_RDLOCK = 64,  // (rwlock, until or NULL, clockid)
  IPCGRADE_RWLOCK_TRYRDLOCK,    // (rwlock)
  IPCGRADE_RWLOCK_WRLOCK,       // (rwlock, until or NULL, clockid)
  IPCGRADE_RWLOCK_TRYWRLOCK,    // (rwlock)
  IPCGRADE_RWLOCK_UNLOCK,       // (rwlock)

  // pthread_barrier_t *
  IPCGRADE_BARRIER_INIT = 80,  // (barrier, count)
  IPCGRADE_BARRIER_WAIT,       // (barrier) -> PTHREAD_BARRIER_SERIAL_THREAD for one, 0 for the rest
  IPCGRADE_BARRIER_DESTROY,    // (barrier)

  // pthread_spinlock_t *
  IPCGRADE_SPIN_LOCK = 96,  // (lock)
  IPCGRADE_SPIN_TRYLOCK,    // (lock)
  IPCGRADE_SPIN_UNLOCK,     // (lock)

  // The access log of the calling thread is full: take it.
  IPCGRADE_LOG_FULL = 112,
};

// One access to memory of a process that has several threads, as the instrumented code announces it.
struct IpcgradeLogEntry {
  uint64_t address;
  uint64_t instruction;  // a return address: just behind the call that announced it
  uint32_t size;
  uint8_t writes;
  uint8_t order;  // 0 plain, 1 volatile, else 2 + the C11 memory order
  uint8_t pad[2];
};

// Per thread, in thread-local storage of the initial-exec model: at a fixed distance from fs.
struct IpcgradeThread {
  // The last access announced by __tsan_volatile_*: what faults at this address next is volatile.
  uint64_t volatile_address;
  uint32_t volatile_size;
  uint32_t log_count;
  struct IpcgradeLogEntry log[512];
};

// Filled by the runtime's constructor; read by the supervisor.
struct IpcgradeHello {
  uint64_t thread_offset;  // of the thread's IpcgradeThread from its fs base (two's complement)
  // Code whose memory accesses are atomic ones of the program: at each, r10d is the C11 memory order
  // (0 relaxed, 1 consume, 2 acquire, 3 release, 4 acq_rel, 5 seq_cst).
  uint64_t atomics_begin, atomics_end;
  // The other code of the runtime (its string functions access on behalf of their caller).
  uint64_t text_begin, text_end;
  // Written by the supervisor: nonzero once the process has several threads, and accesses to its
  // private memory are to be logged.
  uint64_t log_switch;  // address of a uint32_t
  uint32_t instrumented;  // the program itself was built with calls of __tsan_*
  uint32_t pad;
};

#endif  // IPCGRADE_RUNTIME_HYPERCALL_H_
