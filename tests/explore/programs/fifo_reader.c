// See fifo_writer.c.
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  if (mkfifo(argv[1], 0600) != 0 && errno != EEXIST) return 2;
  int fifo = open(argv[1], O_RDONLY);
  if (fifo < 0) return 2;
  char text[100];
  for (;;) {
    ssize_t count = read(fifo, text, sizeof text);
    if (count <= 0) return count == 0 ? 0 : 1;
    if (write(STDOUT_FILENO, text, (size_t)count) != count) return 1;
  }
}
