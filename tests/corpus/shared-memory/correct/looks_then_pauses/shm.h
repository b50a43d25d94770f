#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sched.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#define SHMKEY 5678
#define SPINS 50

typedef struct {
    char letters[27];
    atomic_int written;
    atomic_int taken;
} board_t;
