// run: ./program lockfile s 2
// run: ./program lockfile s 2
// run: ./program lockfile xn 2
// run: ./program lockfile x 2
// flock(): shared and exclusive, waiting or not; the lock is let go after some seconds.
#include <sys/file.h>

#include "textbook.h"

int main(int argc, char* argv[]) {
  if (argc < 3) fatal("usage: %s file lock [sleep-time]", argv[0]);
  int lock = (argv[2][0] == 's') ? LOCK_SH : LOCK_EX;
  if (argv[2][1] == 'n') lock |= LOCK_NB;
  int fd = open(argv[1], O_RDONLY | O_CREAT, 0600);
  if (fd == -1) errExit("open");
  const char* lname = (lock & LOCK_SH) ? "LOCK_SH" : "LOCK_EX";
  printf("PID %ld: requesting %s\n", (long)getpid(), lname);
  if (flock(fd, lock) == -1) {
    if (errno == EWOULDBLOCK) {
      printf("PID %ld: already locked - bye!\n", (long)getpid());
      exit(EXIT_SUCCESS);
    }
    errExit("flock (PID=%ld)", (long)getpid());
  }
  printf("PID %ld: granted    %s\n", (long)getpid(), lname);
  sleep((argc > 3) ? getInt(argv[3], 0, "sleep-time") : 10);
  printf("PID %ld: releasing  %s\n", (long)getpid(), lname);
  if (flock(fd, LOCK_UN) == -1) errExit("flock");
  exit(EXIT_SUCCESS);
}
