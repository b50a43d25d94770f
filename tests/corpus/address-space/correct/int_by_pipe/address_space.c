#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

int var = 1;

static int put1(int fd) { ssize_t n; int v = 42; do n = write(fd, &v, sizeof v); while (n == -1 && errno == EINTR); return n == sizeof v ? 0 : -1; }
static int get1(int fd) { int v; ssize_t n; do n = read(fd, &v, sizeof v); while (n == -1 && errno == EINTR); return n == sizeof v && v == 42 ? 0 : -1; }

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    int told[2], let[2], st, bad = 0, seen = 0, m;
    int *shared = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) { perror("mmap"); return 1; }
    *shared = 1;
    if (pipe(told) == -1 || pipe(let) == -1) { perror("pipe"); return 1; }
    pid_t pid = fork();
    if (pid == -1) { perror("fork"); return 1; }
    if (pid == 0) {
        close(told[0]); close(let[1]);
        var = 2; *shared = 2;
        printf("child %p %d %d\n", (void *)&var, var, *shared);
        if (fflush(stdout)) { perror("child: stdout"); _exit(1); }
        if (put1(told[1])) { perror("child: write"); _exit(1); }
        if (get1(let[0])) { perror("child: read"); _exit(1); }
        _exit(0);
    }
    close(told[1]); close(let[0]);
    if (get1(told[0])) { fprintf(stderr, "the child said nothing\n"); bad = 1; }
    else {
        struct iovec l = { &seen, sizeof seen }, r = { &var, sizeof var };
        if (process_vm_readv(pid, &l, 1, &r, 1, 0) == sizeof seen) m = printf("peer %d\n", seen);
        else m = printf("peer denied\n");
        if (m < 0 || fflush(stdout)) { perror("stdout"); bad = 1; }
        if (put1(let[1])) { perror("write"); bad = 1; }
    }
    close(let[1]);
    while (waitpid(pid, &st, 0) == -1) if (errno != EINTR) { perror("waitpid"); bad = 1; }
    if (st) { fprintf(stderr, "child failed\n"); bad = 1; }
    if (bad) return 1;
    printf("parent %p %d %d\n", (void *)&var, var, *shared);
    uint64_t e = 0;
    int fd = open("/proc/self/pagemap", O_RDONLY);
    if (fd == -1 || pread(fd, &e, 8, (uintptr_t)&var / sysconf(_SC_PAGESIZE) * 8) != 8) e = 0;
    e &= ((uint64_t)1 << 55) - 1;
    if (e) printf("frame 0x%llx\n", (unsigned long long)e);
    else printf("frame hidden\n");
    if (fflush(stdout)) { perror("stdout"); return 1; }
    return 0;
}
