#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define BUF 4096

static int down[2], up[2];

static ssize_t read_some(int fd, char *buf, size_t n) {
  ssize_t r;
  do r = read(fd, buf, n);
  while (r == -1 && errno == EINTR);
  return r;
}

static int write_all(int fd, const char *buf, size_t n) {
  while (n > 0) {
    ssize_t w = write(fd, buf, n);
    if (w == -1) {
      if (errno == EINTR)
        continue;
      return -1;
    }
    buf += w;
    n -= w;
  }
  return 0;
}

static void upper(char *s, size_t n) {
  size_t i = 0;
  while (i < n) {
    if (s[i] < 'a' || s[i] > 'z')
      continue;
    s[i++] -= 'a' - 'A';
  }
}

static int child(void) {
  char buf[BUF];
  ssize_t n;
  close(down[1]);
  close(up[0]);
  while ((n = read_some(down[0], buf, sizeof buf)) > 0) {
    upper(buf, n);
    if (write_all(up[1], buf, n) == -1) {
      perror("child: write");
      return 1;
    }
  }
  if (n == -1) {
    perror("child: read");
    return 1;
  }
  return 0;
}

/* moves everything; 0 when all went well */
static int parent(void) {
  char out[BUF], in[BUF];
  size_t have = 0, at = 0;
  bool more = true;
  fcntl(down[1], F_SETFL, O_NONBLOCK);
  for (;;) {
    if (more && at == have) {
      ssize_t n = read_some(STDIN_FILENO, out, sizeof out);
      if (n == -1) {
        perror("stdin");
        return -1;
      }
      at = 0;
      have = n;
      if (n == 0) {
        more = false;
        close(down[1]);
      }
    }
    struct pollfd p[2] = {{.fd = up[0], .events = POLLIN},
                          {.fd = more ? down[1] : -1, .events = POLLOUT}};
    if (poll(p, 2, -1) == -1) {
      if (errno == EINTR)
        continue;
      perror("poll");
      return -1;
    }
    if (p[1].revents) {
      ssize_t w = write(down[1], out + at, have - at);
      if (w >= 0)
        at += w;
      else if (errno != EAGAIN && errno != EINTR) {
        perror("to child");
        return -1;
      }
    }
    if (p[0].revents) {
      ssize_t n = read_some(up[0], in, sizeof in);
      if (n == -1) {
        perror("from child");
        return -1;
      }
      if (n == 0) {
        if (more) {
          fprintf(stderr, "child is gone\n");
          return -1;
        }
        return 0;
      }
      if (write_all(STDOUT_FILENO, in, n) == -1) {
        perror("stdout");
        return -1;
      }
    }
  }
}

int main(void) {
  int status, bad;
  signal(SIGPIPE, SIG_IGN);
  if (pipe(down) == -1 || pipe(up) == -1) {
    perror("pipe");
    return EXIT_FAILURE;
  }
  pid_t pid = fork();
  if (pid == -1) {
    perror("fork");
    return EXIT_FAILURE;
  }
  if (pid == 0)
    _exit(child());
  close(down[0]);
  close(up[1]);
  bad = parent();
  if (bad)
    kill(pid, SIGKILL);
  while (waitpid(pid, &status, 0) == -1)
    if (errno != EINTR) {
      perror("waitpid");
      return EXIT_FAILURE;
    }
  if (!bad && (!WIFEXITED(status) || WEXITSTATUS(status) != 0)) {
    fprintf(stderr, "child ended badly (%#x)\n", status);
    bad = 1;
  }
  return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}
