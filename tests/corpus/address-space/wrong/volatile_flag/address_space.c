/*
 * Lab: address spaces
 * volatile, so that the compiler reads the flags from memory each time.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

struct shm {
    volatile int number;
    volatile int ready;     /* 1: printed, -1: could not print */
    volatile int go;
};

int number = 1;

int print(const char *who, struct shm *s)
{
    printf("%s %p %d %d\n", who, (void *)&number, number, s->number);
    return fflush(stdout);
}

int main(void)
{
    int seen, status, bad = 0;
    unsigned long entry = 0;
    struct shm *s = mmap(NULL, sizeof(struct shm), PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (s == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    s->number = 1;
    s->ready = s->go = 0;

    pid_t pid = fork();
    if (pid == -1) {
        perror("fork");
        return 1;
    }
    if (pid == 0) {
        number = 2;
        s->number = 2;
        int r = print("child", s) == 0 ? 1 : -1;
        if (r == -1)
            perror("child");
        s->ready = r;
        while (s->go == 0)
            usleep(1000);
        _exit(0);
    }

    while (s->ready == 0)
        usleep(1000);
    if (s->ready == -1)
        bad = 1;
    else {
        struct iovec a = { &seen, sizeof seen }, b = { &number, sizeof number };
        if (process_vm_readv(pid, &a, 1, &b, 1, 0) == -1)
            printf("peer denied\n");
        else
            printf("peer %d\n", seen);
        bad = fflush(stdout);
    }
    s->go = 1;
    if (waitpid(pid, &status, 0) == -1 || status != 0 || bad) {
        fprintf(stderr, "failed\n");
        return 1;
    }
    if (print("parent", s) != 0) {
        perror("parent");
        return 1;
    }
    int fd = open("/proc/self/pagemap", O_RDONLY);
    if (fd != -1) {
        if (pread(fd, &entry, 8, (unsigned long)&number / 4096 * 8) != 8)
            entry = 0;
        close(fd);
    }
    entry &= (1UL << 55) - 1;
    if (entry)
        printf("frame 0x%lx\n", entry);
    else
        printf("frame hidden\n");
    if (fflush(stdout) != 0) {
        perror("stdout");
        return 1;
    }
    return 0;
}
