#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/shm.h>
#include "flag.h"
int main(void)
{
    int id = shmget(5678, sizeof(struct seg), IPC_CREAT | IPC_EXCL | 0600);
    if (id < 0) { perror("shmget"); return 1; }
    struct seg *s = shmat(id, 0, 0);
    if (s == (void *)-1) { perror("shmat"); shmctl(id, IPC_RMID, 0); return 1; }
    memcpy(s->abc, "abcdefghijklmnopqrstuvwxyz", 27);
    flag_set(&s->ready, 1);
    while (!flag_get(&s->done)) usleep(10000);
    if (shmctl(id, IPC_RMID, 0) < 0) { perror("IPC_RMID"); return 1; }
    return 0;
}
