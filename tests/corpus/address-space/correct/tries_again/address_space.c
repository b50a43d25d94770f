/* vim: set sw=2: */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* What fails now may work in a moment: five attempts, a tenth of a second apart. */
static bool once_more(int *attempt, const char *what)
{
  perror(what);
  usleep(100000);
  return ++*attempt < 5;
}

static int *make_page(void)
{
  int attempt = 0;
  void *p;
  do {
    p = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  } while (p == MAP_FAILED && once_more(&attempt, "mmap"));
  return p == MAP_FAILED ? NULL : p;
}

static bool make_pipe(int fd[2])
{
  int attempt = 0, r;
  while ((r = pipe(fd)) == -1 && once_more(&attempt, "pipe"))
    ;
  return r == 0;
}

static bool put(int fd, const void *bytes, size_t left)
{
  const char *p = bytes;
  int attempt = 0;
  while (left > 0) {
    ssize_t n = write(fd, p, left);
    if (n == -1) {
      if (errno == EINTR || once_more(&attempt, "write")) continue;
      return false;
    }
    p += n;
    left -= n;
  }
  return true;
}

static bool get(int fd, char *byte)
{
  int attempt = 0;
  ssize_t n;
  while ((n = read(fd, byte, 1)) == -1)
    if (errno != EINTR && !once_more(&attempt, "read")) break;
  return n == 1;
}

static bool line(const char *text) { return put(STDOUT_FILENO, text, strlen(text)); }

static unsigned long frame(void *p)
{
  unsigned long e;
  ssize_t n = -1;
  int fd = open("/proc/self/pagemap", O_RDONLY);
  if (fd != -1) {
    n = pread(fd, &e, 8, (unsigned long)p / getpagesize() * 8);
    close(fd);
  }
  return n == 8 ? e & 0x7fffffffffffffUL : 0;
}

int main(void)
{
  static int own = 1;
  char text[100], byte = 'k';
  int up[2], down[2], attempt = 0, seen, status;
  bool good;
  pid_t pid;

  signal(SIGPIPE, SIG_IGN);
  int *page = make_page();
  if (!page || !make_pipe(up) || !make_pipe(down)) return 1;
  *page = 1;
  while ((pid = fork()) == -1)
    if (!once_more(&attempt, "fork")) return 1;

  if (pid == 0) {
    close(up[0]);
    close(down[1]);
    own = 2;
    *page = 2;
    sprintf(text, "child %p %d %d\n", (void *)&own, own, *page);
    _exit(line(text) && put(up[1], &byte, 1) && get(down[0], &byte) ? 0 : 1);
  }

  close(up[1]);
  close(down[0]);
  good = get(up[0], &byte);
  if (good) {
    struct iovec to = {&seen, sizeof seen}, from = {&own, sizeof own};
    strcpy(text, "peer denied\n");
    if (process_vm_readv(pid, &to, 1, &from, 1, 0) == 4) sprintf(text, "peer %d\n", seen);
    good = line(text) && put(down[1], &byte, 1);
  }
  close(down[1]);
  while (waitpid(pid, &status, 0) == -1)
    if (errno != EINTR) return perror("waitpid"), 1;
  if (!good || status) return fputs("failed\n", stderr), 1;

  sprintf(text, "parent %p %d %d\n", (void *)&own, own, *page);
  if (!line(text)) return 1;
  unsigned long f = frame(&own);
  sprintf(text, f ? "frame 0x%lx\n" : "frame hidden\n", f);
  return line(text) ? 0 : 1;
}
