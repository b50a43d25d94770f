#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#define SEG_KEY 5678

typedef struct {
  pid_t server;        /* 0 until the alphabet is complete. Only via __atomic! */
  char alphabet[27];
} segment_t;
