#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <stdint.h>
#include <signal.h>
#include <fcntl.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>

typedef struct Values {
    int *ordinary;
    int *shared;
} Values;

static int show(const char *name, Values *v)
{
    printf("%s %p %d %d\n", name, (void *)&v->ordinary, *v->ordinary, *v->shared);
    if (fflush(stdout) == EOF) {
        perror(name);
        return 0;
    }
    return 1;
}

static uint64_t frame(Values *v)
{
    uint64_t entry = 0;
    int fd = open("/proc/self/pagemap", O_RDONLY);
    if (fd >= 0) {
        if (pread(fd, &entry, sizeof entry, (uintptr_t)v->ordinary / 4096 * sizeof entry) < 8)
            entry = 0;
        close(fd);
    }
    return entry & ((1ULL << 55) - 1);
}

static int child(Values *v)
{
    *v->ordinary = 2;
    *v->shared = 2;
    if (!show("child", v))
        return 1;
    raise(SIGSTOP);
    return 0;
}

int main(void)
{
    int number = 1, status, peer, ok;
    Values v;

    v.ordinary = &number;
    v.shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (v.shared == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    *v.shared = 1;

    pid_t pid = fork();
    if (pid == -1) {
        perror("fork");
        return 1;
    }
    if (pid == 0)
        _exit(child(&v));

    if (waitpid(pid, &status, WUNTRACED) == -1 || !WIFSTOPPED(status)) {
        fprintf(stderr, "no stopped child\n");
        return 1;
    }
    struct iovec to = { &peer, sizeof peer };
    struct iovec from = { v.ordinary, sizeof *v.ordinary };
    if (process_vm_readv(pid, &to, 1, &from, 1, 0) == (ssize_t)sizeof peer)
        printf("peer %d\n", peer);
    else
        printf("peer denied\n");
    ok = fflush(stdout) == 0;
    kill(pid, SIGCONT);
    if (waitpid(pid, &status, 0) == -1 || status != 0 || !ok) {
        fprintf(stderr, "failed\n");
        return 1;
    }
    if (!show("parent", &v))
        return 1;
    uint64_t f = frame(&v);
    if (f)
        printf("frame 0x%lx\n", (unsigned long)f);
    else
        printf("frame hidden\n");
    if (fflush(stdout) == EOF) {
        perror("stdout");
        return 1;
    }
    return 0;
}
