// A lock that begins where the file is read and written next.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/wait.h>

#include "held.h"

int main(void) {
  const int file = open("file", O_CREAT | O_RDWR, 0600);
  EXPECT(write(file, "0123456789", 10) == 10);
  EXPECT(lseek(file, 4, SEEK_SET) == 4);
  EXPECT(lockf(file, F_TLOCK, 2) == 0);
  if (fork() == 0) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 10};
    EXPECT(fcntl(file, F_GETLK, &lock) == 0);
    EXPECT(lock.l_type == F_WRLCK && lock.l_start == 4 && lock.l_len == 2);
    _exit(failures);
  }
  int status;
  EXPECT(wait(&status) > 0 && status == 0);
  return done();
}
