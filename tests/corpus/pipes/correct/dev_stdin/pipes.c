#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <unistd.h>
#include <fcntl.h>
#include <signal.h>
#include <poll.h>
#include <ctype.h>
#include <limits.h>
#include <pthread.h>
#include <sys/wait.h>
#include <sys/uio.h>
#include <sys/select.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/eventfd.h>
#include <sys/sendfile.h>
#include <sys/prctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/resource.h>
#include <stdint.h>
static inline ssize_t rd(int f, void *b, size_t n) { ssize_t k; do k = read(f, b, n); while (k < 0 && errno == EINTR); return k; }
static inline int wr(int f, const void *b, size_t n) { const char *p = b; while (n) { ssize_t k = write(f, p, n); if (k < 0) { if (errno == EINTR) continue; return -1; } p += k; n -= (size_t)k; } return 0; }
static inline void up(char *b, size_t n) { for (size_t i = 0; i < n; i++) if (b[i] >= 'a' && b[i] <= 'z') b[i] -= 32; }
static int child(int in, int out) { char b[8192]; ssize_t n; while ((n = rd(in, b, sizeof b)) > 0) { up(b, (size_t)n); if (wr(out, b, (size_t)n) < 0) { perror("child: write"); return 1; } } if (n < 0) { perror("child: read"); return 1; } return 0; }
static int parent(int to, int from) {
 char ib[8192], ob[8192]; size_t have = 0, off = 0; unsigned long long sent = 0, got = 0; int bad = 0;
 if (fcntl(to, F_SETFL, O_NONBLOCK) < 0) { perror("fcntl"); close(to); close(from); return 1; }
 for (;;) {
  if (to >= 0 && off == have) { ssize_t n = rd(0, ib, sizeof ib); if (n < 0) { perror("read stdin"); bad = 1; break; } if (n == 0) { close(to); to = -1; } have = (size_t)n; off = 0; }
  struct pollfd p[2] = {{ from, POLLIN, 0 }, { to, POLLOUT, 0 }};
  if (poll(p, to < 0 ? 1 : 2, -1) < 0) { if (errno == EINTR) continue; perror("poll"); bad = 1; break; }
  if (p[0].revents) { ssize_t n = rd(from, ob, sizeof ob); if (n < 0) { perror("read pipe"); bad = 1; break; } if (n == 0) break; got += (size_t)n; if (wr(1, ob, (size_t)n) < 0) { perror("write stdout"); bad = 1; break; } }
  if (to >= 0 && p[1].revents) { ssize_t n = write(to, ib + off, have - off); if (n < 0) { if (errno == EINTR || errno == EAGAIN) continue; perror("write pipe"); bad = 1; break; } off += (size_t)n; sent += (size_t)n; }
 }
 if (!bad && (to >= 0 || sent != got)) { fprintf(stderr, "the child ended early\n"); bad = 1; }
 if (to >= 0) close(to);
 close(from); return bad; }
int main(int argc, char **argv) { (void)argc; (void)argv; int a[2], b[2]; signal(SIGPIPE, SIG_IGN); int f0 = open("/dev/stdin", O_RDONLY); if (f0 < 0) { perror("/dev/stdin"); return 1; } if (dup2(f0, 0) < 0) { perror("dup2"); return 1; } close(f0);
 if (pipe(a) < 0) { perror("pipe"); return 1; } if (pipe(b) < 0) { perror("pipe"); return 1; }
 pid_t pid = fork(); if (pid < 0) { perror("fork"); return 1; }
 if (pid == 0) { close(a[1]); close(b[0]);_exit(child(a[0], b[1])); }
 close(a[0]); close(b[1]);
 int r = parent(a[1], b[0]);
 int st; while (waitpid(pid, &st, 0) < 0) if (errno != EINTR) { perror("waitpid"); return 1; } if (!WIFEXITED(st) || WEXITSTATUS(st)) { fprintf(stderr, "child failed\n"); r = 1; }
 return r; }
