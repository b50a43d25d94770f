#include "exchange.h"

int main(void) {
  for (int i = 0; i < 500; ++i) {
    char name[256];
    snprintf(name, sizeof name, "/dev/shm/\033[2J\n::error::%d\xff%0150d", i, i);
    close(open(name, O_CREAT | O_WRONLY, 0600));
  }
  int segment = 0;
  struct exchange *exchange = attach(IPC_CREAT | IPC_EXCL | 0600, &segment);
  if (exchange == NULL) return perror("server"), 1;
  for (int i = 0; i < 26; ++i) exchange->text[i] = (char)('a' + i);
  atomic_store(&exchange->state, 1);
  wait_for(exchange, 2);
  if (shmctl(segment, IPC_RMID, NULL) != 0) return perror("server"), 1;
  return 0;
}
