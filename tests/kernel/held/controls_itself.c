// What prctl(2) lets it change of itself does not change what is seen of it.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "held.h"

int main(void) {
  volatile int* cell = shared(4096);
  char name[17] = "";
  EXPECT(prctl(PR_SET_NAME, "other", 0, 0, 0) == 0);
  EXPECT(prctl(PR_GET_NAME, name, 0, 0, 0) == 0 && strcmp(name, "other") == 0);
  EXPECT(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0);
  EXPECT(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
  *cell = 5;
  if (fork() == 0) _exit(*cell);
  int status;
  EXPECT(wait(&status) > 0 && WEXITSTATUS(status) == 5);
  return done();
}
