// Forks for ever, and so does every child.
// expect: outcome=process-limit
#include <unistd.h>

int main(void) {
  for (;;) fork();
}
