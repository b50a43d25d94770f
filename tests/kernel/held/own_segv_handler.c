// Its own handler for SIGSEGV sees its own faults and none of ours, whatever is blocked.
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>

#include "held.h"

static sigjmp_buf back;
static volatile int faults;
static volatile char* cell;
static volatile int seen_in_handler;

static void on_fault(int signal, siginfo_t* info, void* context) {
  (void)signal, (void)info, (void)context;
  ++faults;
  ++*cell;
  siglongjmp(back, 1);
}

static void on_user(int signal) {
  (void)signal;
  seen_in_handler = ++*cell;
}

static void fault(void) {
  if (sigsetjmp(back, 1) == 0) *(volatile int*)8 = 1;
}

int main(void) {
  cell = shared(4096);
  *cell = 40;
  EXPECT(*cell == 40 && faults == 0);
  struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
  sigfillset(&action.sa_mask);
  sigaction(SIGSEGV, &action, NULL);
  struct sigaction user = {.sa_handler = on_user};
  sigfillset(&user.sa_mask);
  sigaction(SIGUSR1, &user, NULL);
  *cell = 1;
  EXPECT(faults == 0);
  fault();
  EXPECT(faults == 1 && *cell == 2);
  fault();
  EXPECT(faults == 2 && *cell == 3);
  raise(SIGUSR1);
  EXPECT(seen_in_handler == 4);
  fault();
  EXPECT(faults == 3);
  sigset_t all, old;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &old);
  *cell = 7;
  EXPECT(*cell == 7 && faults == 3);
  sigprocmask(SIG_SETMASK, &old, NULL);
  EXPECT(!sigismember(&old, SIGSEGV));
  fault();
  EXPECT(faults == 4);
  return done();
}
