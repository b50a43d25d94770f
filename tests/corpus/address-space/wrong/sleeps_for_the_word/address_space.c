#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
static int v = 1;
int main(void)
{
  int *m = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0), st, sig, w, err = 0, t = 0;
  sigset_t s;
  if (m == MAP_FAILED) { perror("mmap"); return 1; }
  *m = 1;
  sigemptyset(&s); sigaddset(&s, SIGUSR1); sigaddset(&s, SIGCHLD);
  if (sigprocmask(SIG_BLOCK, &s, 0)) { perror("sigprocmask"); return 1; }
  pid_t p = getpid(), c = fork();
  if (c < 0) { perror("fork"); return 1; }
  if (c == 0) {
    v = *m = 2;
    printf("child %p %d %d\n", (void *)&v, v, *m);
    if (fflush(stdout)) { perror("child"); _exit(1); }
    kill(p, SIGUSR1);
    sigdelset(&s, SIGCHLD);
    while ((w = sigwait(&s, &sig))) if (w != EINTR) { fprintf(stderr, "child: %s\n", strerror(w)); _exit(1); }
    _exit(0);
  }
  sleep(1); w = 0; sig = SIGUSR1;
  if (w) { fprintf(stderr, "sigwait: %s\n", strerror(w)); err = 1; }
  else if (sig == SIGCHLD) { fprintf(stderr, "child died\n"); err = 1; }
  if (!err) {
    int x;
    struct iovec a = { &x, sizeof x }, b = { &v, sizeof v };
    if (process_vm_readv(c, &a, 1, &b, 1, 0) == sizeof x) printf("peer %d\n", x); else printf("peer denied\n");
  }
  kill(c, SIGUSR1);
  while (waitpid(c, &st, 0) < 0) if (errno != EINTR) { perror("waitpid"); err = 1; if (t++ > 2) return 1; }
  if (err || st) { fprintf(stderr, "failed\n"); return 1; }
  printf("parent %p %d %d\n", (void *)&v, v, *m);
  int fd = open("/proc/self/pagemap", O_RDONLY);
  uint64_t e = 0;
  if (fd >= 0 && pread(fd, &e, sizeof e, ((uintptr_t)&v >> 12) * 8) != sizeof e) e = 0;
  e &= 0x7fffffffffffffULL;
  if (e) printf("frame 0x%lx\n", e); else printf("frame hidden\n");
  if (fflush(stdout)) { perror("stdout"); return 1; }
  return 0;
}
