#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

struct page {
  int value;
  long naps;  // statistics
};

static int value = 1;

static bool print(const char *who, int shared) {
  printf("%s %p %d %d\n", who, (void *)&value, value, shared);
  if (fflush(stdout) == 0) return true;
  perror(who);
  return false;
}

static bool receive(int fd) {
  char c;
  return read(fd, &c, 1) == 1;
}

// Waits for the parent and counts the seconds.
static bool idle(struct page *page, int fd) {
  struct pollfd p = {.fd = fd, .events = POLLIN};
  int n;
  do {
    page->naps++;
    n = poll(&p, 1, 1000);
  } while (n == 0 || (n == -1 && errno == EINTR));
  return n == 1;
}

static int child(struct page *page, int ready, int go) {
  value = page->value = 2;
  if (!print("child", page->value)) return 1;
  if (write(ready, "", 1) != 1 || !idle(page, go)) {
    perror("child");
    return 1;
  }
  return 0;
}

static struct page look(pid_t pid, const struct page *page, bool *ok) {
  int theirs;
  struct iovec a = {&theirs, sizeof theirs}, b = {&value, sizeof value};
  struct page copy = *page;

  if (process_vm_readv(pid, &a, 1, &b, 1, 0) == -1)
    printf("peer denied\n");
  else
    printf("peer %d\n", theirs);
  *ok = fflush(stdout) == 0;
  fprintf(stderr, "naps until now: %ld\n", copy.naps);
  return copy;
}

static bool frame(void) {
  uint64_t entry = 0;
  int fd = open("/proc/self/pagemap", O_RDONLY);
  if (fd != -1) {
    if (pread(fd, &entry, 8, (uintptr_t)&value / 4096 * 8) != 8) entry = 0;
    close(fd);
  }
  entry &= 0x7fffffffffffff;
  if (entry != 0)
    printf("frame 0x%llx\n", (unsigned long long)entry);
  else
    printf("frame hidden\n");
  return fflush(stdout) == 0;
}

int main(void) {
  int ready[2], go[2], status;
  bool ok = false;
  struct page snapshot = {0, 0};
  struct page *page =
      mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED || pipe(ready) == -1 || pipe(go) == -1) {
    perror("setting up");
    return 1;
  }
  page->value = 1;
  pid_t pid = fork();
  if (pid == -1) {
    perror("fork");
    return 1;
  }
  if (pid == 0) {
    close(ready[0]);
    close(go[1]);
    _exit(child(page, ready[1], go[0]));
  }
  close(ready[1]);
  close(go[0]);
  if (receive(ready[0])) snapshot = look(pid, page, &ok);
  close(go[1]);
  if (waitpid(pid, &status, 0) == -1 || status != 0 || !ok) {
    fprintf(stderr, "failed\n");
    return 1;
  }
  if (!print("parent", snapshot.value) || !frame()) {
    fprintf(stderr, "failed\n");
    return 1;
  }
  return 0;
}
