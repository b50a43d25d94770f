#include "watch.h"

int main(void)
{
    int rc = 1, in, id;
    char *p;

    unlink(READY);
    unlink(READ);
    if ((in = begin_watching()) == -1)
        return 1;
    id = shmget(5678, 27, IPC_CREAT | IPC_EXCL | 0600);
    if (id == -1) {
        perror("shmget");
        return 1;
    }
    p = shmat(id, NULL, 0);
    if (p == (void *)-1) {
        perror("shmat");
    } else {
        for (int i = 0; i < 26; i++)
            p[i] = 'a' + i;
        if (make_file(READY) == 0 && wait_for_file(in, READ) == 0)
            rc = 0;
    }
    unlink(READY);
    unlink(READ);
    if (shmctl(id, IPC_RMID, NULL) == -1) {
        perror("shmctl");
        rc = 1;
    }
    return rc;
}
