#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <errno.h>
#include <stdint.h>
#include <fcntl.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>

static int v = 1;
static int rc = 0;      /* the exit status, in the end */

static int complain(const char *what)
{
    fprintf(stderr, "address_space: %s: %s\n", what, strerror(errno));
    return rc = 1;
}

static void out(const char *s)
{
    size_t n = strlen(s);
    ssize_t w;
    while (n > 0) {
        if ((w = write(1, s, n)) < 0) {
            complain("write");
            return;
        }
        s += w;
        n -= w;
    }
}

static void values(const char *who, int s)
{
    char text[64];
    snprintf(text, sizeof text, "%s %p %d %d\n", who, (void *)&v, v, s);
    out(text);
}

static void frame(void)
{
    char text[64];
    uint64_t pte;
    int fd = open("/proc/self/pagemap", O_RDONLY);

    if (fd == -1) {
        out("frame hidden\n");
        return;
    }
    if (pread(fd, &pte, 8, (uintptr_t)&v / getpagesize() * 8) != 8) {
        complain("pagemap");
        pte = 0;
    }
    close(fd);
    pte &= (1ull << 55) - 1;
    snprintf(text, sizeof text, pte ? "frame 0x%llx\n" : "frame hidden\n", (unsigned long long)pte);
    out(text);
}

int main(void)
{
    int p[2], q[2], x, st;
    char c;
    int *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (s == MAP_FAILED) return complain("mmap");
    *s = 1;
    if (pipe(p) || pipe(q)) return complain("pipe");
    pid_t pid = fork();
    if (pid < 0) return complain("fork");
    if (pid == 0) {
        close(p[0]);
        close(q[1]);
        v = *s = 2;
        values("child", *s);
        if (rc) return rc;
        if (write(p[1], "", 1) < 0) return complain("pipe");
        if (read(q[0], &c, 1) < 0) return complain("pipe");
        return 0;
    }
    close(p[1]);
    close(q[0]);
    ssize_t n = read(p[0], &c, 1);
    if (n < 0) complain("pipe");
    if (n == 0) rc = 1;
    if (n == 1) {
        struct iovec l = { &x, 4 }, r = { &v, 4 };
        char text[32] = "peer denied\n";
        if (process_vm_readv(pid, &l, 1, &r, 1, 0) == 4) sprintf(text, "peer %d\n", x);
        out(text);
    }
    close(q[1]);
    if (waitpid(pid, &st, 0) < 0) return complain("waitpid");
    if (st) rc = 1;
    if (rc) return rc;
    values("parent", *s);
    if (rc) return rc;
    frame();
    return rc;
}
