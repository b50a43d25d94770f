#define _GNU_SOURCE
#include <assert.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int quantity = 1;

/* Both ways at once: in[] to the parent, out[] to the child. */
struct link { int in[2], out[2]; };

static int link_make(struct link *l)
{
    return pipe(l->in) == 0 && pipe(l->out) == 0;
}

static int print(const char *fmt, void *p, int a, int b)
{
    char text[128];
    int n = snprintf(text, sizeof text, fmt, p, a, b), at = 0, w;
    while (at < n) {
        if ((w = write(1, text + at, n - at)) == -1) {
            perror("write");
            return 0;
        }
        at += w;
    }
    return 1;
}

static int word(const char *s)
{
    ssize_t n = write(1, s, strlen(s));
    if (n == -1)
        perror("write");
    return n == (ssize_t)strlen(s);
}

static int child(struct link *l, int *shared)
{
    char c;
    close(l->in[0]);
    close(l->out[1]);
    quantity = 2;
    *shared = 2;
    if (!print("child %p %d %d\n", &quantity, quantity, *shared))
        return 1;
    if (write(l->in[1], "", 1) != 1)
        return perror("child: write"), 1;
    if (read(l->out[0], &c, 1) == -1)
        return perror("child: read"), 1;
    return 0;
}

static uint64_t frame_of(void *address)
{
    uint64_t entry;
    int fd = open("/proc/self/pagemap", O_RDONLY);
    if (fd == -1)
        return 0;   /* not allowed to */
    ssize_t n = pread(fd, &entry, sizeof entry, (uintptr_t)address / getpagesize() * sizeof entry);
    assert(n == sizeof entry);
    close(fd);
    return entry & (UINT64_MAX >> 9);
}

int main(void)
{
    struct link l;
    int copy, status, good = 0;
    char c;

    int *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return perror("mmap"), 1;
    *shared = 1;
    if (!link_make(&l))
        return perror("pipe"), 1;
    pid_t pid = fork();
    if (pid == -1)
        return perror("fork"), 1;
    if (pid == 0)
        _exit(child(&l, shared));

    close(l.in[1]);
    close(l.out[0]);
    if (read(l.in[0], &c, 1) == 1) {
        struct iovec to = { &copy, sizeof copy }, from = { &quantity, sizeof quantity };
        char text[32] = "peer denied\n";
        if (process_vm_readv(pid, &to, 1, &from, 1, 0) == sizeof copy)
            sprintf(text, "peer %d\n", copy);
        good = word(text);
    }
    close(l.out[1]);
    if (waitpid(pid, &status, 0) == -1 || status || !good)
        return fprintf(stderr, "failed\n"), 1;

    if (!print("parent %p %d %d\n", &quantity, quantity, *shared))
        return 1;
    uint64_t f = frame_of(&quantity);
    char text[40] = "frame hidden\n";
    if (f != 0)
        sprintf(text, "frame 0x%llx\n", (unsigned long long)f);
    return word(text) ? 0 : 1;
}
