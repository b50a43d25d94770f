// Each process is modest; together they are not.
// expect: outcome=memory-limit left=*
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  for (int i = 0; i < 16; ++i) {
    if (fork() == 0) {
      const size_t size = 32 << 20;
      memset(malloc(size), 1, size);
      pause();
    }
  }
  pause();
}
