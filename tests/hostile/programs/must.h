// For programs that try what a box must not let them: each attempt is named, and one that succeeds
// is the program's exit status 1.
#pragma once

#include <errno.h>
#include <stdio.h>
#include <string.h>

/// Tier A or B: what is the machine's own is not in sight at all.
#define HAS_NAMESPACES (TIER <= 'B')

static int escaped;

/// `result` as of a system call: anything but -1 is an escape.
static inline void must_fail(long result, const char *what) {
  if (result == -1) return;
  escaped = 1;
  printf("ESCAPED: %s gave %ld\n", what, result);
}

static inline void must_hold(int holds, const char *what) {
  if (holds) return;
  escaped = 1;
  printf("ESCAPED: %s does not hold (%s)\n", what, strerror(errno));
}
