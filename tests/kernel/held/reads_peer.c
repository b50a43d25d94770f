// Where the group peer-memory is refused. Prints the address of the variable first.
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "held.h"

static int variable = 1;
static pid_t child;

static int is_refused(pid_t process) {
  int value = 7;
  struct iovec here = {&value, sizeof value}, there = {&variable, sizeof variable};
  errno = 0;
  if (process_vm_readv(process, &here, 1, &there, 1, 0) != -1 || errno != EPERM) return 0;
  errno = 0;
  if (process_vm_writev(process, &here, 1, &there, 1, 0) != -1 || errno != EPERM) return 0;
  return value == 7;
}

static void* ask(void* nothing) {
  EXPECT(is_refused(child));
  return nothing;
}

int main(void) {
  int go[2], status;
  char byte;
  pthread_t thread;
  printf("%p\n", (void*)&variable);
  fflush(stdout);
  EXPECT(pipe(go) == 0);
  child = fork();
  if (child == 0) {
    close(go[1]);
    EXPECT(is_refused(getppid()));
    read(go[0], &byte, 1);
    _exit(failures);
  }
  EXPECT(is_refused(child));
  EXPECT(pthread_create(&thread, NULL, ask, NULL) == 0);
  EXPECT(pthread_join(thread, NULL) == 0);
  close(go[1]);
  EXPECT(waitpid(child, &status, 0) == child && status == 0);
  EXPECT(variable == 1);
  return done();
}
