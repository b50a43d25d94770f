/* the answer may be longer than a pipe, so it comes back in a file */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int moved(int from, int to, int up)
{
  char b[8192];
  ssize_t n, k, i;
  for (;;) {
    if ((n = read(from, b, sizeof b)) == 0) return 0;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return -1;
    for (i = 0; up && i < n; i++)
      if (b[i] >= 'a' && b[i] <= 'z') b[i] -= 'a' - 'A';
    for (i = 0; i < n; i += k) {
      k = write(to, b + i, n - i);
      if (k < 0 && errno != EINTR) return -1;
      if (k < 0) k = 0;
    }
  }
}

static int child(int in, int out)
{
  char name[] = "/tmp/pipesXXXXXX";
  int file = mkstemp(name);
  if (file < 0 || moved(in, file, 1) < 0 || write(out, name, sizeof name) != sizeof name) {
    perror("child");
    return 1;
  }
  return 0;
}

int main(void)
{
  int a[2], b[2], status, file, bad = 0;
  char name[64];
  ssize_t n;

  signal(SIGPIPE, SIG_IGN);
  if (pipe(a) < 0 || pipe(b) < 0) { perror("pipe"); return 1; }
  pid_t pid = fork();
  if (pid < 0) { perror("fork"); return 1; }
  if (pid == 0) {
    close(a[1]);
    close(b[0]);
    _exit(child(a[0], b[1]));
  }
  close(a[0]);
  close(b[1]);
  if (moved(STDIN_FILENO, a[1], 0) < 0) { perror("stdin"); bad = 1; }
  close(a[1]);
  memset(name, 0, sizeof name);
  for (size_t i = 0; !bad && (n = read(b[0], name + i, sizeof name - 1 - i)) != 0;) {
    if (n > 0) i += n;
    else if (errno != EINTR) { perror("name"); bad = 1; }
  }
  if (!bad && *name) {
    FILE *f = fopen(name, "r");
    file = f ? fileno(f) : -1;
    if (!f || moved(file, STDOUT_FILENO, 0) < 0) { perror(name); bad = 1; }
    if (f) fclose(f);
    unlink(name);
  }
  close(b[0]);
  while (waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) return 1;
  if (status) fprintf(stderr, "child: status %d\n", status);
  return bad || status;
}
