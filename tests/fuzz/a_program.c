/* A program whose bytes are seeds: with a variable, a function that is inlined, and an import. */
#include <stdlib.h>

int counter;

static inline int twice(int number) { return 2 * number; }

int main(int count, char** words) {
  counter = twice(count);
  if (words[0] == NULL) abort();
  return counter;
}
