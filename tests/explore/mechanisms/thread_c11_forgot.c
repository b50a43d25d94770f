// finds: lost-wakeup
// Waits without a look.
#include "hand_over.h"

#include <threads.h>

static mtx_t mutex;
static cnd_t condition;

static int give(void* argument) {
  (void)argument;
  cnd_signal(&condition);
  return 3;
}

int main(void) {
  thrd_t thread;
  MUST(mtx_init(&mutex, mtx_plain) == thrd_success && cnd_init(&condition) == thrd_success);
  MUST(thrd_create(&thread, give, NULL) == thrd_success);
  mtx_lock(&mutex);
  cnd_wait(&condition, &mutex);
  mtx_unlock(&mutex);
  MUST(thrd_join(thread, NULL) == thrd_success);
  return 0;
}
