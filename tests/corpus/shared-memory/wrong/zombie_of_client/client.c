#include "flag.h"

int main(void)
{
    int id = shmget(5678, sizeof(struct mem), 0);
    if (id < 0) {
        perror("shmget");
        return 1;
    }
    struct mem *m = shmat(id, NULL, 0);
    if (m == (void *)-1) {
        perror("shmat");
        return 1;
    }
    wait_for(&m->flag, 1);

    pid_t printer = fork();
    if (printer < 0) {
        perror("fork");
        return 1;
    }
    if (printer == 0) {
        puts(m->abc);
        fflush(stdout);
        set(&m->flag, 2);
        _exit(0);
    }

    sleep(1);       // give the child time to print
    return 0;
}
