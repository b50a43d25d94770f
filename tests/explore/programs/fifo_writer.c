// Either of the two may be started first: who opens the FIFO waits for the other.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  if (mkfifo(argv[1], 0600) != 0 && errno != EEXIST) return 2;
  int fifo = open(argv[1], O_WRONLY);
  if (fifo < 0) return 2;
  size_t length = strlen(argv[2]);
  return write(fifo, argv[2], length) == (ssize_t)length ? 0 : 1;
}
