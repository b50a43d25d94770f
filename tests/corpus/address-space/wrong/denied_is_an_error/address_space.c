#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum state { STARTED, PRINTED, FAILED, LET_GO };

struct shared {
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  enum state state;
  int value;
};

static struct shared *page;

/* The pthread functions return the error; errno is not theirs. */
static void check(int error, const char *what) {
  if (error != 0) {
    fprintf(stderr, "%s: %s\n", what, strerror(error));
    exit(EXIT_FAILURE);
  }
}

static void init(void) {
  pthread_mutexattr_t ma;
  pthread_condattr_t ca;

  page = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE,
              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) check(errno, "mmap");
  check(pthread_mutexattr_init(&ma), "mutexattr");
  check(pthread_mutexattr_setpshared(&ma, PTHREAD_PROCESS_SHARED), "pshared");
  check(pthread_mutex_init(&page->mutex, &ma), "mutex");
  check(pthread_condattr_init(&ca), "condattr");
  check(pthread_condattr_setpshared(&ca, PTHREAD_PROCESS_SHARED), "pshared");
  check(pthread_cond_init(&page->changed, &ca), "cond");
  page->value = 1;
  page->state = STARTED;
}

static void become(enum state state) {
  pthread_mutex_lock(&page->mutex);
  page->state = state;
  pthread_cond_broadcast(&page->changed);
  pthread_mutex_unlock(&page->mutex);
}

static enum state wait_while(enum state state) {
  enum state now;
  pthread_mutex_lock(&page->mutex);
  while ((now = page->state) == state)
    pthread_cond_wait(&page->changed, &page->mutex);
  pthread_mutex_unlock(&page->mutex);
  return now;
}

static int value_of_page(void) {
  pthread_mutex_lock(&page->mutex);
  int v = page->value;
  pthread_mutex_unlock(&page->mutex);
  return v;
}

static int child(int *mine) {
  *mine = 2;
  pthread_mutex_lock(&page->mutex);
  page->value = 2;
  pthread_mutex_unlock(&page->mutex);
  if (printf("child %p %d %d\n", (void *)mine, *mine, value_of_page()) < 0 ||
      fflush(stdout) == EOF) {
    perror("child");
    become(FAILED);
    return EXIT_FAILURE;
  }
  become(PRINTED);
  wait_while(PRINTED);
  return EXIT_SUCCESS;
}

static uint64_t physical(const void *virtual) {
  uint64_t e;
  FILE *f = fopen("/proc/self/pagemap", "rb");
  if (!f) return 0;
  size_t n = 0;
  if (fseeko(f, (off_t)((uintptr_t)virtual / 4096 * 8), SEEK_SET) == 0)
    n = fread(&e, sizeof e, 1, f);
  fclose(f);
  return n == 1 ? e & 0x7FFFFFFFFFFFFF : 0;
}

int main(void) {
  int mine = 1, its = 0, status, ok = 0, result = EXIT_SUCCESS;

  init();
  pid_t pid = fork();
  if (pid < 0) check(errno, "fork");
  if (pid == 0) return child(&mine);

  if (wait_while(STARTED) == PRINTED) {
    struct iovec to = {&its, sizeof its}, from = {&mine, sizeof mine};
    ssize_t n = process_vm_readv(pid, &to, 1, &from, 1, 0);
    ok = n < 0 ? (puts("peer denied"), result = EXIT_FAILURE, 1) : printf("peer %d\n", its) >= 0;
    if (fflush(stdout) == EOF) ok = 0;
    become(LET_GO);
  }
  if (waitpid(pid, &status, 0) < 0 || status != 0) ok = 0;

  if (ok) {
    printf("parent %p %d %d\n", (void *)&mine, mine, value_of_page());
    uint64_t frame = physical(&mine);
    if (frame != 0)
      printf("frame %#lx\n", (unsigned long)frame);
    else
      puts("frame hidden");
    ok = fflush(stdout) == 0 && !ferror(stdout);
  }
  if (!ok) fputs("address_space: failed\n", stderr);
  return ok ? result : EXIT_FAILURE;
}
