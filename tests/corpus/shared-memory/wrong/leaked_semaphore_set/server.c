#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>

enum { KEY = 5678, SIZE = 27 };

static int add(int semid, int which, int n)
{
    struct sembuf sb;
    int r;

    sb.sem_num = which;
    sb.sem_op = n;
    sb.sem_flg = 0;
    do
        r = semop(semid, &sb, 1);
    while (r == -1 && errno == EINTR);
    return r;
}

int main(void)
{
    int semid, shmid;
    char *mem;

    semid = semget(KEY, 2, IPC_CREAT | IPC_EXCL | 0600);
    if (semid == -1) {
        perror("semget");
        return 1;
    }
    shmid = shmget(KEY, SIZE, IPC_CREAT | IPC_EXCL | 0600);
    if (shmid == -1) {
        perror("shmget");
        goto fail_sem;
    }
    mem = shmat(shmid, NULL, 0);
    if (mem == (char *)-1) {
        perror("shmat");
        goto fail_shm;
    }

    strcpy(mem, "abcdefghijklmnopqrstuvwxyz");

    if (add(semid, 0, 1) == -1 || add(semid, 1, -1) == -1) {
        perror("semop");
        goto fail_shm;
    }

    shmdt(mem);
    if (shmctl(shmid, IPC_RMID, NULL) == -1) {
        perror("shmctl");
        goto fail_sem;
    }
    return 0;

fail_shm:
    shmctl(shmid, IPC_RMID, NULL);
fail_sem:
    semctl(semid, 0, IPC_RMID);
    return 1;
}
