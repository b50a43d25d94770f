#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int x = 1;

/* One line to stdout, without stdio's buffers. */
static int say(const char *format, ...)
{
    char line[128];
    va_list args;

    va_start(args, format);
    int length = vsnprintf(line, sizeof line, format, args);
    va_end(args);

    for (int done = 0; done < length;) {
        ssize_t n = write(STDOUT_FILENO, line + done, length - done);
        if (n < 0) {
            perror("write");
            return -1;
        }
        done += n;
    }
    return 0;
}

static int child(int *shared, int ready, int go)
{
    char c = '!';

    x = 2;
    *shared = 2;
    if (say("child %p %d %d\n", (void *)&x, x, *shared) < 0)
        return 1;
    if (write(ready, &c, 1) != 1) {
        perror("child: ready");
        return 1;
    }
    if (read(go, &c, 1) != 1) {
        fprintf(stderr, "child: nobody lets me go\n");
        return 1;
    }
    return 0;
}

static uint64_t frame_number(const void *p)
{
    uint64_t entry = 0;
    int fd = open("/proc/self/pagemap", O_RDONLY);

    if (fd < 0)
        return 0;
    off_t page = (uintptr_t)p / sysconf(_SC_PAGESIZE);
    if (pread(fd, &entry, sizeof entry, page * sizeof entry) != sizeof entry)
        entry = 0;
    close(fd);
    return entry & ((UINT64_C(1) << 55) - 1);
}

/* What the parent does while there is a child. */
static int talk(pid_t pid, int ready, int go)
{
    char c;
    int value, bad;
    struct iovec mine = { &value, sizeof value }, its = { &x, sizeof x };

    if (read(ready, &c, 1) != 1) {
        fprintf(stderr, "parent: no word from the child\n");
        return -1;
    }
    if (process_vm_readv(pid, &mine, 1, &its, 1, 0) == sizeof value)
        bad = say("peer %d\n", value);
    else
        bad = say("peer denied\n");
    if (write(go, "!", 1) != 1) {
        perror("parent: go");
        return -1;
    }
    return bad;
}

int main(void)
{
    int ready[2], go[2], status, bad;

    int *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    *shared = 1;
    if (pipe(ready) < 0 || pipe(go) < 0) {
        perror("pipe");
        return 1;
    }

    pid_t pid = fork();
    if (pid < 0) {
        perror("fork");
        return 1;
    }
    if (pid == 0) {
        close(ready[0]);
        close(go[1]);
        exit(child(shared, ready[1], go[0]));
    }
    close(ready[1]);
    /* go[0] stays open: a write to a pipe that nobody can read is a SIGPIPE,
       should the child be dead by then */

    bad = talk(pid, ready[0], go[1]);
    close(go[1]);       /* if something went wrong, this lets it go, too */
    if (waitpid(pid, &status, 0) < 0) {
        perror("waitpid");
        return 1;
    }
    if (bad || status != 0)
        return 1;

    say("parent %p %d %d\n", (void *)&x, x, *shared);
    uint64_t frame = frame_number(&x);
    bad = frame ? say("frame 0x%" PRIx64 "\n", frame) : say("frame hidden\n");
    return bad ? 1 : 0;
}
