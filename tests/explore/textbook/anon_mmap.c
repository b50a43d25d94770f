// A shared anonymous mapping (or /dev/zero): the child's increment is seen by the parent after
// wait().
// FORGOT finds: data-race
// The parent looks before it has waited.
#include <sys/mman.h>

#include "textbook.h"

int main(void) {
  int* addr;
#ifdef USE_MAP_ANON
  addr = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (addr == MAP_FAILED) errExit("mmap");
#else
  int fd = open("/dev/zero", O_RDWR);
  if (fd == -1) errExit("open");
  addr = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (addr == MAP_FAILED) errExit("mmap");
  if (close(fd) == -1) errExit("close");
#endif
  *addr = 1;
  switch (fork()) {
    case -1:
      errExit("fork");
    case 0:
      printf("Child started, value = %d\n", *addr);
      (*addr)++;
      if (munmap(addr, sizeof(int)) == -1) errExit("munmap");
      exit(EXIT_SUCCESS);
    default:
#ifndef FORGOT
      if (wait(NULL) == -1) errExit("wait");
#endif
      printf("In parent, value = %d\n", *addr);
      if (munmap(addr, sizeof(int)) == -1) errExit("munmap");
      exit(EXIT_SUCCESS);
  }
}
