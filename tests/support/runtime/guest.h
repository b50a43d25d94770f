// Small programs that the runtime is loaded into: EXPECT tells a failure and goes on.
#ifndef IPCGRADE_TESTS_RUNTIME_GUEST_H_
#define IPCGRADE_TESTS_RUNTIME_GUEST_H_

#include <stdio.h>

static int failures;

#define EXPECT(condition)                                    \
  do {                                                       \
    if (!(condition)) {                                      \
      printf("%s:%d: %s\n", __FILE__, __LINE__, #condition); \
      ++failures;                                            \
    }                                                        \
  } while (0)

#endif  // IPCGRADE_TESTS_RUNTIME_GUEST_H_
