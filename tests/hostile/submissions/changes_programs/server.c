#include "exchange.h"

int main(void) {
  if (fopen("/programs/server", "w") != NULL || unlink("/programs/client") == 0 ||
      rename("/work", "/programs/work") == 0 || fopen("server", "r") != NULL ||
      fopen("left_by_an_earlier_run", "r") != NULL) {
    return 9;
  }
  FILE *left = fopen("left_by_an_earlier_run", "w");
  if (left == NULL || fclose(left) != 0) return perror("server"), 1;
  int segment = 0;
  struct exchange *exchange = attach(IPC_CREAT | IPC_EXCL | 0600, &segment);
  if (exchange == NULL) return perror("server"), 1;
  for (int i = 0; i < 26; ++i) exchange->text[i] = (char)('a' + i);
  atomic_store(&exchange->state, 1);
  wait_for(exchange, 2);
  if (shmctl(segment, IPC_RMID, NULL) != 0) return perror("server"), 1;
  return 0;
}
