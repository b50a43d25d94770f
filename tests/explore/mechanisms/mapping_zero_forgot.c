// finds: data-race
// The parent looks before it has waited.
#include "hand_over.h"

int main(void) {
  int zero = open("/dev/zero", O_RDWR);
  MUST(zero >= 0);
  int* shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, zero, 0);
  MUST(shared != MAP_FAILED);
  pid_t child = fork();
  MUST(child >= 0);
  if (child == 0) {
    *shared = kRight;
    _exit(0);
  }
  const int seen = *shared;
  MUST(waitpid(child, NULL, 0) == child);
  return seen == 0 || seen == kRight ? 0 : 2;
}
