#include "shm.h"

int main(void)
{
    int id = shmget(SHMKEY, 0, 0);
    if (id == -1) { perror("client: shmget"); return 1; }
    board_t *b = shmat(id, NULL, 0);
    if (b == (void *)-1) { perror("client: shmat"); return 1; }
    for (unsigned n = 0; !atomic_load(&b->written); n++)
        if (n % SPINS == SPINS - 1)
            sched_yield();
    if (printf("%.26s\n", b->letters) < 0 || fflush(stdout) == EOF) {
        perror("client: stdout");
        return 1;
    }
    atomic_store(&b->taken, 1);
    return 0;
}
