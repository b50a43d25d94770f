// Many processes that print errors in single bytes.
// expect: outcome=output-limit
// flags: --output 64KiB --cpu 60s --wall 60s
#include <unistd.h>

int main(void) {
  for (int i = 0; i < 3; ++i) fork();
  for (;;) {
    if (write(2, "\n", 1) < 0) pause();
  }
}
