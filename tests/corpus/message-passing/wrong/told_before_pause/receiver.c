#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SZ 2222

static mqd_t q;
static volatile sig_atomic_t something = 1;

static void handler(int s) { (void)s; something = 1; }

static void ask_to_be_told(void)
{
    struct sigevent ev;
    memset(&ev, 0, sizeof ev);
    ev.sigev_notify = SIGEV_SIGNAL;
    ev.sigev_signo = SIGUSR2;
    if (mq_notify(q, &ev) == -1 && errno != EBUSY) {
        perror("mq_notify");
        mq_unlink("/ipc-lab");
        exit(1);
    }
}

/* 1: go on, 0: end */
static int take_all(void)
{
    char b[SZ];
    ssize_t n;

    while ((n = mq_receive(q, b, SZ, NULL)) > 0) {
        ssize_t at = 0, w;
        while (at < n) {
            w = write(1, b + at, n - at);
            if (w == -1 && errno == EINTR)
                continue;
            if (w == -1) {
                perror("write");
                mq_unlink("/ipc-lab");
                exit(1);
            }
            at += w;
        }
    }
    if (n == -1 && errno != EAGAIN) {
        perror("mq_receive");
        mq_unlink("/ipc-lab");
        exit(1);
    }
    return n != 0;
}

int main(void)
{
    struct mq_attr attr;
    struct sigaction sa;

    memset(&sa, 0, sizeof sa);
    sa.sa_handler = handler;
    if (sigaction(SIGUSR2, &sa, NULL) == -1) {
        perror("sigaction");
        return 1;
    }

    memset(&attr, 0, sizeof attr);
    attr.mq_maxmsg = 10;
    attr.mq_msgsize = SZ;
    q = mq_open("/ipc-lab", O_RDONLY | O_NONBLOCK | O_CREAT, 0600, &attr);
    if (q == (mqd_t)-1) {
        perror("mq_open");
        return 1;
    }

    do {
        while (!something)
            pause();
        something = 0;
        ask_to_be_told();   /* before we look, so nothing is missed */
    } while (take_all());

    if (mq_unlink("/ipc-lab") == -1) {
        perror("mq_unlink");
        return 1;
    }
    return 0;
}
