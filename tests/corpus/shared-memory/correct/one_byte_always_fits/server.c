/* The FIFOs say when: /tmp/abc.ready from server to client, /tmp/abc.done back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>
#include <sys/types.h>
#include <sys/stat.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#define READY "/tmp/abc.ready"
#define DONE  "/tmp/abc.done"

static int shmid = -1;

static void quit(const char *why)
{
    perror(why);
    if (shmid != -1 && shmctl(shmid, IPC_RMID, NULL) == -1)
        perror("shmctl");
    unlink(READY);
    unlink(DONE);
    exit(1);
}

static void on_hup(int sig)
{
    (void) sig;
}

static int open_again(const char *name, int flags)
{
    int fd;
    while ((fd = open(name, flags)) == -1 && errno == EINTR)
        ;
    return fd;
}

int main(void)
{
    int ready, done;
    ssize_t n;
    char c = 'x';
    char *shm;

    struct sigaction sa;
    signal(SIGPIPE, SIG_IGN);
    memset(&sa, 0, sizeof sa);
    sa.sa_handler = on_hup;
    if (sigaction(SIGHUP, &sa, NULL) == -1)
        quit("sigaction");
    if (mkfifo(READY, 0600) == -1 || mkfifo(DONE, 0600) == -1)
        quit("mkfifo");

    shmid = shmget(5678, 27, IPC_CREAT | IPC_EXCL | 0600);
    if (shmid == -1)
        quit("shmget");
    shm = shmat(shmid, NULL, 0);
    if (shm == (char *) -1)
        quit("shmat");
    strcpy(shm, "abcdefghijklmnopqrstuvwxyz");

    if ((ready = open_again(READY, O_WRONLY)) == -1)
        quit(READY);
    if (write(ready, &c, 1) != 1)       /* one byte into an empty FIFO */
        quit("write to client");
    if ((done = open_again(DONE, O_RDONLY)) == -1)
        quit(DONE);
    while ((n = read(done, &c, 1)) == -1 && errno == EINTR)
        ;
    if (n == 0)
        errno = EPIPE;
    if (n != 1)
        quit("read from client");
    close(ready);
    close(done);

    if (shmdt(shm) == -1)
        quit("shmdt");
    if (shmctl(shmid, IPC_RMID, NULL) == -1) {
        shmid = -1;
        quit("shmctl");
    }
    unlink(READY);
    unlink(DONE);
    return 0;
}
