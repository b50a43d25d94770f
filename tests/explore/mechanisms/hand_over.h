// What the programs of this folder have in common: two processes hand over data in memory that they
// share, and touch them plainly. So an edge of happens-before that is missing is a data race, and a
// wake-up that is missing a hang.
#pragma once
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { kRight = 42 };

/// What is handed over.
static int* data;

/// Ends the process where something went wrong.
#define MUST(condition)       \
  do {                        \
    if (!(condition)) _exit(2); \
  } while (0)

/// Zeroed memory that is shared with all children.
static inline void* shared_memory(size_t size) {
  void* memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  MUST(memory != MAP_FAILED);
  return memory;
}

static inline void make_data(void) { data = shared_memory(sizeof *data); }

/// Between two looks of who polls.
static inline void nap(void) { usleep(100000); }

/// The set of this signal alone.
static inline const sigset_t* only(int signal) {
  static sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  return &set;
}

/// Lets the signal wait; `before` is the mask as it was.
static inline void block(int signal, sigset_t* before) {
  MUST(sigprocmask(SIG_BLOCK, only(signal), before) == 0);
}

static inline void handle(int signal, void (*handler)(int)) {
  struct sigaction action = {.sa_handler = handler};
  MUST(sigaction(signal, &action, NULL) == 0);
}

/// `one` in a child and `other` in this process, and then waits for the child.
static inline int run_both(void (*one)(void), void (*other)(void)) {
  pid_t child = fork();
  MUST(child >= 0);
  if (child == 0) {
    one();
    _exit(0);
  }
  other();
  int status = 0;
  MUST(waitpid(child, &status, 0) == child && status == 0);
  return 0;
}
