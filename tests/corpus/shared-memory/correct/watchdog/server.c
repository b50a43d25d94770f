#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <errno.h>
#include <sys/shm.h>
#define S1 "/alpha-written"
#define S2 "/alpha-read"
int main(void)
{
    sem_t *a, *b;
    int id, rc = 1;
    char *p;
    a = sem_open(S1, O_CREAT | O_EXCL, 0600, 0);
    if (a == SEM_FAILED) { perror(S1); return 1; }
    b = sem_open(S2, O_CREAT | O_EXCL, 0600, 0);
    if (b == SEM_FAILED) { perror(S2); sem_unlink(S1); return 1; }
    if ((id = shmget(5678, 27, IPC_CREAT | IPC_EXCL | 0600)) < 0) { perror("shmget"); goto sems; }
    if ((p = shmat(id, 0, 0)) == (char *)-1) { perror("shmat"); goto seg; }
    strcpy(p, "abcdefghijklmnopqrstuvwxyz");
    if (sem_post(a)) { perror("sem_post"); goto seg; }
    while (sem_wait(b) == -1)
        if (errno != EINTR) { perror("sem_wait"); goto seg; }
    rc = 0;
seg:
    if (shmctl(id, IPC_RMID, 0) < 0) { perror("IPC_RMID"); rc = 1; }
sems:
    if (sem_unlink(S1)) { perror("sem_unlink"); rc = 1; }
    if (sem_unlink(S2)) { perror("sem_unlink"); rc = 1; }
    return rc;
}
