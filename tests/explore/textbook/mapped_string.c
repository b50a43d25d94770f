// run: ./program s.txt hello
// run: ./program s.txt hello2
// A file that is mapped, its string shown and replaced, under a lock of the file.
#include <sys/file.h>
#include <sys/mman.h>

#include "textbook.h"

#define MEM_SIZE 10

int main(int argc, char* argv[]) {
  if (argc < 2) fatal("usage: %s file [new-value]", argv[0]);
  int fd = open(argv[1], O_RDWR | O_CREAT, 0600);
  if (fd == -1) errExit("open");
  if (flock(fd, LOCK_EX) == -1) errExit("flock");
  if (ftruncate(fd, MEM_SIZE) == -1) errExit("ftruncate");
  char* addr = mmap(NULL, MEM_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (addr == MAP_FAILED) errExit("mmap");
  printf("Current string=%.*s\n", MEM_SIZE, addr);
  if (argc > 2) {
    if (strlen(argv[2]) >= MEM_SIZE) fatal("'new-value' too large");
    memset(addr, 0, MEM_SIZE);
    strncpy(addr, argv[2], MEM_SIZE - 1);
    if (msync(addr, MEM_SIZE, MS_SYNC) == -1) errExit("msync");
    printf("Copied \"%s\" to shared memory\n", argv[2]);
  }
  if (munmap(addr, MEM_SIZE) == -1) errExit("munmap");
  if (close(fd) == -1) errExit("close");
  exit(EXIT_SUCCESS);
}
