#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int number = 1;

/* A read may be short or interrupted: again, until all has come. */
static void read_all(int fd, void *to, size_t size, off_t from)
{
    size_t done = 0;
    while (done < size) {
        ssize_t n = pread(fd, (char *)to + done, size - done, from + done);
        if (n > 0)
            done += n;
    }
}

static unsigned long frame_of(const int *p)
{
    unsigned long entry;
    int fd = open("/proc/self/pagemap", O_RDONLY);

    if (fd == -1)
        return 0;
    read_all(fd, &entry, sizeof entry, (unsigned long)p / getpagesize() * sizeof entry);
    close(fd);
    return entry & ((1UL << 55) - 1);
}

static int put(const char *s)
{
    size_t n = strlen(s);
    while (n > 0) {
        ssize_t w = write(STDOUT_FILENO, s, n);
        if (w == -1 && errno != EINTR) {
            perror("stdout");
            return -1;
        }
        if (w > 0) {
            s += w;
            n -= w;
        }
    }
    return 0;
}

int main(void)
{
    char line[80], c = 0;
    int told[2], go[2], copy, status, bad = 1;

    int *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED || pipe(told) || pipe(go)) {
        perror("address_space");
        return 1;
    }
    *page = 1;
    pid_t pid = fork();
    if (pid == -1) {
        perror("fork");
        return 1;
    }
    if (pid == 0) {
        close(told[0]);
        close(go[1]);
        number = *page = 2;
        sprintf(line, "child %p %d %d\n", (void *)&number, number, *page);
        if (put(line) == -1)
            _exit(1);
        if (write(told[1], &c, 1) == -1 || read(go[0], &c, 1) == -1) {
            perror("child");
            _exit(1);
        }
        _exit(0);
    }
    close(told[1]);
    close(go[0]);
    if (read(told[0], &c, 1) == 1) {
        struct iovec a = { &copy, sizeof copy }, b = { &number, sizeof number };
        strcpy(line, "peer denied\n");
        if (process_vm_readv(pid, &a, 1, &b, 1, 0) == sizeof copy)
            sprintf(line, "peer %d\n", copy);
        bad = put(line);
    }
    close(go[1]);
    if (waitpid(pid, &status, 0) == -1 || status || bad) {
        fprintf(stderr, "failed\n");
        return 1;
    }
    sprintf(line, "parent %p %d %d\n", (void *)&number, number, *page);
    if (put(line) == -1)
        return 1;
    unsigned long f = frame_of(&number);
    if (f)
        sprintf(line, "frame 0x%lx\n", f);
    else
        strcpy(line, "frame hidden\n");
    return put(line) == -1;
}
