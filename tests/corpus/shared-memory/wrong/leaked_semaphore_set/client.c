#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>

enum { KEY = 5678, SIZE = 27 };

static int must(int r, const char *what)
{
    if (r == -1) {
        perror(what);
        exit(1);
    }
    return r;
}

static void add(int semid, int which, int n)
{
    struct sembuf sb = { which, n, 0 };
    while (semop(semid, &sb, 1) == -1)
        if (errno != EINTR)
            must(-1, "semop");
}

int main(void)
{
    int shmid = must(shmget(KEY, SIZE, 0), "shmget");
    int semid = must(semget(KEY, 2, 0), "semget");
    char *mem = shmat(shmid, NULL, 0);
    if (mem == (char *)-1)
        must(-1, "shmat");

    add(semid, 0, -1);
    puts(mem);
    must(fflush(stdout), "stdout");
    add(semid, 1, 1);
    return 0;
}
