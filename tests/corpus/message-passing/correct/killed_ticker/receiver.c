#include "ticker.h"
#include <fcntl.h>
#include <mqueue.h>
#include <stdlib.h>
#include <sys/stat.h>

static mqd_t q = (mqd_t)-1;
static pid_t ticker = -1;

static void finish(int status)
{
    if (ticker > 0 && stop_ticker(ticker) < 0) {
        perror("ticker");
        status = 1;
    }
    if (q != (mqd_t)-1 && mq_unlink("/ipc-lab") < 0) {
        perror("mq_unlink");
        status = 1;
    }
    exit(status);
}

static void give_up(const char *why)
{
    perror(why);
    finish(1);
}

int main(void)
{
    struct mq_attr attr = {.mq_maxmsg = 5, .mq_msgsize = 6000};
    char buf[6000];
    ssize_t n;

    q = mq_open("/ipc-lab", O_CREAT | O_RDONLY, 0600, &attr);
    if (q == (mqd_t)-1)
        give_up("mq_open");
    if ((ticker = start_ticker()) < 0)
        give_up("fork");

    do {
        n = mq_receive(q, buf, sizeof(buf), NULL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            give_up("mq_receive");
        for (ssize_t at = 0; at < n - 1;) {
            ssize_t w = write(1, buf + at, n - 1 - at);
            if (w < 0 && errno != EINTR)
                give_up("write");
            if (w > 0)
                at += w;
        }
    } while (n < 0 || buf[n - 1]);
    finish(0);
}
