// run: ./program
// run: ./program
// "One instance only": a pid file with a write lock, made like a daemon does. The second says so
// and goes.
#include "textbook.h"

#define LOCKFILE "daemon.pid"

static int lockfile(int fd) {
  struct flock fl = {.l_type = F_WRLCK, .l_start = 0, .l_whence = SEEK_SET, .l_len = 0};
  return fcntl(fd, F_SETLK, &fl);
}

static int already_running(void) {
  char buf[16];
  int fd = open(LOCKFILE, O_RDWR | O_CREAT, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH);
  if (fd < 0) errExit("can't open %s", LOCKFILE);
  if (lockfile(fd) < 0) {
    if (errno == EACCES || errno == EAGAIN) {
      close(fd);
      return 1;
    }
    errExit("can't lock %s", LOCKFILE);
  }
  if (ftruncate(fd, 0) == -1) errExit("ftruncate");
  snprintf(buf, sizeof buf, "%ld", (long)getpid());
  if (write(fd, buf, strlen(buf) + 1) == -1) errExit("write");
  return 0;
}

int main(void) {
  if (already_running()) {
    fprintf(stderr, "already running\n");
    exit(EXIT_SUCCESS);
  }
  sleep(2);
  unlink(LOCKFILE);
  exit(EXIT_SUCCESS);
}
