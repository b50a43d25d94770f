// A process and a file whose names are commands to a terminal.
// Without mounts /dev/shm is the machine's, and closed to it.
// expect: outcome=exited status=0 left=2 stderr=clean
// expect-CD: outcome=exited status=0 left=1 stderr=clean
#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(void) {
  prctl(PR_SET_NAME, "\033[2J\n) R 1\xff", 0, 0, 0);
  open("/dev/shm/\033]0;owned\a\n\xc3\x28", O_CREAT | O_WRONLY, 0600);
  if (fork() != 0) return 0;
  for (;;) pause();
}
