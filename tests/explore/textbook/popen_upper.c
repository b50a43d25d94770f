// The pager of a report: popen() for writing, and a coprocess through two pipes.
#include "textbook.h"

int main(void) {
  FILE* fp = popen("tr a-z A-Z", "w");
  if (fp == NULL) errExit("popen");
  for (int i = 0; i < 3; i++) fprintf(fp, "line %d\n", i);
  if (pclose(fp) != 0) fatal("tr failed");

  int to[2], from[2];
  char line[100];
  if (signal(SIGPIPE, SIG_IGN) == SIG_ERR) errExit("signal");
  if (pipe(to) < 0 || pipe(from) < 0) errExit("pipe");
  pid_t pid = fork();
  if (pid < 0) errExit("fork");
  if (pid == 0) {
    close(to[1]);
    close(from[0]);
    dup2(to[0], 0);
    close(to[0]);
    dup2(from[1], 1);
    close(from[1]);
    execl("/bin/cat", "cat", (char*)0);
    errExit("execl");
  }
  close(to[0]);
  close(from[1]);
  for (int i = 0; i < 3; i++) {
    int n = snprintf(line, sizeof line, "ask %d\n", i);
    if (write(to[1], line, n) != n) errExit("write to coprocess");
    if ((n = read(from[0], line, sizeof line)) < 0) errExit("read from coprocess");
    if (n == 0) fatal("child closed the pipe");
    line[n] = 0;
    if (fputs(line, stdout) == EOF) fatal("fputs");
  }
  close(to[1]);
  if (waitpid(pid, NULL, 0) < 0) errExit("waitpid");
  exit(0);
}
