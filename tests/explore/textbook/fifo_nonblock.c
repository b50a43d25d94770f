// A FIFO opened with O_NONBLOCK: ENXIO without a reader, EAGAIN while empty; F_SETFL turns it off.
#include "textbook.h"

#define NAME "fifo_nb"

int main(void) {
  char buf[4096];

  if (mkfifo(NAME, 0600) == -1) errExit("mkfifo");
  if (open(NAME, O_WRONLY | O_NONBLOCK) != -1 || errno != ENXIO) fatal("no ENXIO");
  int rfd = open(NAME, O_RDONLY | O_NONBLOCK);
  if (rfd == -1) errExit("open for reading");
  if (read(rfd, buf, sizeof buf) != 0) fatal("no end of file without a writer");
  int wfd = open(NAME, O_WRONLY | O_NONBLOCK);
  if (wfd == -1) errExit("open for writing");
  if (read(rfd, buf, sizeof buf) != -1 || errno != EAGAIN) fatal("no EAGAIN");
  long total = 0;
  for (;;) {
    memset(buf, 'x', sizeof buf);
    ssize_t count = write(wfd, buf, sizeof buf);
    if (count == -1 && errno == EAGAIN) break;
    if (count == -1) errExit("write");
    total += count;
  }
  printf("%s\n", total >= PIPE_BUF ? "filled" : "what?");
  fflush(stdout);

  switch (fork()) {
    case -1:
      errExit("fork");
    case 0: {
      close(wfd);
      int flags = fcntl(rfd, F_GETFL);
      if (flags == -1) errExit("F_GETFL");
      flags &= ~O_NONBLOCK;
      if (fcntl(rfd, F_SETFL, flags) == -1) errExit("F_SETFL");
      long got = 0;
      for (ssize_t count; (count = read(rfd, buf, sizeof buf)) > 0;) got += count;
      printf("%s\n", got == total ? "all" : "not all");
      exit(EXIT_SUCCESS);
    }
    default:
      close(rfd);
      close(wfd);
      if (wait(NULL) == -1) errExit("wait");
      unlink(NAME);
      exit(EXIT_SUCCESS);
  }
}
