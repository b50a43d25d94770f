// Handlers on another stack, above or below, left by returning or by a jump.
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>

#include "held.h"

static sigjmp_buf back;
static volatile int calls;

static void on_user(int signal) {
  (void)signal;
  ++calls;
  sigset_t now;
  sigprocmask(SIG_BLOCK, NULL, &now);
  EXPECT(sigismember(&now, SIGUSR1));
}

static void on_other(int signal) {
  (void)signal;
  ++calls;
  siglongjmp(back, 1);
}

__attribute__((noinline)) static void raise_deeply(int depth) {
  char room[4096];
  memset(room, depth, sizeof room);
  if (depth > 0) raise_deeply(depth - 1);
  if (depth == 0) raise(SIGUSR1);
  __asm__ volatile("" : : "r"(room) : "memory");
}

int main(void) {
  char above[32768];
  stack_t stack = {.ss_sp = above, .ss_size = sizeof above};
  EXPECT(sigaltstack(&stack, NULL) == 0);
  struct sigaction action = {.sa_handler = on_user, .sa_flags = SA_ONSTACK};
  sigaction(SIGUSR1, &action, NULL);
  raise_deeply(8);
  sigset_t now;
  sigprocmask(SIG_BLOCK, NULL, &now);
  EXPECT(calls == 1 && !sigismember(&now, SIGUSR1));
  raise(SIGUSR1);
  EXPECT(calls == 2);
  struct sigaction other = {.sa_handler = on_other, .sa_flags = SA_ONSTACK};
  sigaction(SIGUSR2, &other, NULL);
  for (int i = 0; i < 3; ++i) {
    if (sigsetjmp(back, 1) == 0) raise(SIGUSR2);
  }
  sigprocmask(SIG_BLOCK, NULL, &now);
  EXPECT(calls == 5 && !sigismember(&now, SIGUSR2));
  return done();
}
