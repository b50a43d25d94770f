#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int variable = 1, copy, status, ok = 0, n;
    int to_parent[2] = { 0, 1 }, to_child[2] = { 0, 1 };
    char c, text[100];
    unsigned long entry = 0;

    int *shared = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    *shared = 1;
    pipe(to_parent);
    pipe(to_child);

    pid_t pid = fork();
    if (pid == -1) {
        perror("fork");
        return 1;
    }
    if (pid == 0) {
        close(to_parent[0]);
        close(to_child[1]);
        variable = 2;
        *shared = 2;
        n = sprintf(text, "child %p %d %d\n", (void *)&variable, variable, *shared);
        if (write(1, text, n) != n) {
            perror("child: stdout");
            _exit(1);
        }
        if (write(to_parent[1], "\n", 1) != 1) {
            perror("child: write");
            _exit(1);
        }
        if (read(to_child[0], &c, 1) == -1) {
            perror("child: read");
            _exit(1);
        }
        _exit(0);
    }
    close(to_parent[1]);
    close(to_child[0]);

    ssize_t got = read(to_parent[0], &c, 1);
    if (got == -1)
        perror("parent: read");
    if (got == 1) {
        struct iovec l = { &copy, sizeof copy }, r = { &variable, sizeof variable };
        if (process_vm_readv(pid, &l, 1, &r, 1, 0) == -1)
            n = sprintf(text, "peer denied\n");
        else
            n = sprintf(text, "peer %d\n", copy);
        ok = write(1, text, n) == n;
        if (!ok)
            perror("parent: stdout");
    }
    close(to_child[1]);
    if (waitpid(pid, &status, 0) == -1) {
        perror("parent: waitpid");
        return 1;
    }
    if (status != 0)
        fprintf(stderr, "parent: the child failed\n");
    if (status != 0 || !ok) /* which has been told */
        return 1;

    n = sprintf(text, "parent %p %d %d\n", (void *)&variable, variable, *shared);
    if (write(1, text, n) != n) {
        perror("parent: stdout");
        return 1;
    }
    int fd = open("/proc/self/pagemap", O_RDONLY);
    if (fd != -1) {
        if (pread(fd, &entry, 8, (unsigned long)&variable / 4096 * 8) != 8)
            entry = 0;
        close(fd);
    }
    entry &= (1UL << 55) - 1;
    n = entry ? sprintf(text, "frame 0x%lx\n", entry) : sprintf(text, "frame hidden\n");
    if (write(1, text, n) != n) {
        perror("parent: stdout");
        return 1;
    }
    return 0;
}
