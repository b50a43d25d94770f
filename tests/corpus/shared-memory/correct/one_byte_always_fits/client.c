#include <stdio.h>
#include <stdlib.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#define READY "/tmp/abc.ready"
#define DONE  "/tmp/abc.done"

static void quit(const char *why)
{
    perror(why);
    exit(1);
}

int main(void)
{
    char c;
    ssize_t n;
    int shmid, ready, done;
    char *shm;

    signal(SIGPIPE, SIG_IGN);
    if ((shmid = shmget(5678, 27, 0)) == -1)
        quit("shmget");
    if ((shm = shmat(shmid, NULL, SHM_RDONLY)) == (char *) -1)
        quit("shmat");
    while ((ready = open(READY, O_RDONLY)) == -1)
        if (errno != EINTR)
            quit(READY);
    while ((n = read(ready, &c, 1)) == -1 && errno == EINTR)
        ;
    if (n == -1)
        quit("read from server");
    if (n == 0) {
        fprintf(stderr, "client: the server is gone\n");
        exit(1);
    }
    printf("%.26s\n", shm);
    if (fflush(stdout) == EOF)
        quit("stdout");
    if (shmdt(shm) == -1)
        quit("shmdt");
    while ((done = open(DONE, O_WRONLY)) == -1)
        if (errno != EINTR)
            quit(DONE);
    while ((n = write(done, "y", 1)) == -1 && errno == EINTR)
        ;
    if (n != 1)
        quit("write to server");
    close(ready);
    close(done);
    return 0;
}
