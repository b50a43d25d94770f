#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define P(n) op(n, -1)
#define V(n) op(n, 1)

union semun { int val; };

static int id, x = 1;
static pid_t pid;

static int op(int n, int d)
{
    struct sembuf b = { n, d, 0 };
    while (semop(id, &b, 1) < 0)
        if (errno != EINTR)
            return -1;
    return 0;
}

/* the parent's way out */
static int end(int status, const char *why)
{
    if (why)
        perror(why);
    if (status && pid > 0) {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    if (semctl(id, 0, IPC_RMID) < 0) {
        perror("semctl");
        status = 1;
    }
    return status;
}

static int line(const char *who, int y)
{
    printf("%s %p %d %d\n", who, (void *)&x, x, y);
    return fflush(stdout);
}

static int child(int *y)
{
    x = *y = 2;
    if (line("child", *y)) {
        perror("child");
        semctl(id, 0, IPC_RMID);    /* the parent will not wait any more */
        return 1;
    }
    if (V(0) < 0 || P(1) < 0) {
        perror("child: semop");
        semctl(id, 0, IPC_RMID);
        return 1;
    }
    return 0;
}

int main(void)
{
    int z, st;
    unsigned long e = 0;
    union semun zero = { 0 };

    int *y = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (y == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    *y = 1;
    if ((id = semget(IPC_PRIVATE, 2, 0600)) < 0) {
        perror("semget");
        return 1;
    }
    if ((pid = fork()) < 0)
        return end(1, "fork");
    if (pid == 0)
        _exit(child(y));

    if (semctl(id, 0, SETVAL, zero) < 0 || semctl(id, 1, SETVAL, zero) < 0)
        return end(1, "semctl");
    if (P(0) < 0)
        return end(1, "semop");
    struct iovec a = { &z, sizeof z }, b = { &x, sizeof x };
    if (process_vm_readv(pid, &a, 1, &b, 1, 0) < 0)
        printf("peer denied\n");
    else
        printf("peer %d\n", z);
    if (fflush(stdout))
        return end(1, "stdout");
    if (V(1) < 0)
        return end(1, "semop");
    if (waitpid(pid, &st, 0) < 0)
        return end(1, "waitpid");
    pid = 0;
    if (st)
        return end(1, "child");
    if (line("parent", *y))
        return end(1, "stdout");
    int fd = open("/proc/self/pagemap", O_RDONLY);
    if (fd >= 0) {
        if (pread(fd, &e, 8, (unsigned long)&x / 4096 * 8) < 8)
            e = 0;
        close(fd);
    }
    e &= (1UL << 55) - 1;
    if (e)
        printf("frame 0x%lx\n", e);
    else
        printf("frame hidden\n");
    if (fflush(stdout))
        return end(1, "stdout");
    return end(0, NULL);
}
