#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/shm.h>
#include <unistd.h>

#define READY "letters.ready"
#define READ "letters.read"

static int begin_watching(void)
{
    int in = inotify_init1(IN_CLOEXEC);
    if (in == -1) {
        perror("inotify_init1");
        return -1;
    }
    if (inotify_add_watch(in, ".", IN_CREATE) == -1) {
        perror("inotify_add_watch");
        return -1;
    }
    return in;
}

/* The watch is older than the look: no file can come unseen. */
static int wait_for_file(int in, const char *name)
{
    char buf[4096] __attribute__((aligned(8)));
    while (access(name, F_OK) == -1) {
        if (errno != ENOENT) {
            perror(name);
            return -1;
        }
        if (read(in, buf, sizeof buf) == -1 && errno != EINTR) {
            perror("read");
            return -1;
        }
    }
    return 0;
}

static int make_file(const char *name)
{
    int fd = open(name, O_WRONLY | O_CREAT, 0600);
    if (fd == -1) {
        perror(name);
        return -1;
    }
    close(fd);
    return 0;
}
