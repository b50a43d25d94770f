// execve() closes the last write end, and the reader's end of the file comes after that.
#include "hand_over.h"

int main(int argc, char** argv) {
  char byte;
  if (argc > 1) return read(STDIN_FILENO, &byte, 1) == 0 ? 0 : 2;  // the new program
  make_data();
  int told[2], held[2];
  MUST(pipe2(told, O_CLOEXEC) == 0 && pipe2(held, O_CLOEXEC) == 0);
  pid_t child = fork();
  MUST(child >= 0);
  if (child == 0) {
    *data = kRight;
    MUST(dup2(held[0], STDIN_FILENO) == STDIN_FILENO);
    execl(argv[0], argv[0], "again", NULL);
    _exit(2);
  }
  close(told[1]);
  MUST(read(told[0], &byte, 1) == 0);
  MUST(*data == kRight);
  close(held[1]);
  int status;
  MUST(waitpid(child, &status, 0) == child && status == 0);
  return 0;
}
