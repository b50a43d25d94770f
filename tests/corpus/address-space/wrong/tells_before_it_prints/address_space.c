#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared {
  sem_t values_set;
  sem_t may_leave;
  int value;
};

static int value = 1;

static int print_values(const char *who, struct shared *s) {
  if (printf("%s %p %d %d\n", who, (void *)&value, value, s->value) < 0 || fflush(stdout) != 0) {
    perror(who);
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}

static void wait_on(sem_t *s) {
  while (sem_wait(s) == -1 && errno == EINTR) {
  }
}

static int child(struct shared *s) {
  value = 2;
  s->value = 2;
  sem_post(&s->values_set); /* the parent may look now */
  int result = print_values("child", s);
  wait_on(&s->may_leave);
  return result;
}

static int print_frame(void) {
  uint64_t entry = 0;
  FILE *f = fopen("/proc/self/pagemap", "rb");
  if (f != NULL) {
    if (fseeko(f, (off_t)((uintptr_t)&value / 4096 * sizeof entry), SEEK_SET) == -1 ||
        fread(&entry, sizeof entry, 1, f) != 1)
      entry = 0;
    fclose(f);
  }
  entry &= (UINT64_C(1) << 55) - 1;
  if (entry != 0)
    printf("frame 0x%llx\n", (unsigned long long)entry);
  else
    printf("frame hidden\n");
  if (fflush(stdout) != 0) {
    perror("frame");
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}

int main(void) {
  int seen, status, bad;
  struct shared *s =
      mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (s == MAP_FAILED) {
    perror("mmap");
    return EXIT_FAILURE;
  }
  s->value = 1;
  if (sem_init(&s->values_set, 1, 0) == -1 || sem_init(&s->may_leave, 1, 0) == -1) {
    perror("sem_init");
    return EXIT_FAILURE;
  }
  pid_t pid = fork();
  if (pid == -1) {
    perror("fork");
    return EXIT_FAILURE;
  }
  if (pid == 0) _exit(child(s));

  wait_on(&s->values_set);
  struct iovec here = {&seen, sizeof seen}, there = {&value, sizeof value};
  if (process_vm_readv(pid, &here, 1, &there, 1, 0) == -1)
    printf("peer denied\n");
  else
    printf("peer %d\n", seen);
  bad = fflush(stdout) != 0;
  sem_post(&s->may_leave);
  if (waitpid(pid, &status, 0) == -1 || status != 0 || bad) {
    fprintf(stderr, "address_space: failed\n");
    return EXIT_FAILURE;
  }
  if (print_values("parent", s) != EXIT_SUCCESS) return EXIT_FAILURE;
  return print_frame();
}
