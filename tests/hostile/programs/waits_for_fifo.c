// Opens a FIFO that nobody reads; a link to itself; a folder as a program.
// expect: outcome=time-limit
// flags: --wall 1s
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
  mkfifo("fifo", 0600);
  return open("fifo", O_WRONLY);
}
