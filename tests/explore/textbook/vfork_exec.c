// vfork() and exec; the child borrows the parent's memory until then.
#include "textbook.h"

extern char** environ;

int main(void) {
  int istack = 222;
  switch (vfork()) {
    case -1:
      errExit("vfork");
    case 0:
      istack = 333;
      execle("/bin/sh", "sh", "-c", "exit 3", (char*)NULL, environ);
      _exit(127);
  }
  int status;
  if (wait(&status) == -1) errExit("wait");
  printf("istack=%d, child %s %d\n", istack, WIFEXITED(status) ? "exited" : "?",
         WEXITSTATUS(status));
  exit(EXIT_SUCCESS);
}
