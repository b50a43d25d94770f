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
    int id = shmget(5678, sizeof(struct area), 0);
    if (id < 0) {
        perror("shmget");
        return 1;
    }
    struct area *a = shmat(id, NULL, 0);
    int pid;
    while ((pid = __atomic_load_n(&a->pid, __ATOMIC_SEQ_CST)) == 0)
        usleep(1000);
    puts(a->letters);
    kill(pid, SIGUSR2);
    return 0;
}
