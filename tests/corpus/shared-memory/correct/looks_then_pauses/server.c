#include "shm.h"

int main(void)
{
    int id = shmget(SHMKEY, sizeof(board_t), IPC_CREAT | IPC_EXCL | 0600);
    if (id == -1) { perror("server: shmget"); return 1; }
    board_t *b = shmat(id, NULL, 0);
    if (b == (void *)-1) {
        perror("server: shmat");
        shmctl(id, IPC_RMID, NULL);
        return 1;
    }
    for (int i = 0; i < 26; i++)
        b->letters[i] = 'a' + i;
    atomic_store(&b->written, 1);
    /* spin a little, then be nice */
    for (unsigned n = 0; !atomic_load(&b->taken); n++)
        if (n % SPINS == SPINS - 1)
            usleep(2000);
    shmdt(b);
    if (shmctl(id, IPC_RMID, NULL) == -1) { perror("server: IPC_RMID"); return 1; }
    return 0;
}
