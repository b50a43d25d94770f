// Small programs that are run held, see held_test.cc: each prints "ok" and exits 0 where everything
// was as on the kernel itself. EXPECT tells what was not.
#ifndef IPCGRADE_TESTS_HELD_H_
#define IPCGRADE_TESTS_HELD_H_

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int failures;

#define EXPECT(condition)                                                          \
  do {                                                                             \
    if (!(condition)) {                                                            \
      printf("%s:%d: %s (%s)\n", __FILE__, __LINE__, #condition, strerror(errno)); \
      ++failures;                                                                  \
    }                                                                              \
  } while (0)

static inline int done(void) {
  if (failures == 0) puts("ok");
  fflush(stdout);
  return failures != 0;
}

/// Memory that is shared with children, and closed to a held program.
static inline void* shared(size_t size) {
  void* made = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (made == MAP_FAILED) exit(3);
  return made;
}

#endif  // IPCGRADE_TESTS_HELD_H_
