/* The child is a filter as it stands in every book: getchar(), putchar(). Its stdin and stdout are
 * the pipes, since dup2() has put them there. */
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void filter(void)
{
  int c;
  while ((c = getchar()) != EOF)
    if (putchar(toupper(c)) == EOF)      /* "C" locale, and c is 0..255: a-z and nothing else */
      break;
  if (ferror(stdin) || fflush(stdout) == EOF || ferror(stdout)) {
    perror("filter");
    _exit(1);
  }
  _exit(0);
}

static ssize_t try_read(int fd, char *buf, size_t size)
{
  ssize_t n;
  do n = read(fd, buf, size); while (n == -1 && errno == EINTR);
  return n;
}

static int try_write(int fd, const char *buf, size_t size)
{
  while (size > 0) {
    ssize_t n = write(fd, buf, size);
    if (n == -1 && errno != EINTR) return -1;
    if (n > 0) { buf += n; size -= n; }
  }
  return 0;
}

int main(void)
{
  char line[1024], answer[4096];
  size_t filled = 0;
  int request[2], reply[2], status, failed = 0, open = 1;
  pid_t child;

  signal(SIGPIPE, SIG_IGN);
  if (pipe(request) == -1 || pipe(reply) == -1 || (child = fork()) == -1) {
    perror("pipe or fork");
    return 1;
  }
  if (child == 0) {
    if (dup2(request[0], STDIN_FILENO) == -1 || dup2(reply[1], STDOUT_FILENO) == -1) {
      perror("dup2");
      _exit(1);
    }
    close(request[0]); close(request[1]);
    close(reply[0]); close(reply[1]);
    filter();
  }
  close(request[0]);
  close(reply[1]);

  while (!failed) {
    struct pollfd pfd[3] = {
      { filled == 0 && open ? STDIN_FILENO : -1, POLLIN, 0 },
      { filled > 0 ? request[1] : -1, POLLOUT, 0 },
      { reply[0], POLLIN, 0 },
    };
    if (poll(pfd, 3, -1) == -1) {
      if (errno != EINTR) { perror("poll"); failed = 1; }
      continue;
    }
    if (pfd[0].revents) {
      ssize_t n = try_read(STDIN_FILENO, line, sizeof line);
      if (n == -1) { perror("stdin"); failed = 1; }
      if (n == 0) { close(request[1]); open = 0; }
      if (n > 0) filled = n;
    } else if (pfd[1].revents) {
      if (try_write(request[1], line, filled) == -1) { perror("request"); failed = 1; }
      filled = 0;
    }
    if (pfd[2].revents && !failed) {
      ssize_t n = try_read(reply[0], answer, sizeof answer);
      if (n == 0) break;
      if (n == -1) { perror("reply"); failed = 1; }
      else if (try_write(STDOUT_FILENO, answer, n) == -1) { perror("stdout"); failed = 1; }
    }
  }
  if (open) close(request[1]);
  close(reply[0]);

  while (waitpid(child, &status, 0) == -1)
    if (errno != EINTR) { perror("waitpid"); return 1; }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    fprintf(stderr, "filter failed (%d)\n", status);
    failed = 1;
  }
  return failed;
}
