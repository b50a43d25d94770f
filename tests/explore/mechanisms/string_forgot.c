// finds: data-race
// The string is longer than what may be read of it: its last byte is what the other writes.
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "hand_over.h"

static struct {
  atomic_char before;
  char text[4];
  atomic_char after;
}* shared;

static void change(void) {
  atomic_store(&shared->before, 'B');
  atomic_store(&shared->after, 'B');
}

static void print(void) {
  char line[8];
  MUST(snprintf(line, sizeof line, "%.5s", shared->text) >= 4);
  MUST(memcmp(line, "text", 4) == 0);
}

int main(void) {
  shared = shared_memory(sizeof *shared);
  memcpy(shared->text, "text", 4);
  atomic_store(&shared->before, 'A');
  atomic_store(&shared->after, 'A');
  return run_both(change, print);
}
