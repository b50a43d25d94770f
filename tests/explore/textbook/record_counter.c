// run: ./program seq 3
// run: ./program seq 2
// A sequence number in a file, as text, counted up by several processes under a record lock.
// FORGOT finds: order-dependent-result
// F_SETLK does not wait.
#include "textbook.h"

#define MAXLINE 20

static int lock_reg(int fd, int cmd, int type, off_t offset, int whence, off_t len) {
  struct flock lock = {.l_type = type, .l_start = offset, .l_whence = whence, .l_len = len};
  return fcntl(fd, cmd, &lock);
}

#ifdef FORGOT
#define COMMAND F_SETLK
#else
#define COMMAND F_SETLKW
#endif
#define writew_lock(fd, offset, whence, len) \
  lock_reg((fd), COMMAND, F_WRLCK, (offset), (whence), (len))
#define un_lock(fd, offset, whence, len) lock_reg((fd), F_SETLK, F_UNLCK, (offset), (whence), (len))

int main(int argc, char* argv[]) {
  char line[MAXLINE + 1];
  ssize_t n;

  if (argc != 3) fatal("usage: %s file times", argv[0]);
  int fd = open(argv[1], O_RDWR | O_CREAT, 0644);
  if (fd < 0) errExit("open");
  for (int i = getInt(argv[2], 1, "times"); i > 0; i--) {
    if (writew_lock(fd, 0, SEEK_SET, 0) < 0) errExit("lock");
    lseek(fd, 0L, SEEK_SET);
    if ((n = read(fd, line, MAXLINE)) < 0) errExit("read");
    line[n] = '\0';
    long seqno = n == 0 ? 0 : atol(line);
    seqno++;
    snprintf(line, sizeof line, "%ld\n", seqno % 1000000);
    lseek(fd, 0L, SEEK_SET);
    if (write(fd, line, strlen(line)) < 0) errExit("write");
    if (un_lock(fd, 0, SEEK_SET, 0) < 0) errExit("unlock");
  }
  exit(EXIT_SUCCESS);
}
