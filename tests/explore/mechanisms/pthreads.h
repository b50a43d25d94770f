// Objects of pthreads(7) for several processes.
#pragma once
#include "hand_over.h"

#include <pthread.h>

static inline pthread_mutex_t* made_mutex(pthread_mutexattr_t* attributes) {
  pthread_mutex_t* mutex = shared_memory(sizeof *mutex);
  pthread_mutexattr_setpshared(attributes, PTHREAD_PROCESS_SHARED);
  MUST(pthread_mutex_init(mutex, attributes) == 0);
  return mutex;
}

static inline pthread_mutex_t* shared_mutex(int type) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, type);
  return made_mutex(&attributes);
}

static inline pthread_mutex_t* shared_robust_mutex(void) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  return made_mutex(&attributes);
}

static inline pthread_mutex_t* shared_inheriting_mutex(void) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
  return made_mutex(&attributes);
}

static inline pthread_cond_t* shared_condition(void) {
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_cond_t* condition = shared_memory(sizeof *condition);
  MUST(pthread_cond_init(condition, &attributes) == 0);
  return condition;
}

static inline pthread_barrier_t* shared_barrier(unsigned count) {
  pthread_barrierattr_t attributes;
  pthread_barrierattr_init(&attributes);
  pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_barrier_t* barrier = shared_memory(sizeof *barrier);
  MUST(pthread_barrier_init(barrier, &attributes, count) == 0);
  return barrier;
}

static inline pthread_rwlock_t* shared_rwlock(void) {
  pthread_rwlockattr_t attributes;
  pthread_rwlockattr_init(&attributes);
  pthread_rwlockattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_rwlock_t* lock = shared_memory(sizeof *lock);
  MUST(pthread_rwlock_init(lock, &attributes) == 0);
  return lock;
}

static inline pthread_spinlock_t* shared_spin_lock(void) {
  pthread_spinlock_t* lock = shared_memory(sizeof *lock);
  MUST(pthread_spin_init(lock, PTHREAD_PROCESS_SHARED) == 0);
  return lock;
}

static inline struct timespec from_now(int seconds) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  time.tv_sec += seconds;
  return time;
}
