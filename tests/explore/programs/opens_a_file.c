// Waits for a file that is there for some seconds only.
#include <fcntl.h>
#include <unistd.h>

int main(int count, char **arguments) {
  if (count != 2) return 2;
  int file;
  while ((file = open(arguments[1], O_RDONLY)) < 0) usleep(100000);
  return close(file);
}
