#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

// Nobody may ever block, then nobody can hang: the two pipe ends of the parent are O_NONBLOCK.

static char outbox[4096], inbox[4096];

static void upcase(char *s, ssize_t n)
{
  for (; n > 0; n--, s++)
    if (*s >= 'a' && *s <= 'z') *s = *s - 'a' + 'A';
}

static void child(int in, int out)
{
  ssize_t n, k, done;
  for (;;) {
    n = read(in, inbox, sizeof(inbox));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) { perror("child read"); _exit(1); }
    if (n == 0) _exit(0);
    upcase(inbox, n);
    for (done = 0; done < n; done += k) {
      k = write(out, inbox + done, n - done);
      if (k < 0) {
        if (errno != EINTR) { perror("child write"); _exit(1); }
        k = 0;
      }
    }
  }
}

static int again(ssize_t n)
{
  return n < 0 && (errno == EAGAIN || errno == EINTR);
}

int main(void)
{
  int to[2], from[2], eof = 0, bad = 0, status;
  ssize_t len = 0, sent = 0, n, k;
  pid_t pid;

  signal(SIGPIPE, SIG_IGN);
  if (pipe(to) || pipe(from)) { perror("pipe"); return 1; }
  pid = fork();
  if (pid < 0) { perror("fork"); return 1; }
  if (pid == 0) {
    close(to[1]); close(from[0]);
    child(to[0], from[1]);
  }
  close(to[0]); close(from[1]);
  if (fcntl(to[1], F_SETFL, O_NONBLOCK) || fcntl(from[0], F_SETFL, O_NONBLOCK)) {
    perror("fcntl");
    bad = 1;
  }

  while (!bad) {
    if (!eof && sent == len) {
      len = read(0, outbox, sizeof(outbox));
      sent = 0;
      if (len < 0) {
        if (!again(len)) { perror("stdin"); bad = 1; }
        len = 0;
        continue;
      }
      if (len == 0) { eof = 1; close(to[1]); }
    }
    if (sent < len) {
      n = write(to[1], outbox + sent, len - sent);
      if (n > 0) sent += n;
      else if (!again(n)) { perror("to child"); bad = 1; continue; }
    }
    n = read(from[0], inbox, sizeof(inbox));
    if (n == 0) break;
    if (n < 0) {
      if (!again(n)) { perror("from child"); bad = 1; }
      continue;                                   // nothing there yet
    }
    for (; n > 0; n -= k) {
      k = write(1, inbox, n);
      if (k < 0 && errno == EINTR) k = 0;
      if (k < 0) { perror("stdout"); bad = 1; break; }
      for (ssize_t i = 0; i < n - k; i++) inbox[i] = inbox[i + k];
    }
  }
  if (!eof) close(to[1]);
  close(from[0]);
  while (waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) { perror("waitpid"); return 1; }
  if (status) { fprintf(stderr, "child: %d\n", status); bad = 1; }
  return bad;
}
