// Other programs, by every way there is from one thread.
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include "held.h"

extern char** environ;

int main(int count, char** arguments) {
  if (count > 1) return atoi(arguments[1]);
  int status = 0;
  if (fork() == 0) {
    execl(arguments[0], arguments[0], "7", NULL);
    _exit(1);
  }
  EXPECT(wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 7);
  if (vfork() == 0) {
    execl(arguments[0], arguments[0], "8", NULL);
    _exit(1);
  }
  EXPECT(wait(&status) > 0 && WEXITSTATUS(status) == 8);
  if (vfork() == 0) {
    execl("/nothing", "/nothing", NULL);
    _exit(9);
  }
  EXPECT(wait(&status) > 0 && WEXITSTATUS(status) == 9);
  char* given[] = {arguments[0], "10", NULL};
  pid_t child;
  EXPECT(posix_spawn(&child, arguments[0], NULL, NULL, given, environ) == 0);
  EXPECT(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 10);
  status = system("exit 3");
  EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 3);
  return done();
}
