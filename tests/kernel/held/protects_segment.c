// Protections of shared memory, of the whole and of parts, are the program's own.
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>

#include "held.h"

static sigjmp_buf back;

static void on_fault(int signal) {
  (void)signal;
  siglongjmp(back, 1);
}

static int reads(volatile char* at) {
  if (sigsetjmp(back, 1) != 0) return 0;
  (void)*at;
  return 1;
}

static int writes(volatile char* at) {
  if (sigsetjmp(back, 1) != 0) return 0;
  *at = 1;
  return 1;
}

int main(void) {
  enum { kPage = 4096 };
  struct sigaction action = {.sa_handler = on_fault};
  sigaction(SIGSEGV, &action, NULL);
  char* pages = shared(3 * kPage);
  EXPECT(reads(pages) && writes(pages));
  EXPECT(mprotect(pages, 3 * kPage, PROT_READ) == 0);
  EXPECT(reads(pages) && !writes(pages));
  EXPECT(mprotect(pages + kPage, kPage, PROT_NONE) == 0);
  EXPECT(reads(pages) && !reads(pages + kPage) && reads(pages + 2 * kPage));
  EXPECT(mprotect(pages, 2 * kPage, PROT_READ | PROT_WRITE) == 0);
  EXPECT(writes(pages) && writes(pages + kPage) && !writes(pages + 2 * kPage));
  EXPECT(mprotect(pages + 1, kPage, PROT_READ) == -1 && errno == EINVAL);
  // Private memory and shared memory in one call.
  char* both = mmap(NULL, 2 * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  EXPECT(mmap(both + kPage, kPage, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED,
              -1, 0) == both + kPage);
  EXPECT(writes(both) && writes(both + kPage));
  EXPECT(mprotect(both, 2 * kPage, PROT_READ) == 0);
  EXPECT(reads(both) && reads(both + kPage) && !writes(both) && !writes(both + kPage));
  // A part is gone.
  EXPECT(mprotect(pages, 3 * kPage, PROT_READ | PROT_WRITE) == 0);
  EXPECT(munmap(pages + kPage, kPage) == 0);
  EXPECT(writes(pages) && !reads(pages + kPage) && writes(pages + 2 * kPage));
  return done();
}
