#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>

int normal = 1;

static void quit(const char *s) { perror(s); exit(1); }

static unsigned long frame(void)
{
    unsigned long e = 0;
    int fd = open("/proc/self/pagemap", O_RDONLY);
    if (fd < 0) return 0;
    if (pread(fd, &e, 8, (unsigned long)&normal / 4096 * 8) != 8) e = 0;
    close(fd);
    return e & 0x7fffffffffffff;
}

int main(void)
{
    int a[2], b[2], val, st;
    char c = 'c';

    int *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) quit("mmap");
    *page = 1;
    if (pipe(a) < 0 || pipe(b) < 0) quit("pipe");

    pid_t pid = fork();
    if (pid < 0) quit("fork");
    if (pid == 0) {
        close(a[0]);
        close(b[1]);
        normal = 2;
        *page = 2;
        /* the \n prints the line at once */
        if (printf("child %p %d %d\n", (void *)&normal, normal, *page) < 0) quit("printf");
        if (write(a[1], &c, 1) != 1) quit("write");
        if (read(b[0], &c, 1) < 0) quit("read");
        if (fclose(stdout) == EOF) quit("stdout");
        return 0;
    }
    close(a[1]);
    close(b[0]);
    if (read(a[0], &c, 1) == 1) {
        struct iovec l = { &val, sizeof val }, r = { &normal, sizeof normal };
        if (process_vm_readv(pid, &l, 1, &r, 1, 0) < 0) printf("peer denied\n");
        else printf("peer %d\n", val);
        if (fflush(stdout)) quit("stdout");
    }
    close(b[1]);
    if (wait(&st) < 0 || st != 0) { fprintf(stderr, "child failed\n"); return 1; }
    printf("parent %p %d %d\n", (void *)&normal, normal, *page);
    unsigned long f = frame();
    if (f) printf("frame 0x%lx\n", f);
    else printf("frame hidden\n");
    if (fflush(stdout)) quit("stdout");
    return 0;
}
