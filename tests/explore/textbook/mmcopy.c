// run: ./program textbook.h copy.h
// Copies a file by two mappings and memcpy(), and compares the two by another process.
#include <sys/mman.h>

#include "textbook.h"

int main(int argc, char* argv[]) {
  struct stat sb;

  if (argc != 3) fatal("usage: %s source-file dest-file", argv[0]);
  int src = open(argv[1], O_RDONLY);
  if (src == -1) errExit("open");
  if (fstat(src, &sb) == -1) errExit("fstat");
  if (sb.st_size == 0) exit(EXIT_SUCCESS);
  char* from = mmap(NULL, sb.st_size, PROT_READ, MAP_PRIVATE, src, 0);
  if (from == MAP_FAILED) errExit("mmap");
  int dst = open(argv[2], O_RDWR | O_CREAT | O_TRUNC, S_IRUSR | S_IWUSR);
  if (dst == -1) errExit("open");
  if (ftruncate(dst, sb.st_size) == -1) errExit("ftruncate");
  char* to = mmap(NULL, sb.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, dst, 0);
  if (to == MAP_FAILED) errExit("mmap");
  memcpy(to, from, sb.st_size);
  if (msync(to, sb.st_size, MS_SYNC) == -1) errExit("msync");
  if (madvise(from, sb.st_size, MADV_DONTNEED) == -1) errExit("madvise");
  switch (fork()) {
    case -1:
      errExit("fork");
    case 0:
      execlp("cmp", "cmp", argv[1], argv[2], (char*)NULL);
      errExit("execlp");
  }
  int status;
  if (wait(&status) == -1) errExit("wait");
  printf("%s\n", status == 0 ? "same" : "different");
  if (munmap(to, sb.st_size) == -1) errExit("munmap");
  exit(EXIT_SUCCESS);
}
