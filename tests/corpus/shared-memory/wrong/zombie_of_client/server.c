#include "flag.h"

int main(void)
{
    // probe first, so that the client never meets an old segment whose flag nobody will set
    int id = shmget(5678, 0, 0);
    if (id >= 0 && shmctl(id, IPC_RMID, NULL) < 0) {
        perror("can't remove old segment");
        return 1;
    }

    id = shmget(5678, sizeof(struct mem), IPC_CREAT | IPC_EXCL | 0600);
    if (id < 0) {
        perror("shmget");
        return 1;
    }
    struct mem *m = shmat(id, NULL, 0);
    if (m == (void *)-1) {
        perror("shmat");
        shmctl(id, IPC_RMID, NULL);
        return 1;
    }

    memcpy(m->abc, "abcdefghijklmnopqrstuvwxyz", 27);
    set(&m->flag, 1);
    wait_for(&m->flag, 2);

    if (shmctl(id, IPC_RMID, NULL) < 0) {
        perror("shmctl");
        return 1;
    }
    return 0;
}
