// Semaphores, mutexes and the rest with threads: the runtime passes all through to libc while
// nobody holds it.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include "guest.h"

enum { kThreads = 4, kRounds = 2000 };

static sem_t semaphore;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_spinlock_t spin;
static mtx_t c11;
static int counters[5];
static int waiting;
static int serial;

static struct timespec past(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  now.tv_sec -= 1;
  return now;
}

static void* count(void* unused) {
  (void)unused;
  for (int i = 0; i < kRounds; ++i) {
    EXPECT(sem_wait(&semaphore) == 0);
    ++counters[0];
    EXPECT(sem_post(&semaphore) == 0);
    EXPECT(pthread_mutex_lock(&mutex) == 0);
    ++counters[1];
    EXPECT(pthread_mutex_unlock(&mutex) == 0);
    EXPECT(pthread_rwlock_wrlock(&lock) == 0);
    ++counters[2];
    EXPECT(pthread_rwlock_unlock(&lock) == 0);
    EXPECT(pthread_spin_lock(&spin) == 0);
    ++counters[3];
    EXPECT(pthread_spin_unlock(&spin) == 0);
    EXPECT(mtx_lock(&c11) == thrd_success);
    ++counters[4];
    EXPECT(mtx_unlock(&c11) == thrd_success);
  }
  const int result = pthread_barrier_wait(&barrier);
  EXPECT(result == 0 || result == PTHREAD_BARRIER_SERIAL_THREAD);
  pthread_mutex_lock(&mutex);
  serial += result == PTHREAD_BARRIER_SERIAL_THREAD;
  ++waiting;
  pthread_cond_broadcast(&condition);
  while (waiting <= kThreads) pthread_cond_wait(&condition, &mutex);
  pthread_mutex_unlock(&mutex);
  return NULL;
}

static void together(void) {
  EXPECT(sem_init(&semaphore, 0, 1) == 0);
  EXPECT(pthread_barrier_init(&barrier, NULL, kThreads) == 0);
  EXPECT(pthread_spin_init(&spin, 0) == 0);
  EXPECT(mtx_init(&c11, mtx_plain) == thrd_success);
  pthread_t threads[kThreads];
  for (int i = 0; i < kThreads; ++i) pthread_create(&threads[i], NULL, count, NULL);
  pthread_mutex_lock(&mutex);
  while (waiting < kThreads) pthread_cond_wait(&condition, &mutex);
  ++waiting;
  EXPECT(pthread_cond_signal(&condition) == 0);
  pthread_cond_broadcast(&condition);
  pthread_mutex_unlock(&mutex);
  for (int i = 0; i < kThreads; ++i) pthread_join(threads[i], NULL);
  for (int i = 0; i < 5; ++i) EXPECT(counters[i] == kThreads * kRounds);
  EXPECT(serial == 1);
  EXPECT(pthread_barrier_destroy(&barrier) == 0);
  EXPECT(pthread_spin_destroy(&spin) == 0);
}

static void results(void) {
  const struct timespec ago = past(CLOCK_REALTIME);
  const struct timespec ago_monotonic = past(CLOCK_MONOTONIC);
  int value = -1;
  EXPECT(sem_wait(&semaphore) == 0 && sem_getvalue(&semaphore, &value) == 0 && value == 0);
  EXPECT(sem_trywait(&semaphore) == -1 && errno == EAGAIN);
  EXPECT(sem_timedwait(&semaphore, &ago) == -1 && errno == ETIMEDOUT);
  EXPECT(sem_clockwait(&semaphore, CLOCK_MONOTONIC, &ago_monotonic) == -1 && errno == ETIMEDOUT);
  EXPECT(sem_destroy(&semaphore) == 0);
  EXPECT(sem_init(&semaphore, 0, ~0U) == -1 && errno == EINVAL);
  EXPECT(pthread_mutex_lock(&mutex) == 0);
  EXPECT(pthread_mutex_trylock(&mutex) == EBUSY);
  EXPECT(pthread_mutex_timedlock(&mutex, &ago) == ETIMEDOUT);
  EXPECT(pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, &ago_monotonic) == ETIMEDOUT);
  EXPECT(pthread_cond_timedwait(&condition, &mutex, &ago) == ETIMEDOUT);
  EXPECT(pthread_cond_clockwait(&condition, &mutex, CLOCK_MONOTONIC, &ago_monotonic) == ETIMEDOUT);
  EXPECT(pthread_mutex_unlock(&mutex) == 0);
  EXPECT(pthread_rwlock_rdlock(&lock) == 0 && pthread_rwlock_tryrdlock(&lock) == 0);
  EXPECT(pthread_rwlock_trywrlock(&lock) == EBUSY);
  EXPECT(pthread_rwlock_timedwrlock(&lock, &ago) == ETIMEDOUT);
  EXPECT(pthread_rwlock_unlock(&lock) == 0 && pthread_rwlock_unlock(&lock) == 0);
  EXPECT(pthread_spin_init(&spin, 0) == 0 && pthread_spin_trylock(&spin) == 0);
  EXPECT(pthread_spin_trylock(&spin) == EBUSY);
  EXPECT(mtx_lock(&c11) == thrd_success && mtx_trylock(&c11) == thrd_busy);
  EXPECT(mtx_unlock(&c11) == thrd_success);
  mtx_destroy(&c11);
  cnd_t c11_condition;
  EXPECT(cnd_init(&c11_condition) == thrd_success && cnd_signal(&c11_condition) == thrd_success);
  cnd_destroy(&c11_condition);
}

static void robust(void) {
  pthread_mutex_t* shared = mmap(NULL, sizeof(pthread_mutex_t), PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  EXPECT(pthread_mutex_init(shared, &attributes) == 0);
  const pid_t child = fork();
  if (child == 0) {
    pthread_mutex_lock(shared);
    _exit(0);
  }
  waitpid(child, NULL, 0);
  EXPECT(pthread_mutex_lock(shared) == EOWNERDEAD);
  EXPECT(pthread_mutex_consistent(shared) == 0);
  EXPECT(pthread_mutex_unlock(shared) == 0 && pthread_mutex_destroy(shared) == 0);
}

static void named(void) {
  char name[64];
  snprintf(name, sizeof name, "/ipcgrade-runtime-%d", (int)getpid());
  sem_t* opened = sem_open(name, O_CREAT | O_EXCL, 0600, 3);
  EXPECT(opened != SEM_FAILED);
  int value = 0;
  EXPECT(sem_getvalue(opened, &value) == 0 && value == 3);
  EXPECT(sem_open(name, O_CREAT | O_EXCL, 0600, 3) == SEM_FAILED && errno == EEXIST);
  EXPECT(sem_unlink(name) == 0 && sem_close(opened) == 0);
  EXPECT(sem_open(name, 0) == SEM_FAILED && errno == ENOENT);
}

static pthread_once_t control = PTHREAD_ONCE_INIT;
static once_flag flag = ONCE_FLAG_INIT;
static int times;
static void increment(void) { ++times; }
static void nested(void) { call_once(&flag, increment); }

static void once(void) {
  EXPECT(pthread_once(&control, nested) == 0 && pthread_once(&control, nested) == 0);
  call_once(&flag, increment);
  EXPECT(times == 1);
}

static void* idle(void* unused) { return unused; }

// The runtime's thread-local storage must leave room on the smallest stack that there may be.
static void smallest_stack(void) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  EXPECT(pthread_attr_setstacksize(&attributes, 16384) == 0);
  pthread_t thread;
  EXPECT(pthread_create(&thread, &attributes, idle, NULL) == 0);
  pthread_join(thread, NULL);
}

static void allocation(void) {
  void* aligned = NULL;
  EXPECT(posix_memalign(&aligned, 3, 10) == EINVAL && posix_memalign(&aligned, 4096, 10) == 0);
  EXPECT((size_t)aligned % 4096 == 0);
  free(aligned);
  char* text = malloc(10);
  strcpy(text, "kept");
  text = realloc(text, 100000);
  EXPECT(strcmp(text, "kept") == 0);
  free(text);
  volatile size_t too_much = (size_t)-1 / 2;
  EXPECT(calloc(too_much, 4) == NULL);
}

int main(void) {
  together();
  results();
  robust();
  named();
  once();
  smallest_stack();
  allocation();
  if (failures == 0) puts("ok");
  return failures != 0;
}
