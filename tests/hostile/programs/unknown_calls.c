// Numbers that no list has: io_uring, clone3, those of next year, nonsense.
// expect: outcome=exited status=0
#define _GNU_SOURCE
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "must.h"

static void must_be_unknown(long number) {
  errno = 0;
  must_fail(syscall(number, 0, 0, 0, 0, 0, 0), "an unknown call");
  must_hold(errno == ENOSYS, "ENOSYS");
}

int main(void) {
  must_be_unknown(425);  // io_uring_setup
  must_be_unknown(426);
  must_be_unknown(427);
  must_be_unknown(435);  // clone3
  must_be_unknown(444);  // landlock_create_ruleset
  must_be_unknown(447);  // memfd_secret
  for (long number = 450; number < 700; ++number) must_be_unknown(number);
  must_be_unknown(100000);
  must_be_unknown(0x3fffffff);
  must_fail(personality(ADDR_NO_RANDOMIZE), "personality");
  must_fail(prctl(PR_SET_MM, PR_SET_MM_EXE_FILE, 0, 0, 0), "PR_SET_MM");
  return escaped;
}
