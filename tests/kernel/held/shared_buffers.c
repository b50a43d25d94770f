// The kernel reads and writes shared memory for calls that it does itself.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "held.h"

int main(void) {
  char* memory = shared(16384);
  strcpy(memory, "file");
  const int file = open(memory, O_CREAT | O_RDWR, 0600);
  EXPECT(file >= 0);
  strcpy(memory + 100, "content");
  EXPECT(write(file, memory + 100, 7) == 7);
  EXPECT(pread(file, memory + 200, 100, 0) == 7 && memcmp(memory + 200, "content", 7) == 0);
  struct stat* status = (struct stat*)(memory + 512);
  EXPECT(stat(memory, status) == 0 && status->st_size == 7);
  status->st_size = 0;
  EXPECT(fstat(file, status) == 0 && status->st_size == 7);
  char private[4] = "";
  struct iovec* parts = (struct iovec*)(memory + 1024);
  parts[0] = (struct iovec){private, 3};
  parts[1] = (struct iovec){memory + 300, 10};
  EXPECT(lseek(file, 0, SEEK_SET) == 0);
  EXPECT(readv(file, parts, 2) == 7);
  EXPECT(memcmp(private, "con", 3) == 0 && memcmp(memory + 300, "tent", 4) == 0);
  int* ends = (int*)(memory + 2048);
  EXPECT(pipe(ends) == 0);
  EXPECT(write(ends[1], memory + 100, 7) == 7 && read(ends[0], memory + 400, 7) == 7);
  EXPECT(getcwd(memory + 4096, 4096) != NULL && strcmp(memory + 4096, "/work") == 0);
  EXPECT(symlink(memory, "link") == 0);
  EXPECT(readlink("link", memory + 600, 100) == 4 && memcmp(memory + 600, "file", 4) == 0);
  EXPECT(stat("file", (struct stat*)8) == -1 && errno == EFAULT);
  EXPECT(mprotect(memory, 4096, PROT_READ) == 0);
  EXPECT(pread(file, memory + 200, 100, 0) == -1 && errno == EFAULT);
  return done();
}
