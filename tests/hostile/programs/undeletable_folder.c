// A folder that its own owner can't enter, with a file in it, and a process that sits there.
// expect: outcome=exited status=0 left=1
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
  mkdir("escape", 0700);
  if (chdir("escape") != 0) return 1;
  close(open("inside", O_CREAT | O_WRONLY, 0000));
  if (chmod("../escape", 0000) != 0) return 1;
  if (fork() == 0) pause();
  return 0;
}
