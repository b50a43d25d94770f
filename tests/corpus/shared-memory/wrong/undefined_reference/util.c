#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include "util.h"

static int check(int r, const char *s)
{
    if (r < 0) {
        perror(s);
        exit(1);
    }
    return r;
}

static void op(int id, int which, int by)
{
    struct sembuf s = { which, by, 0 };
    check(semop(id, &s, 1), "semop");
}

int sem_create(int key) { return check(semget(key, 2, IPC_CREAT | IPC_EXCL | 0600), "semget"); }
int sem_find(int key) { return check(semget(key, 2, 0), "semget"); }
void sem_up(int id, int which) { op(id, which, 1); }
void sem_down(int id, int which) { op(id, which, -1); }
void sem_destroy_all(int id) { check(semctl(id, 0, IPC_RMID), "semctl"); }
