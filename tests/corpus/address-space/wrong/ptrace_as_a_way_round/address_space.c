#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int num = 1;

static int quit(const char *why)
{
    perror(why);
    return 1;
}

/* There is more than one way into another process. */
static int peek(pid_t pid, int *value)
{
    struct iovec to = { value, sizeof *value }, from = { &num, sizeof num };
    int st;

    if (process_vm_readv(pid, &to, 1, &from, 1, 0) == sizeof *value)
        return 1;
    if (ptrace(PTRACE_ATTACH, pid, NULL, NULL) == -1)
        return 0;
    waitpid(pid, &st, __WALL);
    errno = 0;
    long word = ptrace(PTRACE_PEEKDATA, pid, &num, NULL);
    int ok = errno == 0;
    *value = (int)word;
    ptrace(PTRACE_DETACH, pid, NULL, NULL);
    return ok;
}

static unsigned long frame(void)
{
    unsigned long e = 0;
    int fd = open("/proc/self/pagemap", O_RDONLY);
    if (fd == -1)
        return 0;
    if (pread(fd, &e, 8, (unsigned long)&num / 4096 * 8) != 8)
        e = 0;
    close(fd);
    return e & ((1UL << 55) - 1);
}

int main(void)
{
    int a[2], b[2], st, value, bad = 1;
    char c = 0;

    int *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return quit("mmap");
    *page = 1;
    if (pipe(a) == -1 || pipe(b) == -1)
        return quit("pipe");
    pid_t pid = fork();
    if (pid == -1)
        return quit("fork");
    if (pid == 0) {
        close(a[0]);
        close(b[1]);
        num = *page = 2;
        printf("child %p %d %d\n", (void *)&num, num, *page);
        if (fflush(stdout) || write(a[1], &c, 1) != 1 || read(b[0], &c, 1) == -1)
            return quit("child");
        return 0;
    }
    close(a[1]);
    close(b[0]);
    if (read(a[0], &c, 1) == 1) {
        if (peek(pid, &value))
            printf("peer %d\n", value);
        else
            printf("peer denied\n");
        bad = fflush(stdout);
    }
    close(b[1]);
    if (waitpid(pid, &st, 0) == -1 || st || bad)
        return quit("child");
    printf("parent %p %d %d\n", (void *)&num, num, *page);
    unsigned long f = frame();
    if (f)
        printf("frame 0x%lx\n", f);
    else
        printf("frame hidden\n");
    return fflush(stdout) ? quit("stdout") : 0;
}
