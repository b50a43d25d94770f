// Who waits at the first word is moved to the second one, and woken there.
#include "futex.h"

static atomic_int* words;

static void give(void) {
  *data = kRight;
  atomic_store(&words[0], 1);
  futex_requeue(&words[0], 0, &words[1], 1);
  futex(&words[1], FUTEX_WAKE, 1);
}

static void take(void) {
  while (atomic_load(&words[0]) == 0) futex(&words[0], FUTEX_WAIT, 0);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  words = shared_memory(2 * sizeof *words);
  return run_both(give, take);
}
