#include <sys/wait.h>
#include <unistd.h>

#include "held.h"

int main(void) {
  volatile int* flag = shared(4096);
  if (fork() == 0) {
    sleep(1);
    *flag = 1;
    _exit(0);
  }
  while (*flag == 0) usleep(1000);
  wait(NULL);
  return done();
}
