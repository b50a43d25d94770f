#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <stdatomic.h>
#include <sys/ipc.h>
#include <sys/shm.h>
struct seg { atomic_int flag; char abc[27]; };
int main(void)
{
    int id = shmget(5678, sizeof(struct seg), IPC_CREAT | IPC_EXCL | 0600);
    if (id < 0) { perror("shmget"); return 1; }
    struct seg *s = shmat(id, NULL, 0);
    if (s == (void *)-1) { perror("shmat"); shmctl(id, IPC_RMID, NULL); return 1; }
    memcpy(s->abc, "abcdefghijklmnopqrstuvwxyz", 27);
    atomic_store(&s->flag, 1);
    sleep(3);   /* the client reads it now */
    shmdt(s);
    if (shmctl(id, IPC_RMID, NULL) < 0) { perror("shmctl"); return 1; }
    return 0;
}
