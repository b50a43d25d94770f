// What the runtime inside a held program says to the supervisor outside it. C, since the runtime
// is; both ends are the same build, so there are no versions.
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
// What a held program's HELLO is answered with; the kernel's own answer, a process number, is never
// as large (PID_MAX_LIMIT is 1 << 22).
#define IPCGRADE_HELD 0x69706367

enum IpcgradeHypercall {
  // address of an IpcgradeHello: once a program image, before its own constructors
  IPCGRADE_HELLO = 1,
  // What the C library does until the end is its own affair: accesses are of AccessOrder::kLibrary.
  // (address, size) of the synchronisation object that it is done to; 0, 0 where there is none.
  IPCGRADE_LIBRARY_BEGIN,
  IPCGRADE_LIBRARY_END,
  // (address, size): an object of the C library lies here from now on / no longer. With a third
  // argument, a string: it is the semaphore of that name, whose file had another one when it was
  // mapped.
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
  IPCGRADE_COND_CANCELLED,  // (cond, mutex): the thread's wait is over, since it is cancelled

  // pthread_rwlock_t *
  IPCGRADE_RWLOCK_RDLOCK = 64,  // (rwlock, until or NULL, clockid)
  IPCGRADE_RWLOCK_TRYRDLOCK,    // (rwlock)
  IPCGRADE_RWLOCK_WRLOCK,       // (rwlock, until or NULL, clockid)
  IPCGRADE_RWLOCK_TRYWRLOCK,    // (rwlock)
  IPCGRADE_RWLOCK_UNLOCK,       // (rwlock)

  // pthread_barrier_t *
  IPCGRADE_BARRIER_INIT = 80,  // (barrier, count)
  IPCGRADE_BARRIER_WAIT,       // (barrier) -> IPCGRADE_BARRIER_SERIAL for one, 0 for the rest
  IPCGRADE_BARRIER_DESTROY,    // (barrier)

  // pthread_spinlock_t *
  IPCGRADE_SPIN_LOCK = 96,  // (lock)
  IPCGRADE_SPIN_TRYLOCK,    // (lock)
  IPCGRADE_SPIN_UNLOCK,     // (lock)

  // pthread_t: waits for the thread's end, before libc's own join, which then does not
  IPCGRADE_THREAD_JOIN = 104,  // (thread, until or NULL, clockid)
  IPCGRADE_THREAD_TRYJOIN,     // (thread)

  // The access log is full, or a thread has gone on for long without anything new to log: take it.
  IPCGRADE_LOG_FULL = 112,
  // (address, size | access << 32 | order << 40, instruction), in the words of IpcgradeLogEntry:
  // what the instrumented code is about to do, before it does; see IpcgradeHello::log_switch and
  // ::watch.
  IPCGRADE_ACCESS,
  // (order): atomic_thread_fence
  IPCGRADE_FENCE,

  // main is about to return, with what it had on its stack
  IPCGRADE_MAIN_RETURNS = 120,
};

// Of IPCGRADE_BARRIER_WAIT: it is PTHREAD_BARRIER_SERIAL_THREAD that the caller gets. That is -1,
// and looks like a failure.
#define IPCGRADE_BARRIER_SERIAL 1

// IpcgradeLogEntry::access
enum IpcgradeAccess {
  IPCGRADE_READS = 1,
  IPCGRADE_WRITES = 2,
  IPCGRADE_UPDATES = 3,  // an atomic read-modify-write; a compare-exchange that failed only reads
  // Fresh memory from the allocator: what was done to these bytes before is done with, and ordered
  // before this. (The allocator hands memory from thread to thread under locks that nobody sees.)
  IPCGRADE_ALLOCATES = 4,
};

// One access to memory of a process that has several threads, as the instrumented code announces
// it; or several of one instruction, with no atomic one between them, in a range that they fill.
struct IpcgradeLogEntry {
  uint64_t address;
  uint64_t instruction;  // just behind the call that announced it, or in that which makes it
  uint32_t size;
  uint8_t access;  // an IpcgradeAccess
  uint8_t order;   // 0 plain, 1 volatile, else 2 + the C11 memory order
  uint8_t pad[2];
};

// So many may be merged with others before the log is told of.
#define IPCGRADE_MOST_MERGED (1 << 16)

// One a process and not one a thread, since one thread runs at a time: the supervisor takes it at
// each stop of a process that it switched it on for, before it lets another thread go on, and so
// knows whose it is. (As thread-local storage it would not leave room on a stack of
// PTHREAD_STACK_MIN, which that storage is taken from.) What is announced is about to happen, but
// for an atomic access, which has happened: its outcome is known. Accesses to memory that the
// supervisor keeps closed are logged like the rest, though it has seen them.
struct IpcgradeLog {
  uint32_t count;       // set to 0 by the supervisor, like the next one
  uint32_t merged;      // how many were merged with others: LOG_FULL comes when there are very many
  uint32_t merge_from;  // the runtime's own: what is earlier is not to be merged with
  uint32_t pad;
  struct IpcgradeLogEntry entries[512];
};

#define IPCGRADE_MOST_WATCHED 32

// Written by the supervisor: plain accesses to these bytes are told by IPCGRADE_ACCESS before they
// are made, so that a thread can be stopped there. Heeded while log_switch is not 0.
struct IpcgradeWatch {
  uint32_t count;
  uint32_t pad;
  struct {
    uint64_t begin, end;
  } ranges[IPCGRADE_MOST_WATCHED];
};

// What a process has printed by functions of stdio: where, to which descriptor, and how many bytes
// its stream held then that were not written yet. Calls of one place behind each other count once;
// `count` goes on where the first are forgotten.
enum { IPCGRADE_PRINTS_KEPT = 16 };
struct IpcgradePrints {
  uint64_t count;
  struct {
    uint64_t instruction;  // the call
    int64_t descriptor;
    uint64_t held;
  } last[IPCGRADE_PRINTS_KEPT];  // one at its number modulo that
};

// Per thread, in thread-local storage of the initial-exec model: at a fixed distance from fs.
struct IpcgradeThread {
  // The last access announced by __tsan_volatile_*, and the place behind that call: what faults at
  // this address next, a few instructions on, is volatile.
  uint64_t volatile_address;
  uint64_t volatile_instruction;
  uint32_t volatile_size;
  uint32_t pad;
  // The last atomic load, likewise, until a plain access is announced: clang leaves the load itself
  // behind the call that was made for it.
  uint64_t loaded_address;
  uint64_t loaded_instruction;
};

// IpcgradeHello::log_switch
enum IpcgradeLogSwitch {
  IPCGRADE_LOG_ON = 1,
  IPCGRADE_STOP_AT_ATOMICS = 2,  // IPCGRADE_ACCESS before each atomic access
};

// Filled by the runtime's constructor; read by the supervisor.
struct IpcgradeHello {
  uint64_t thread_offset;  // of the thread's IpcgradeThread from its fs base (two's complement)
  uint64_t errno_offset;   // of the thread's errno, likewise
  // Code whose memory accesses are atomic ones of the program: at each, r10d is the C11 memory
  // order (0 relaxed, 1 consume, 2 acquire, 3 release, 4 acq_rel, 5 seq_cst); at a
  // compare-exchange, bits 8 and up are the order of one that fails.
  uint64_t atomics_begin, atomics_end;
  // All code of the runtime, the atomics within (its string functions access on behalf of their
  // caller).
  uint64_t text_begin, text_end;
  // Address of a uint32_t, IpcgradeLogSwitch bits. Written by the supervisor: nonzero once the
  // process has several threads, and accesses to its private memory are to be logged.
  uint64_t log_switch;
  uint64_t log;           // address of the IpcgradeLog
  uint64_t watch;         // address of the IpcgradeWatch
  uint64_t prints;        // address of the IpcgradePrints
  uint32_t instrumented;  // the program itself was built with calls of __tsan_*
  uint32_t pad;
};

#endif  // IPCGRADE_RUNTIME_HYPERCALL_H_
