/* What comes back is kept until the child has ended and its status is known: nothing is printed
   unless everything is right. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct buffer {
  char *data;
  size_t size, sent;
};

static void fail(const char *what) {
  perror(what);
  exit(EXIT_FAILURE);
}

/* 1: something came; 0: the end; -1: error */
static int append(struct buffer *b, int fd) {
  char *more = realloc(b->data, b->size + 50000);
  if (!more) return -1;
  b->data = more;
  ssize_t n = read(fd, b->data + b->size, 50000);
  if (n > 0) b->size += n;
  return n > 0 || (n < 0 && errno == EINTR) ? 1 : n < 0 ? -1 : 0;
}

static int flush(struct buffer *b, int fd, size_t most) {
  size_t n = b->size - b->sent;
  ssize_t k = write(fd, b->data + b->sent, n > most ? most : n);
  if (k > 0) b->sent += k;
  return k < 0 && errno != EINTR ? -1 : 0;
}

static void child(int in, int out) {
  int more = 1;
  while (more) {
    struct buffer b = {NULL, 0, 0};
    more = append(&b, in);
    if (more < 0) fail("child, read");
    for (size_t i = 0; i < b.size; i++) {
      if (b.data[i] >= 'a' && b.data[i] <= 'z') b.data[i] ^= 0x20;
    }
    while (b.sent < b.size) {
      if (flush(&b, out, b.size) < 0) fail("child, write");
    }
    free(b.data);
  }
}

int main(void) {
  int a[2], b[2];
  signal(SIGPIPE, SIG_IGN);
  if (pipe(a) || pipe(b)) fail("pipe");

  pid_t pid = fork();
  if (pid < 0) fail("fork");
  if (!pid) {
    close(a[1]);
    close(b[0]);
    child(a[0], b[1]);
    exit(EXIT_SUCCESS);
  }
  close(a[0]);
  close(b[1]);

  struct buffer question = {NULL, 0, 0}, answer = {NULL, 0, 0};
  const char *wrong = NULL;
  int error = 0, result;

  /* stdin is read to its end before the first byte is sent */
  while ((result = append(&question, STDIN_FILENO)) > 0) {
  }
  if (result < 0) {
    wrong = "stdin";
    error = errno;
  }
  int writing = 1;
  while (!wrong) {
    if (writing && question.sent == question.size) {
      close(a[1]);
      writing = 0;
    }
    struct pollfd p[2] = {{b[0], POLLIN, 0}, {writing ? a[1] : -1, POLLOUT, 0}};
    if (poll(p, 2, -1) < 0) {
      if (errno == EINTR) continue;
      wrong = "poll";
    } else if (p[1].revents && flush(&question, a[1], 512) < 0) {
      wrong = "write to the child";
    } else if (p[0].revents && (result = append(&answer, b[0])) <= 0) {
      if (result == 0) break;
      wrong = "read from the child";
    }
    error = errno;
  }
  if (writing) close(a[1]);
  close(b[0]);

  int status;
  while (waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) fail("waitpid");
  }
  if (WIFSIGNALED(status)) fprintf(stderr, "child: %s\n", strsignal(WTERMSIG(status)));
  if (wrong) fprintf(stderr, "%s: %s\n", wrong, strerror(error));
  if (wrong || status) return EXIT_FAILURE;

  while (answer.sent < answer.size) {
    if (flush(&answer, STDOUT_FILENO, answer.size) < 0) fail("stdout");
  }
  return EXIT_SUCCESS;
}
