// Honest, but for what server_attack.h does before, in the middle, and after.
#include "exchange.h"
#if __has_include("server_attack.h")
#include "server_attack.h"
#endif
#ifndef BEFORE
#define BEFORE
#endif
#ifndef WITHIN
#define WITHIN(text)
#endif

int main(void) {
  BEFORE;
  const int set = semget(5678, 2, IPC_CREAT | IPC_EXCL | 0600);
  if (set < 0) return perror("semget"), 1;
  const int segment = shmget(5678, 64, IPC_CREAT | IPC_EXCL | 0600);
  if (segment < 0) {
    perror("shmget");
    semctl(set, 0, IPC_RMID);
    return 1;
  }
  char *text = shmat(segment, NULL, 0);
  int failed = text == (void *)-1;
  if (!failed) {
    WITHIN(text);
    for (int i = 0; i < 26; ++i) text[i] = (char)('a' + i);
    failed = operate(set, written, 1) != 0 || operate(set, read_by_client, -1) != 0;
  }
  if (failed) perror("server");
  if (shmctl(segment, IPC_RMID, NULL) != 0 || semctl(set, 0, IPC_RMID) != 0) {
    perror("remove");
    failed = 1;
  }
  return failed;
}
