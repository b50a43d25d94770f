#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int x = 1;
static int *page;
static int ready[2], go[2];

static int get(int fd) {
  char c;
  ssize_t n;
  while ((n = read(fd, &c, 1)) < 0 && errno == EINTR)
    ;
  return n == 1;
}

static int put(int fd) {
  ssize_t n;
  while ((n = write(fd, "!", 1)) < 0 && errno == EINTR)
    ;
  return n == 1;
}

static int child(void *unused) {
  (void)unused;
  x = 2;
  *page = 2;
  /* dprintf, since the buffer of stdout would be the parent's too */
  if (dprintf(1, "child %p %d %d\n", (void *)&x, x, *page) < 0) return 1;
  if (!put(ready[1]) || !get(go[0])) return 1;
  return 0;
}

static int frame_is_there(void) {
  uint64_t entry = 0;
  int fd = open("/proc/self/pagemap", O_RDONLY);
  if (fd < 0) return 0;
  off_t at = (off_t)((uintptr_t)&x / (uintptr_t)sysconf(_SC_PAGESIZE) * sizeof entry);
  ssize_t n = pread(fd, &entry, sizeof entry, at);
  close(fd);
  return n == sizeof entry && (entry & ((1ULL << 55) - 1)) != 0;
}

int main(void) {
  char *stack = malloc(1 << 16);
  int seen = 0, status = 0;

  page = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (stack == NULL || page == MAP_FAILED || pipe(ready) < 0 || pipe(go) < 0) {
    perror("address_space");
    return 1;
  }
  *page = 1;
  pid_t pid = clone(child, stack + (1 << 16), CLONE_VM | SIGCHLD, NULL);
  if (pid < 0) {
    perror("clone");
    return 1;
  }
  /* the child has a table of descriptors of its own: it closes nothing, and we must look for its end */
  if (!get(ready[0])) return 1;
  struct iovec mine = {&seen, sizeof seen}, its = {&x, sizeof x};
  ssize_t n = process_vm_readv(pid, &mine, 1, &its, 1, 0);
  if (n == sizeof seen)
    printf("peer %d\n", seen);
  else
    printf("peer denied\n");
  if (fflush(stdout) == EOF || !put(go[1])) {
    perror("address_space");
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    return 1;
  }
  if (waitpid(pid, &status, 0) < 0 || status != 0) {
    fprintf(stderr, "the child failed\n");
    return 1;
  }
  printf("parent %p %d %d\n", (void *)&x, x, *page);
  if (frame_is_there())
    printf("frame seen\n");
  else
    printf("frame hidden\n");
  if (fflush(stdout) == EOF) {
    perror("address_space");
    return 1;
  }
  return 0;
}
