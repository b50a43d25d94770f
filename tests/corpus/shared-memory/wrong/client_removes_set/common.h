#ifndef COMMON_H
#define COMMON_H
#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/sem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <unistd.h>

#define SHM_KEY  5678
#define SEM_KEY  5678
#define SHM_SIZE 27

enum { SEM_READY = 0, SEM_DONE = 1, NSEMS = 2 };

union semun {
    int val;
    struct semid_ds *buf;
    unsigned short *array;
};

static inline int sem_change(int id, int which, int delta)
{
    struct sembuf sb = { .sem_num = (unsigned short)which, .sem_op = (short)delta, .sem_flg = 0 };
    int r;
    do {
        r = semop(id, &sb, 1);
    } while (r == -1 && errno == EINTR);
    return r;
}
#define P(id, w) sem_change((id), (w), -1)
#define V(id, w) sem_change((id), (w), +1)
#endif
