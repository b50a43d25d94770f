// Honest, but for what client_attack.h does before and in the middle.
#include "exchange.h"
#if __has_include("client_attack.h")
#include "client_attack.h"
#endif
#ifndef BEFORE
#define BEFORE
#endif
#ifndef WITHIN
#define WITHIN(text)
#endif

int main(void) {
  BEFORE;
  const int set = semget(5678, 2, 0);
  if (set < 0) return perror("semget"), 1;
  const int segment = shmget(5678, 0, 0);
  if (segment < 0) return perror("shmget"), 1;
  char *text = shmat(segment, NULL, 0);
  if (text == (void *)-1) return perror("shmat"), 1;
  WITHIN(text);
  if (operate(set, written, -1) != 0) return perror("semop"), 1;
  printf("%.26s\n", text);
  if (fflush(stdout) != 0) return perror("print"), 1;
  if (operate(set, read_by_client, 1) != 0) return perror("semop"), 1;
  return 0;
}
