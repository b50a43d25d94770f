// What prctl(2) and arch_prctl(2) let it change of itself does not change what is seen of it.
#include <asm/prctl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "held.h"

int main(void) {
  volatile int* cell = shared(4096);
  char name[17] = "";
  EXPECT(prctl(PR_SET_NAME, "other", 0, 0, 0) == 0);
  EXPECT(prctl(PR_GET_NAME, name, 0, 0, 0) == 0 && strcmp(name, "other") == 0);
  EXPECT(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0);
  EXPECT(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
  unsigned long base = 0;
  EXPECT(syscall(SYS_arch_prctl, ARCH_GET_FS, &base) == 0 && base != 0);
  EXPECT(syscall(SYS_arch_prctl, ARCH_SET_FS, base) == 0);
  // Its clock is the machine's.
  EXPECT(syscall(SYS_arch_prctl, ARCH_MAP_VDSO_64, 0) == -1 && errno == ENOSYS);
  *cell = 5;
  if (fork() == 0) _exit(*cell);
  int status;
  EXPECT(wait(&status) > 0 && WEXITSTATUS(status) == 5);
  return done();
}
