// <threads.h>.
#include "hand_over.h"

#include <threads.h>

static mtx_t mutex;
static cnd_t condition;
static int come;

static int give(void* argument) {
  (void)argument;
  *data = kRight;
  mtx_lock(&mutex);
  come = 1;
  cnd_signal(&condition);
  mtx_unlock(&mutex);
  return 3;
}

int main(void) {
  make_data();
  thrd_t thread;
  int result;
  MUST(mtx_init(&mutex, mtx_plain) == thrd_success && cnd_init(&condition) == thrd_success);
  MUST(thrd_create(&thread, give, NULL) == thrd_success);
  mtx_lock(&mutex);
  while (!come) cnd_wait(&condition, &mutex);
  mtx_unlock(&mutex);
  MUST(*data == kRight);
  MUST(thrd_join(thread, &result) == thrd_success && result == 3);
  return 0;
}
