// run: ./program 4 2 6
// The end of file of a pipe says that all children are through with what they had to do.
// FORGOT finds: deadlock
// The parent keeps its own copy of the write end.
#include "textbook.h"

int main(int argc, char* argv[]) {
  int pfd[2];
  int dummy;

  if (argc < 2) fatal("usage: %s sleep-time...", argv[0]);
  setbuf(stdout, NULL);
  printf("%ld  Parent started\n", (long)getpid());
  if (pipe(pfd) == -1) errExit("pipe");
  for (int j = 1; j < argc; j++) {
    switch (fork()) {
      case -1:
        errExit("fork %d", j);
      case 0:
        if (close(pfd[0]) == -1) errExit("close");
        sleep((unsigned)getInt(argv[j], 0, "sleep-time"));
        printf("Child %d (PID=%ld) closing pipe\n", j, (long)getpid());
        if (close(pfd[1]) == -1) errExit("close");
        _exit(EXIT_SUCCESS);
      default:
        break;
    }
  }
#ifndef FORGOT
  if (close(pfd[1]) == -1) errExit("close");
#endif
  if (read(pfd[0], &dummy, 1) != 0) fatal("parent didn't get EOF");
  printf("Parent ready to go\n");
  while (wait(NULL) > 0) continue;
  exit(EXIT_SUCCESS);
}
