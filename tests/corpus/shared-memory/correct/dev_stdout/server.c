#include "common.h"
int main(void)
{
    int id = shmget(5678, sizeof(struct seg), IPC_CREAT | IPC_EXCL | 0600);
    if (id < 0) { perror("shmget"); return 1; }
    struct seg *s = shmat(id, NULL, 0);
    if (s == (void *)-1) { perror("shmat"); shmctl(id, IPC_RMID, NULL); return 1; }
    strcpy(s->letters, "abcdefghijklmnopqrstuvwxyz");
    atomic_store(&s->ready, 1);
    while (!atomic_load(&s->done)) usleep(10000);
    int rc = 0;
    if (shmdt(s) < 0) { perror("shmdt"); rc = 1; }
    if (shmctl(id, IPC_RMID, NULL) < 0) { perror("shmctl"); rc = 1; }
    return rc;
}
