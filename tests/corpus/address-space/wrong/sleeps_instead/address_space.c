#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <fcntl.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>

int var = 1;

int main()
{
    int go[2], st, got;
    char c;

    int *sh = mmap(0, 4096, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS, -1, 0);
    if (sh == MAP_FAILED) { perror("mmap"); exit(1); }
    *sh = 1;
    if (pipe(go) == -1) { perror("pipe"); exit(1); }

    int pid = fork();
    if (pid == -1) { perror("fork"); exit(1); }
    if (pid == 0) {
        close(go[1]);
        var = 2;
        *sh = 2;
        if (printf("child %p %d %d\n", (void*)&var, var, *sh) < 0 || fflush(stdout) == EOF) {
            perror("printf");
            exit(1);
        }
        // wait until the parent closes its end
        if (read(go[0], &c, 1) == -1) { perror("read"); exit(1); }
        exit(0);
    }
    close(go[0]);

    sleep(1); // let the child print
    if (waitpid(pid, &st, WNOHANG) == pid) { fprintf(stderr, "child is dead\n"); exit(1); }

    struct iovec me = {&got, sizeof got}, him = {&var, sizeof var};
    if (process_vm_readv(pid, &me, 1, &him, 1, 0) == -1) printf("peer denied\n");
    else printf("peer %d\n", got);
    int bad = fflush(stdout) == EOF;
    close(go[1]);
    if (waitpid(pid, &st, 0) == -1 || st != 0 || bad) { fprintf(stderr, "error\n"); exit(1); }

    printf("parent %p %d %d\n", (void*)&var, var, *sh);
    unsigned long e = 0;
    int pm = open("/proc/self/pagemap", O_RDONLY);
    if (pm != -1) {
        if (pread(pm, &e, sizeof e, (unsigned long)&var / 4096 * 8) != sizeof e) e = 0;
        close(pm);
    }
    e &= (1UL << 55) - 1;
    if (e) printf("frame 0x%lx\n", e);
    else printf("frame hidden\n");
    if (fflush(stdout) == EOF) { perror("stdout"); exit(1); }
    return 0;
}
