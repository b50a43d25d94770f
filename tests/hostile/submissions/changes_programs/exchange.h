#ifndef EXCHANGE_H
#define EXCHANGE_H
// An honest exchange: the server leaves when the client has printed.
#include <stdatomic.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>

struct exchange {
  atomic_int state;  // 1: written, 2: read
  char text[32];
};

static inline struct exchange *attach(int flags, int *segment) {
  *segment = shmget(5678, sizeof(struct exchange), flags);
  if (*segment < 0) return NULL;
  void *memory = shmat(*segment, NULL, 0);
  if (memory != (void *)-1) return memory;
  if (flags & IPC_CREAT) shmctl(*segment, IPC_RMID, NULL);
  return NULL;
}

static inline void wait_for(struct exchange *exchange, int state) {
  while (atomic_load(&exchange->state) != state) usleep(1000);
}
#endif
