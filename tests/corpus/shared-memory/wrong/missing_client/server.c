#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>

struct area {
    int pid;
    char letters[28];
};

int main(void)
{
    sigset_t set;
    int sig, id;
    struct area *a;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);

    id = shmget(5678, sizeof *a, IPC_CREAT | 0600);
    if (id < 0) {
        perror("shmget");
        return 1;
    }
    a = shmat(id, NULL, 0);
    for (int i = 0; i < 26; i++)
        a->letters[i] = 'a' + i;
    __atomic_store_n(&a->pid, getpid(), __ATOMIC_SEQ_CST);
    sigwait(&set, &sig);
    shmctl(id, IPC_RMID, NULL);
    return 0;
}
