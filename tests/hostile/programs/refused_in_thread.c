// The thread that makes the call may be gone when it is looked at.
// expect: outcome=forbidden-call|signalled left=*
// link: -pthread
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <unistd.h>

static void *trace(void *nothing) {
  ptrace(PTRACE_TRACEME, 0, NULL, NULL);
  return nothing;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, trace, NULL);
  kill(getpid(), SIGKILL);
  pthread_join(thread, NULL);
  return 0;
}
