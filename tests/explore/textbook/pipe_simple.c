// run: ./program "It was a bright cold day in April."
// The parent sends its argument to the child through a pipe, a few bytes at a time.
// FORGOT finds: deadlock
// The child keeps its copy of the write end, and so never sees the end of file.
#include "textbook.h"

#define BUF_SIZE 10

int main(int argc, char* argv[]) {
  int pfd[2];
  char buf[BUF_SIZE];
  ssize_t numRead;

  if (argc != 2 || strcmp(argv[1], "--help") == 0) fatal("usage: %s string", argv[0]);
  if (pipe(pfd) == -1) errExit("pipe");
  switch (fork()) {
    case -1:
      errExit("fork");
#ifdef FORGOT
    case 0:;
#else
    case 0:
      if (close(pfd[1]) == -1) errExit("close - child");
#endif
      for (;;) {
        numRead = read(pfd[0], buf, BUF_SIZE);
        if (numRead == -1) errExit("read");
        if (numRead == 0) break;
        if (write(STDOUT_FILENO, buf, numRead) != numRead) fatal("child - partial/failed write");
      }
      write(STDOUT_FILENO, "\n", 1);
      if (close(pfd[0]) == -1) errExit("close");
      _exit(EXIT_SUCCESS);
    default:
      if (close(pfd[0]) == -1) errExit("close - parent");
      if (write(pfd[1], argv[1], strlen(argv[1])) != (ssize_t)strlen(argv[1])) {
        fatal("parent - partial/failed write");
      }
      if (close(pfd[1]) == -1) errExit("close");
      wait(NULL);
      exit(EXIT_SUCCESS);
  }
}
