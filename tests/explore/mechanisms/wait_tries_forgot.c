// finds: livelock
// It tries until the child has ended, which waits to be let go on.
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  int ends[2];
  if (pipe(ends) != 0) return 2;
  const pid_t child = fork();
  if (child < 0) return 2;
  if (child == 0) {
    char go;
    close(ends[1]);
    _exit(read(ends[0], &go, 1) == 1 ? 0 : 1);
  }
  close(ends[0]);
  pid_t ended = 0;
  while (ended == 0) ended = waitpid(child, NULL, WNOHANG);
  if (ended != 0) return 1;
  if (write(ends[1], "x", 1) != 1) return 1;
  int status = 0;
  if (waitpid(child, &status, 0) != child) return 1;
  return status;
}
