// Without the group exec no program may be started, wherever it lies.
// expect: outcome=forbidden-call call=execveat(
// flags: --allow signals
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

int main(void) {
  const int fd = memfd_create("escape", 0);
  sendfile(fd, open("/bin/true", O_RDONLY), NULL, 1 << 20);
  char *const arguments[] = {"true", NULL};
  char *const environment[] = {NULL};
  fexecve(fd, arguments, environment);
  return 9;
}
