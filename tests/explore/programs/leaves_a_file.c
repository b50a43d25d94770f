// Makes a file for some seconds.
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int main(int count, char **arguments) {
  if (count != 3) return 2;
  const int file = open(arguments[1], O_CREAT | O_WRONLY, 0600);
  if (file < 0) return 1;
  sleep((unsigned)atoi(arguments[2]));
  return unlink(arguments[1]);
}
