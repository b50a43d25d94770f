#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int var = 1;

static void line(const char *who, int *page)
{
    dprintf(STDOUT_FILENO, "%s %p %d %d\n", who, (void *)&var, var, *page);
}

int main(void)
{
    int up[2], down[2], peer;
    unsigned long entry = 0;
    char c;

    int *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED || pipe(up) == -1 || pipe(down) == -1) {
        perror("setup");
        exit(EXIT_FAILURE);
    }
    *page = 1;

    pid_t pid = vfork();    /* like fork, only faster */
    if (pid == -1) {
        perror("vfork");
        exit(EXIT_FAILURE);
    }
    if (pid == 0) {
        var = 2;
        *page = 2;
        line("child", page);
        if (write(up[1], "r", 1) != 1)
            _exit(1);
        if (read(down[0], &c, 1) != 1)
            _exit(1);
        _exit(0);
    }

    if (read(up[0], &c, 1) != 1) {
        perror("read");
        exit(EXIT_FAILURE);
    }
    struct iovec l = { &peer, sizeof peer }, r = { &var, sizeof var };
    if (process_vm_readv(pid, &l, 1, &r, 1, 0) == -1)
        dprintf(STDOUT_FILENO, "peer denied\n");
    else
        dprintf(STDOUT_FILENO, "peer %d\n", peer);
    if (write(down[1], "g", 1) != 1) {
        perror("write");
        exit(EXIT_FAILURE);
    }
    waitpid(pid, NULL, 0);
    line("parent", page);

    int fd = open("/proc/self/pagemap", O_RDONLY);
    if (fd != -1 && pread(fd, &entry, 8, (unsigned long)&var / 4096 * 8) != 8)
        entry = 0;
    entry &= 0x7fffffffffffffUL;
    if (entry)
        dprintf(STDOUT_FILENO, "frame 0x%lx\n", entry);
    else
        dprintf(STDOUT_FILENO, "frame hidden\n");
    return 0;
}
