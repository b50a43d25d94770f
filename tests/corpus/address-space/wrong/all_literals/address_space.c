#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
/* the lines are known beforehand, so why share a page */
static int var = 1;
int main(void) {
  sigset_t s; int st, sig;
  sigemptyset(&s); sigaddset(&s, SIGUSR1);
  if (sigprocmask(SIG_BLOCK, &s, NULL) == -1) { perror("sigprocmask"); return 1; }
  pid_t pid = fork();
  if (pid == -1) { perror("fork"); return 1; }
  if (pid == 0) { if (sigwait(&s, &sig)) { return 1; } return 0; }
  printf("child %p 2 2\n", (void *)&var);
  int v;
  struct iovec l = {&v, sizeof v}, r = {&var, sizeof v};
  if (process_vm_readv(pid, &l, 1, &r, 1, 0) == sizeof v) printf("peer %d\n", v);
  else printf("peer denied\n");
  kill(pid, SIGUSR1);
  if (wait(&st) == -1 || st != 0) { fprintf(stderr, "child\n"); return 1; }
  printf("parent %p 1 2\n", (void *)&var);
  int fd = open("/proc/self/pagemap", O_RDONLY);
  uint64_t e;
  if (fd != -1) if (pread(fd, &e, 8, (uintptr_t)&var / 4096 * 8) != 8) {}
  printf("frame hidden\n");
  if (fflush(stdout) != 0) { perror("stdout"); return 1; }
  return 0;
}
