#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int x = 1;
static volatile sig_atomic_t got;
static void handler(int s) { got = s; }

/* sleeps until a signal has come; all are blocked elsewhere */
static int next_signal(void)
{
    sigset_t none;
    sigemptyset(&none);
    while (!got)
        sigsuspend(&none);
    int s = got;
    got = 0;
    return s;
}

int main(void)
{
    struct sigaction sa = { .sa_handler = handler };
    sigset_t both;
    int st, v;

    sigemptyset(&both);
    sigaddset(&both, SIGUSR1);
    sigaddset(&both, SIGCHLD);
    sa.sa_mask = both;
    sigprocmask(SIG_BLOCK, &both, NULL);
    if (sigaction(SIGUSR1, &sa, NULL) || sigaction(SIGCHLD, &sa, NULL)) {
        perror("sigaction");
        return 1;
    }
    int *y = mmap(NULL, sizeof *y, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (y == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    *y = 1;

    pid_t pid = fork();
    if (pid == -1) {
        perror("fork");
        return 1;
    }
    if (pid == 0) {
        x = *y = 2;
        printf("child %p %d %d\n", (void *)&x, x, *y);
        if (fflush(stdout) == EOF) {
            perror("child");
            _exit(1);
        }
        kill(getppid(), SIGUSR1);
        next_signal();
        _exit(0);
    }

    int ok = next_signal() == SIGUSR1;
    if (ok) {
        struct iovec a = { &v, sizeof v }, b = { &x, sizeof x };
        if (process_vm_readv(pid, &a, 1, &b, 1, 0) == -1)
            printf("peer denied\n");
        else
            printf("peer %d\n", v);
        ok = fflush(stdout) == 0;
        kill(pid, SIGUSR1);
    }
    if (waitpid(pid, &st, 0) == -1 || st != 0 || !ok) {
        fprintf(stderr, "address_space: error\n");
        return 1;
    }

    printf("parent %p %d %d\n", (void *)&x, x, *y);
    if (fflush(stdout) == EOF) {
        perror("stdout");
        return 1;
    }
    unsigned long e = 0;
    FILE *f = fopen("/proc/self/pagemap", "r");
    if (f == NULL
        || fseek(f, (unsigned long)&x / sysconf(_SC_PAGESIZE) * sizeof e, SEEK_SET) != 0
        || fread(&e, sizeof e, 1, f) != 1)
        e = 0;
    fclose(f);
    e &= (1UL << 55) - 1;
    if (e)
        printf("frame 0x%lx\n", e);
    else
        printf("frame hidden\n");
    if (fflush(stdout) == EOF) {
        perror("stdout");
        return 1;
    }
    return 0;
}
