/* server and client in one file: compile with -DPROGRAM=serve or -DPROGRAM=ask
 *
 * How it works: the server holds a lock on the file "server.pid" while it makes the segment and
 * writes it. The client gets the lock only after that, reads the segment, and sends SIGUSR1 to the
 * process whose number is in the file.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>

#define PIDFILE "server.pid"

static int complain(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    return EXIT_FAILURE;
}

static int set_lock(int fd, short type)
{
    struct flock l = {.l_type = type, .l_whence = SEEK_SET};
    int r;
    do r = fcntl(fd, F_SETLKW, &l); while (r == -1 && errno == EINTR);
    return r;
}

static int write_whole(int fd, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, data, size);
        if (n == -1 && errno == EINTR) continue;
        if (n == -1) return -1;
        data += n;
        size -= n;
    }
    return 0;
}

static int wait_for_usr1(const sigset_t *usr1)
{
    int r;
    do r = sigwaitinfo(usr1, NULL); while (r == -1 && errno == EINTR);
    return r;
}

static int serve_in(int shm, int file, const sigset_t *usr1)
{
    char *text = shmat(shm, NULL, 0);
    if (text == (void *)-1) return complain("shmat");

    strcpy(text, "abcdefghijklmnopqrstuvwxyz");

    if (set_lock(file, F_UNLCK) == -1) return complain("unlock");
    if (wait_for_usr1(usr1) == -1) return complain("sigwaitinfo");
    return EXIT_SUCCESS;
}

static int serve_with(int file)
{
    sigset_t usr1;
    char number[20];

    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    if (sigprocmask(SIG_BLOCK, &usr1, NULL) == -1) return complain("sigprocmask");

    if (set_lock(file, F_WRLCK) == -1) return complain("lock");
    int n = snprintf(number, sizeof number, "%ld\n", (long)getpid());
    if (write_whole(file, number, n) == -1) return complain(PIDFILE);

    int shm = shmget(5678, 27, IPC_CREAT | IPC_EXCL | 0600);
    if (shm == -1) return complain("shmget");
    int status = serve_in(shm, file, &usr1);
    if (shmctl(shm, IPC_RMID, NULL) == -1) status = complain("shmctl");
    return status;
}

int serve(void)
{
    int file = open(PIDFILE, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (file == -1) return complain(PIDFILE);
    int status = serve_with(file);
    unlink(PIDFILE);
    return status;
}

int ask(void)
{
    char number[20] = "", text[28];
    ssize_t n;

    int shm = shmget(5678, 27, 0);
    if (shm == -1) return complain("shmget");
    int file = open(PIDFILE, O_RDWR);
    if (file == -1) return complain(PIDFILE);
    if (set_lock(file, F_RDLCK) == -1) return complain("lock");

    do n = read(file, number, sizeof number - 1); while (n == -1 && errno == EINTR);
    if (n == -1) return complain(PIDFILE);
    long server = atol(number);
    if (server <= 1) {
        fprintf(stderr, "%s: no number in it\n", PIDFILE);
        return EXIT_FAILURE;
    }

    const char *p = shmat(shm, NULL, SHM_RDONLY);
    if (p == (void *)-1) return complain("shmat");
    memcpy(text, p, 26);
    text[26] = '\n';

    if (kill((pid_t)server, SIGUSR1) == -1) return complain("kill");

    for (int i = 0; i < 27; i++)
        if (write_whole(STDOUT_FILENO, &text[i], 1) == -1) return complain("stdout");
    return EXIT_SUCCESS;
}

int main(void)
{
    return PROGRAM();
}
