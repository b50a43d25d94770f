#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

int var = 1;

int main(void) {
  int one = 1, *shared = &one;
  signal(SIGPIPE, SIG_IGN);
  int up[2], down[2];
  if (pipe(up) == -1 || pipe(down) == -1) { perror("pipe"); return 1; }
  pid_t pid = fork();
  if (pid == -1) { perror("fork"); return 1; }
  char c = 0;
  if (pid == 0) {
    var = 2;
    *shared = 2;
    close(up[0]);
    close(down[1]);
    printf("child %p %d %d\n", (void *)&var, var, *shared);
    if (fflush(stdout) != 0) { perror("stdout"); return 1; }
    if (write(up[1], &c, 1) != 1) { perror("write"); return 1; }
    if (read(down[0], &c, 1) != 1) { perror("read"); return 1; }
    return 0;
  }
  close(up[1]);
  close(down[0]);
  if (read(up[0], &c, 1) != 1) { perror("read"); close(down[1]); wait(NULL); return 1; }
  int v;
  struct iovec l = {&v, sizeof v}, r = {&var, sizeof v};
  if (process_vm_readv(pid, &l, 1, &r, 1, 0) == sizeof v)
    printf("peer %d\n", v);
  else
    printf("peer denied\n");
  if (write(down[1], &c, 1) != 1) { perror("write"); close(down[1]); wait(NULL); return 1; }
  int st;
  wait(&st);
  if (!WIFEXITED(st) || WEXITSTATUS(st) != 0) { fprintf(stderr, "child failed\n"); return 1; }
  one = 2;
  printf("parent %p %d %d\n", (void *)&var, var, *shared);
  int fd = open("/proc/self/pagemap", O_RDONLY);
  uint64_t e = 0;
  if (fd == -1 || pread(fd, &e, 8, (uintptr_t)&var / 4096 * 8) != 8 || (e & ((1ull << 55) - 1)) == 0)
    printf("frame hidden\n");
  else
    printf("frame 0x%llx\n", (unsigned long long)(e & ((1ull << 55) - 1)));
  if (fflush(stdout) != 0) { perror("stdout"); return 1; }
  return 0;
}
