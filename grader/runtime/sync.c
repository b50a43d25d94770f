// Library synchronisation, as the operations that they are and not as what libc does for them.
// Held, the supervisor decides when a wait is over, and keeps the object's memory as libc would, so
// that a program that looks into it, or a partner that is not preloaded, sees nothing strange. Not
// held, everything is libc's own.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <threads.h>
#include <time.h>

#include "held.h"

// libc's own functions -------------------------------------------------------------------------

// Needed held, too: they fill the object in, or know what nobody else does.
#define ALWAYS(F)           \
  F(sem_init)               \
  F(sem_destroy)            \
  F(sem_open)               \
  F(pthread_mutex_init)     \
  F(pthread_mutex_destroy)  \
  F(pthread_cond_init)      \
  F(pthread_rwlock_init)    \
  F(pthread_rwlock_destroy) \
  F(pthread_barrier_init)   \
  F(pthread_spin_init)      \
  F(pthread_spin_destroy)   \
  F(pthread_once)           \
  F(mtx_init)               \
  F(pthread_join)           \
  F(pthread_tryjoin_np)     \
  F(pthread_timedjoin_np)   \
  F(pthread_clockjoin_np)   \
  F(thrd_join)

#define UNLESS_HELD(F)          \
  F(sem_wait)                   \
  F(sem_timedwait)              \
  F(sem_clockwait)              \
  F(sem_trywait)                \
  F(sem_post)                   \
  F(sem_getvalue)               \
  F(pthread_mutex_lock)         \
  F(pthread_mutex_trylock)      \
  F(pthread_mutex_timedlock)    \
  F(pthread_mutex_clocklock)    \
  F(pthread_mutex_unlock)       \
  F(pthread_mutex_consistent)   \
  F(pthread_cond_destroy)       \
  F(pthread_cond_wait)          \
  F(pthread_cond_timedwait)     \
  F(pthread_cond_clockwait)     \
  F(pthread_cond_signal)        \
  F(pthread_cond_broadcast)     \
  F(pthread_rwlock_rdlock)      \
  F(pthread_rwlock_tryrdlock)   \
  F(pthread_rwlock_timedrdlock) \
  F(pthread_rwlock_clockrdlock) \
  F(pthread_rwlock_wrlock)      \
  F(pthread_rwlock_trywrlock)   \
  F(pthread_rwlock_timedwrlock) \
  F(pthread_rwlock_clockwrlock) \
  F(pthread_rwlock_unlock)      \
  F(pthread_barrier_wait)       \
  F(pthread_barrier_destroy)    \
  F(pthread_spin_lock)          \
  F(pthread_spin_trylock)       \
  F(pthread_spin_unlock)

#define DECLARE(name) __typeof__(name)* name;
static struct {
  ALWAYS(DECLARE)
  UNLESS_HELD(DECLARE)
} libc;

static void* find_in_libc(const char* name, bool is_condition) {
  // Conditions have two layouts, and dlsym is free to give the functions of the old one.
  void* found = is_condition ? dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2") : NULL;
  return found != NULL ? found : dlsym(RTLD_NEXT, name);
}

void ipcgrade_find_libc(bool held) {
#define FIND(name)                                 \
  libc.name = (__typeof__(libc.name))find_in_libc( \
      #name, __builtin_strncmp(#name, "pthread_cond_", 13) == 0);
  ALWAYS(FIND)
  if (held) return;
  UNLESS_HELD(FIND)
}

// Hypercalls ------------------------------------------------------------------------------------

static inline int64_t call(enum IpcgradeHypercall what, const volatile void* object,
                           uint64_t second, uint64_t third, uint64_t fourth) {
  const int64_t result = ipcgrade_hypercall(what, (uint64_t)object, second, third, fourth);
  // Nobody could read it: libc would have died of that.
  if (result == -EFAULT) (void)*(const volatile char*)object;
  return result;
}

static inline int64_t wait_until(enum IpcgradeHypercall what, const volatile void* object,
                                 const struct timespec* until, clockid_t clock) {
  return call(what, object, (uint64_t)until, (uint64_t)(int64_t)clock, 0);
}

// A cancellation point, pthreads(7): as in libc, a cancellation ends the thread at once while it
// waits there, and one that came before as it begins.
static inline int64_t call_cancellably(enum IpcgradeHypercall what, const volatile void* object,
                                       uint64_t second, uint64_t third, uint64_t fourth) {
  int before;
  pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &before);
  const int64_t result = call(what, object, second, third, fourth);
  pthread_setcanceltype(before, NULL);
  return result;
}

static inline int64_t wait_cancellably(enum IpcgradeHypercall what, const volatile void* object,
                                       const struct timespec* until, clockid_t clock) {
  return call_cancellably(what, object, (uint64_t)until, (uint64_t)(int64_t)clock, 0);
}

// As pthread_* give a result: an error number.
static inline int error_of(int64_t result) { return (int)(result < 0 ? -result : result); }

// As sem_* do.
static inline int set_errno(int64_t result) {
  if (result >= 0) return (int)result;
  errno = (int)-result;
  return -1;
}

static inline void library_begins(const volatile void* object, size_t size) {
  call(IPCGRADE_LIBRARY_BEGIN, object, size, 0, 0);
}

// `result` is the library's, 0 for success.
static inline int library_ends(const volatile void* object, size_t size, int result,
                               enum IpcgradeHypercall meaning) {
  const int kept = errno;
  call(IPCGRADE_LIBRARY_END, object, size, 0, 0);
  if (result == 0) call(meaning, object, size, 0, 0);
  errno = kept;
  return result;
}

// The library's own `call` on an object, which is made (or gone) if that succeeds.
#define LIBRARY(object, call, meaning) \
  (library_begins(object, sizeof *(object)), library_ends(object, sizeof *(object), call, meaning))

// Semaphores ------------------------------------------------------------------------------------

IPCGRADE_EXPORT int sem_init(sem_t* semaphore, int shared, unsigned value) {
  if (!ipcgrade_is_held()) return libc.sem_init(semaphore, shared, value);
  return LIBRARY(semaphore, libc.sem_init(semaphore, shared, value), IPCGRADE_OBJECT_MADE);
}

IPCGRADE_EXPORT int sem_destroy(sem_t* semaphore) {
  if (!ipcgrade_is_held()) return libc.sem_destroy(semaphore);
  return LIBRARY(semaphore, libc.sem_destroy(semaphore), IPCGRADE_OBJECT_GONE);
}

IPCGRADE_EXPORT sem_t* sem_open(const char* name, int flags, ...) {
  const bool held = ipcgrade_is_held();
  mode_t mode = 0;
  unsigned value = 0;
  if ((flags & O_CREAT) != 0) {
    va_list arguments;
    va_start(arguments, flags);
    mode = va_arg(arguments, mode_t);
    value = va_arg(arguments, unsigned);
    va_end(arguments);
  }
  sem_t* semaphore = libc.sem_open(name, flags, mode, value);
  if (held && semaphore != SEM_FAILED) {
    call(IPCGRADE_OBJECT_MADE, semaphore, sizeof(sem_t), (uint64_t)name, 0);
  }
  return semaphore;
}

IPCGRADE_EXPORT int sem_wait(sem_t* semaphore) {
  if (!ipcgrade_is_held()) return libc.sem_wait(semaphore);
  return set_errno(wait_cancellably(IPCGRADE_SEM_WAIT, semaphore, NULL, 0));
}

IPCGRADE_EXPORT int sem_timedwait(sem_t* restrict semaphore,
                                  const struct timespec* restrict until) {
  if (!ipcgrade_is_held()) return libc.sem_timedwait(semaphore, until);
  return set_errno(wait_cancellably(IPCGRADE_SEM_WAIT, semaphore, until, CLOCK_REALTIME));
}

// What follows is given a clock by its caller; libc refuses all but these two.
static inline bool is_clock(clockid_t clock) {
  return clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC;
}

IPCGRADE_EXPORT int sem_clockwait(sem_t* restrict semaphore, clockid_t clock,
                                  const struct timespec* restrict until) {
  if (!ipcgrade_is_held()) return libc.sem_clockwait(semaphore, clock, until);
  if (!is_clock(clock)) return set_errno(-EINVAL);
  return set_errno(wait_cancellably(IPCGRADE_SEM_WAIT, semaphore, until, clock));
}

IPCGRADE_EXPORT int sem_trywait(sem_t* semaphore) {
  if (!ipcgrade_is_held()) return libc.sem_trywait(semaphore);
  return set_errno(call(IPCGRADE_SEM_TRYWAIT, semaphore, 0, 0, 0));
}

IPCGRADE_EXPORT int sem_post(sem_t* semaphore) {
  if (!ipcgrade_is_held()) return libc.sem_post(semaphore);
  return set_errno(call(IPCGRADE_SEM_POST, semaphore, 0, 0, 0));
}

IPCGRADE_EXPORT int sem_getvalue(sem_t* restrict semaphore, int* restrict value) {
  if (!ipcgrade_is_held()) return libc.sem_getvalue(semaphore, value);
  const int64_t result = call(IPCGRADE_SEM_GETVALUE, semaphore, 0, 0, 0);
  if (result < 0) return set_errno(result);
  *value = (int)result;
  return 0;
}

// Mutexes ---------------------------------------------------------------------------------------

IPCGRADE_EXPORT int pthread_mutex_init(pthread_mutex_t* mutex,
                                       const pthread_mutexattr_t* attributes) {
  if (!ipcgrade_is_held()) return libc.pthread_mutex_init(mutex, attributes);
  return LIBRARY(mutex, libc.pthread_mutex_init(mutex, attributes), IPCGRADE_OBJECT_MADE);
}

IPCGRADE_EXPORT int pthread_mutex_destroy(pthread_mutex_t* mutex) {
  if (!ipcgrade_is_held()) return libc.pthread_mutex_destroy(mutex);
  return LIBRARY(mutex, libc.pthread_mutex_destroy(mutex), IPCGRADE_OBJECT_GONE);
}

IPCGRADE_EXPORT int pthread_mutex_lock(pthread_mutex_t* mutex) {
  if (!ipcgrade_is_held()) return libc.pthread_mutex_lock(mutex);
  return error_of(wait_until(IPCGRADE_MUTEX_LOCK, mutex, NULL, 0));
}

IPCGRADE_EXPORT int pthread_mutex_trylock(pthread_mutex_t* mutex) {
  if (!ipcgrade_is_held()) return libc.pthread_mutex_trylock(mutex);
  return error_of(call(IPCGRADE_MUTEX_TRYLOCK, mutex, 0, 0, 0));
}

IPCGRADE_EXPORT int pthread_mutex_timedlock(pthread_mutex_t* restrict mutex,
                                            const struct timespec* restrict until) {
  if (!ipcgrade_is_held()) return libc.pthread_mutex_timedlock(mutex, until);
  return error_of(wait_until(IPCGRADE_MUTEX_LOCK, mutex, until, CLOCK_REALTIME));
}

IPCGRADE_EXPORT int pthread_mutex_clocklock(pthread_mutex_t* restrict mutex, clockid_t clock,
                                            const struct timespec* restrict until) {
  if (!ipcgrade_is_held()) return libc.pthread_mutex_clocklock(mutex, clock, until);
  if (!is_clock(clock)) return EINVAL;
  return error_of(wait_until(IPCGRADE_MUTEX_LOCK, mutex, until, clock));
}

IPCGRADE_EXPORT int pthread_mutex_unlock(pthread_mutex_t* mutex) {
  if (!ipcgrade_is_held()) return libc.pthread_mutex_unlock(mutex);
  return error_of(call(IPCGRADE_MUTEX_UNLOCK, mutex, 0, 0, 0));
}

IPCGRADE_EXPORT int pthread_mutex_consistent(pthread_mutex_t* mutex) {
  if (!ipcgrade_is_held()) return libc.pthread_mutex_consistent(mutex);
  return error_of(call(IPCGRADE_MUTEX_CONSISTENT, mutex, 0, 0, 0));
}

// Conditions ------------------------------------------------------------------------------------

IPCGRADE_EXPORT int pthread_cond_init(pthread_cond_t* restrict condition,
                                      const pthread_condattr_t* restrict attributes) {
  if (!ipcgrade_is_held()) return libc.pthread_cond_init(condition, attributes);
  return LIBRARY(condition, libc.pthread_cond_init(condition, attributes), IPCGRADE_OBJECT_MADE);
}

// Not libc's: it waits until who was woken has left, which it can't know of those that it never
// saw.
IPCGRADE_EXPORT int pthread_cond_destroy(pthread_cond_t* condition) {
  if (!ipcgrade_is_held()) return libc.pthread_cond_destroy(condition);
  call(IPCGRADE_OBJECT_GONE, condition, sizeof *condition, 0, 0);
  return 0;
}

struct ConditionWait {
  pthread_cond_t* condition;
  pthread_mutex_t* mutex;
};

// What is pushed for cancellation runs with the mutex locked: pthread_cond_wait(3p).
static void leave_condition(void* wait) {
  const struct ConditionWait* one = wait;
  call(IPCGRADE_COND_CANCELLED, one->condition, (uint64_t)one->mutex, 0, 0);
}

static int wait_for_condition(pthread_cond_t* condition, pthread_mutex_t* mutex,
                              const struct timespec* until, int64_t clock) {
  struct ConditionWait wait = {condition, mutex};
  int64_t result;
  pthread_cleanup_push(leave_condition, &wait);
  result = call_cancellably(IPCGRADE_COND_WAIT, condition, (uint64_t)mutex, (uint64_t)until,
                            (uint64_t)clock);
  pthread_cleanup_pop(0);
  return error_of(result);
}

IPCGRADE_EXPORT int pthread_cond_wait(pthread_cond_t* restrict condition,
                                      pthread_mutex_t* restrict mutex) {
  if (!ipcgrade_is_held()) return libc.pthread_cond_wait(condition, mutex);
  return wait_for_condition(condition, mutex, NULL, -1);
}

IPCGRADE_EXPORT int pthread_cond_timedwait(pthread_cond_t* restrict condition,
                                           pthread_mutex_t* restrict mutex,
                                           const struct timespec* restrict until) {
  if (!ipcgrade_is_held()) return libc.pthread_cond_timedwait(condition, mutex, until);
  return wait_for_condition(condition, mutex, until, -1);
}

IPCGRADE_EXPORT int pthread_cond_clockwait(pthread_cond_t* restrict condition,
                                           pthread_mutex_t* restrict mutex, clockid_t clock,
                                           const struct timespec* restrict until) {
  if (!ipcgrade_is_held()) return libc.pthread_cond_clockwait(condition, mutex, clock, until);
  if (!is_clock(clock)) return EINVAL;
  return wait_for_condition(condition, mutex, until, clock);
}

IPCGRADE_EXPORT int pthread_cond_signal(pthread_cond_t* condition) {
  if (!ipcgrade_is_held()) return libc.pthread_cond_signal(condition);
  return error_of(call(IPCGRADE_COND_SIGNAL, condition, 0, 0, 0));
}

IPCGRADE_EXPORT int pthread_cond_broadcast(pthread_cond_t* condition) {
  if (!ipcgrade_is_held()) return libc.pthread_cond_broadcast(condition);
  return error_of(call(IPCGRADE_COND_BROADCAST, condition, 0, 0, 0));
}

// Reader-writer locks ---------------------------------------------------------------------------

IPCGRADE_EXPORT int pthread_rwlock_init(pthread_rwlock_t* restrict lock,
                                        const pthread_rwlockattr_t* restrict attributes) {
  if (!ipcgrade_is_held()) return libc.pthread_rwlock_init(lock, attributes);
  return LIBRARY(lock, libc.pthread_rwlock_init(lock, attributes), IPCGRADE_OBJECT_MADE);
}

IPCGRADE_EXPORT int pthread_rwlock_destroy(pthread_rwlock_t* lock) {
  if (!ipcgrade_is_held()) return libc.pthread_rwlock_destroy(lock);
  return LIBRARY(lock, libc.pthread_rwlock_destroy(lock), IPCGRADE_OBJECT_GONE);
}

IPCGRADE_EXPORT int pthread_rwlock_rdlock(pthread_rwlock_t* lock) {
  if (!ipcgrade_is_held()) return libc.pthread_rwlock_rdlock(lock);
  return error_of(wait_until(IPCGRADE_RWLOCK_RDLOCK, lock, NULL, 0));
}

IPCGRADE_EXPORT int pthread_rwlock_tryrdlock(pthread_rwlock_t* lock) {
  if (!ipcgrade_is_held()) return libc.pthread_rwlock_tryrdlock(lock);
  return error_of(call(IPCGRADE_RWLOCK_TRYRDLOCK, lock, 0, 0, 0));
}

IPCGRADE_EXPORT int pthread_rwlock_timedrdlock(pthread_rwlock_t* restrict lock,
                                               const struct timespec* restrict until) {
  if (!ipcgrade_is_held()) return libc.pthread_rwlock_timedrdlock(lock, until);
  return error_of(wait_until(IPCGRADE_RWLOCK_RDLOCK, lock, until, CLOCK_REALTIME));
}

IPCGRADE_EXPORT int pthread_rwlock_clockrdlock(pthread_rwlock_t* restrict lock, clockid_t clock,
                                               const struct timespec* restrict until) {
  if (!ipcgrade_is_held()) return libc.pthread_rwlock_clockrdlock(lock, clock, until);
  if (!is_clock(clock)) return EINVAL;
  return error_of(wait_until(IPCGRADE_RWLOCK_RDLOCK, lock, until, clock));
}

IPCGRADE_EXPORT int pthread_rwlock_wrlock(pthread_rwlock_t* lock) {
  if (!ipcgrade_is_held()) return libc.pthread_rwlock_wrlock(lock);
  return error_of(wait_until(IPCGRADE_RWLOCK_WRLOCK, lock, NULL, 0));
}

IPCGRADE_EXPORT int pthread_rwlock_trywrlock(pthread_rwlock_t* lock) {
  if (!ipcgrade_is_held()) return libc.pthread_rwlock_trywrlock(lock);
  return error_of(call(IPCGRADE_RWLOCK_TRYWRLOCK, lock, 0, 0, 0));
}

IPCGRADE_EXPORT int pthread_rwlock_timedwrlock(pthread_rwlock_t* restrict lock,
                                               const struct timespec* restrict until) {
  if (!ipcgrade_is_held()) return libc.pthread_rwlock_timedwrlock(lock, until);
  return error_of(wait_until(IPCGRADE_RWLOCK_WRLOCK, lock, until, CLOCK_REALTIME));
}

IPCGRADE_EXPORT int pthread_rwlock_clockwrlock(pthread_rwlock_t* restrict lock, clockid_t clock,
                                               const struct timespec* restrict until) {
  if (!ipcgrade_is_held()) return libc.pthread_rwlock_clockwrlock(lock, clock, until);
  if (!is_clock(clock)) return EINVAL;
  return error_of(wait_until(IPCGRADE_RWLOCK_WRLOCK, lock, until, clock));
}

IPCGRADE_EXPORT int pthread_rwlock_unlock(pthread_rwlock_t* lock) {
  if (!ipcgrade_is_held()) return libc.pthread_rwlock_unlock(lock);
  return error_of(call(IPCGRADE_RWLOCK_UNLOCK, lock, 0, 0, 0));
}

// Barriers --------------------------------------------------------------------------------------

IPCGRADE_EXPORT int pthread_barrier_init(pthread_barrier_t* restrict barrier,
                                         const pthread_barrierattr_t* restrict attributes,
                                         unsigned count) {
  if (!ipcgrade_is_held()) return libc.pthread_barrier_init(barrier, attributes, count);
  const int result =
      LIBRARY(barrier, libc.pthread_barrier_init(barrier, attributes, count), IPCGRADE_OBJECT_MADE);
  if (result != 0) return result;
  return error_of(call(IPCGRADE_BARRIER_INIT, barrier, count, 0, 0));
}

IPCGRADE_EXPORT int pthread_barrier_wait(pthread_barrier_t* barrier) {
  if (!ipcgrade_is_held()) return libc.pthread_barrier_wait(barrier);
  const int64_t result = call(IPCGRADE_BARRIER_WAIT, barrier, 0, 0, 0);
  // -1: no error but one of the two successes, whose value that is.
  return result == IPCGRADE_BARRIER_SERIAL ? PTHREAD_BARRIER_SERIAL_THREAD : error_of(result);
}

// Not libc's, as for conditions.
IPCGRADE_EXPORT int pthread_barrier_destroy(pthread_barrier_t* barrier) {
  if (!ipcgrade_is_held()) return libc.pthread_barrier_destroy(barrier);
  const int result = error_of(call(IPCGRADE_BARRIER_DESTROY, barrier, 0, 0, 0));
  if (result == 0) call(IPCGRADE_OBJECT_GONE, barrier, sizeof *barrier, 0, 0);
  return result;
}

// Spin locks ------------------------------------------------------------------------------------

IPCGRADE_EXPORT int pthread_spin_init(pthread_spinlock_t* lock, int shared) {
  if (!ipcgrade_is_held()) return libc.pthread_spin_init(lock, shared);
  return LIBRARY(lock, libc.pthread_spin_init(lock, shared), IPCGRADE_OBJECT_MADE);
}

IPCGRADE_EXPORT int pthread_spin_destroy(pthread_spinlock_t* lock) {
  if (!ipcgrade_is_held()) return libc.pthread_spin_destroy(lock);
  return LIBRARY(lock, libc.pthread_spin_destroy(lock), IPCGRADE_OBJECT_GONE);
}

IPCGRADE_EXPORT int pthread_spin_lock(pthread_spinlock_t* lock) {
  if (!ipcgrade_is_held()) return libc.pthread_spin_lock(lock);
  return error_of(call(IPCGRADE_SPIN_LOCK, lock, 0, 0, 0));
}

IPCGRADE_EXPORT int pthread_spin_trylock(pthread_spinlock_t* lock) {
  if (!ipcgrade_is_held()) return libc.pthread_spin_trylock(lock);
  return error_of(call(IPCGRADE_SPIN_TRYLOCK, lock, 0, 0, 0));
}

IPCGRADE_EXPORT int pthread_spin_unlock(pthread_spinlock_t* lock) {
  if (!ipcgrade_is_held()) return libc.pthread_spin_unlock(lock);
  return error_of(call(IPCGRADE_SPIN_UNLOCK, lock, 0, 0, 0));
}

// Threads ---------------------------------------------------------------------------------------
// Joining is libc's affair, once the thread has ended: that is what the supervisor is asked for.

static inline int thread_has_ended(pthread_t thread, const struct timespec* until,
                                   clockid_t clock) {
  if (!ipcgrade_is_held()) return 0;
  return error_of(wait_cancellably(IPCGRADE_THREAD_JOIN, (void*)thread, until, clock));
}

IPCGRADE_EXPORT int pthread_join(pthread_t thread, void** result) {
  thread_has_ended(thread, NULL, 0);
  return libc.pthread_join(thread, result);
}

IPCGRADE_EXPORT int pthread_tryjoin_np(pthread_t thread, void** result) {
  if (ipcgrade_is_held() && call(IPCGRADE_THREAD_TRYJOIN, (void*)thread, 0, 0, 0) < 0) return EBUSY;
  return libc.pthread_tryjoin_np(thread, result);
}

IPCGRADE_EXPORT int pthread_timedjoin_np(pthread_t thread, void** result,
                                         const struct timespec* until) {
  const int error = thread_has_ended(thread, until, CLOCK_REALTIME);
  return error != 0 ? error : libc.pthread_timedjoin_np(thread, result, until);
}

IPCGRADE_EXPORT int pthread_clockjoin_np(pthread_t thread, void** result, clockid_t clock,
                                         const struct timespec* until) {
  const int error = is_clock(clock) ? thread_has_ended(thread, until, clock) : 0;
  return error != 0 ? error : libc.pthread_clockjoin_np(thread, result, clock, until);
}

IPCGRADE_EXPORT int thrd_join(thrd_t thread, int* result) {
  thread_has_ended(thread, NULL, 0);
  return libc.thrd_join(thread, result);
}

// C11 -------------------------------------------------------------------------------------------
// libc's are the same functions under other names, which it calls without coming by here. A mtx_t
// is a pthread_mutex_t, and so on (nptl/thrd_priv.h).

static inline int thrd_result(int error) {
  switch (error) {
    case 0:
      return thrd_success;
    case EBUSY:
      return thrd_busy;
    case ETIMEDOUT:
      return thrd_timedout;
    case ENOMEM:
      return thrd_nomem;
    default:
      return thrd_error;
  }
}

IPCGRADE_EXPORT int mtx_init(mtx_t* mutex, int type) {
  if (!ipcgrade_is_held()) return libc.mtx_init(mutex, type);
  return LIBRARY(mutex, libc.mtx_init(mutex, type), IPCGRADE_OBJECT_MADE);
}

IPCGRADE_EXPORT void mtx_destroy(mtx_t* mutex) { pthread_mutex_destroy((pthread_mutex_t*)mutex); }

IPCGRADE_EXPORT int mtx_lock(mtx_t* mutex) {
  return thrd_result(pthread_mutex_lock((pthread_mutex_t*)mutex));
}

IPCGRADE_EXPORT int mtx_trylock(mtx_t* mutex) {
  return thrd_result(pthread_mutex_trylock((pthread_mutex_t*)mutex));
}

IPCGRADE_EXPORT int mtx_timedlock(mtx_t* restrict mutex, const struct timespec* restrict until) {
  return thrd_result(pthread_mutex_timedlock((pthread_mutex_t*)mutex, until));
}

IPCGRADE_EXPORT int mtx_unlock(mtx_t* mutex) {
  return thrd_result(pthread_mutex_unlock((pthread_mutex_t*)mutex));
}

IPCGRADE_EXPORT int cnd_init(cnd_t* condition) {
  return thrd_result(pthread_cond_init((pthread_cond_t*)condition, NULL));
}

IPCGRADE_EXPORT void cnd_destroy(cnd_t* condition) {
  pthread_cond_destroy((pthread_cond_t*)condition);
}

IPCGRADE_EXPORT int cnd_signal(cnd_t* condition) {
  return thrd_result(pthread_cond_signal((pthread_cond_t*)condition));
}

IPCGRADE_EXPORT int cnd_broadcast(cnd_t* condition) {
  return thrd_result(pthread_cond_broadcast((pthread_cond_t*)condition));
}

IPCGRADE_EXPORT int cnd_wait(cnd_t* condition, mtx_t* mutex) {
  return thrd_result(pthread_cond_wait((pthread_cond_t*)condition, (pthread_mutex_t*)mutex));
}

IPCGRADE_EXPORT int cnd_timedwait(cnd_t* restrict condition, mtx_t* restrict mutex,
                                  const struct timespec* restrict until) {
  return thrd_result(
      pthread_cond_timedwait((pthread_cond_t*)condition, (pthread_mutex_t*)mutex, until));
}

// Done once -------------------------------------------------------------------------------------
// Waiting is libc's affair, by futex. That the others come after the one who did it is told as the
// release and the acquire that it is.

enum { kAcquire = 2, kRelease = 3 };

static void tell_atomic(const void* object, size_t size, unsigned access, unsigned order,
                        uint64_t caller) {
  if (ipcgrade_log_switch == 0) return;
  ipcgrade_before_atomic((uint64_t)object, size, access, order, caller);
  ipcgrade_after_atomic((uint64_t)object, size, access, order, caller);
}

static _Thread_local struct {
  pthread_once_t* once;
  void (*routine)(void);
  uint64_t caller;
} once_call;

static void do_once(void) {
  // A copy: the routine may do another thing once.
  pthread_once_t* const once = once_call.once;
  const uint64_t caller = once_call.caller;
  once_call.routine();
  tell_atomic(once, sizeof *once, IPCGRADE_WRITES, kRelease, caller);
}

static int once(pthread_once_t* once, void (*routine)(void), uint64_t caller) {
  (void)ipcgrade_is_held();
  if (ipcgrade_log_switch == 0) return libc.pthread_once(once, routine);
  once_call.once = once;
  once_call.routine = routine;
  once_call.caller = caller;
  const int result = libc.pthread_once(once, do_once);
  tell_atomic(once, sizeof *once, IPCGRADE_READS, kAcquire, caller);
  return result;
}

IPCGRADE_EXPORT int pthread_once(pthread_once_t* control, void (*routine)(void)) {
  return once(control, routine, IPCGRADE_CALLER);
}

IPCGRADE_EXPORT void call_once(once_flag* flag, void (*routine)(void)) {
  once((pthread_once_t*)flag, routine, IPCGRADE_CALLER);
}

// A static variable of a function, in C++. Its guard's first byte is what compiled code reads, as
// an atomic acquire. The functions are libstdc++'s, which need not be there.
typedef int GuardAcquire(uint64_t* guard);
typedef void GuardRelease(uint64_t* guard);

IPCGRADE_EXPORT int __cxa_guard_acquire(uint64_t* guard) {
  static GuardAcquire* next;
  if (next == NULL) next = (GuardAcquire*)dlsym(RTLD_NEXT, "__cxa_guard_acquire");
  const int result = next(guard);
  tell_atomic(guard, 1, IPCGRADE_READS, kAcquire, IPCGRADE_CALLER);
  return result;
}

IPCGRADE_EXPORT void __cxa_guard_release(uint64_t* guard) {
  static GuardRelease* next;
  if (next == NULL) next = (GuardRelease*)dlsym(RTLD_NEXT, "__cxa_guard_release");
  tell_atomic(guard, 1, IPCGRADE_WRITES, kRelease, IPCGRADE_CALLER);
  next(guard);
}
