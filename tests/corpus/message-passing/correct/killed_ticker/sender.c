#include "ticker.h"
#include <fcntl.h>
#include <mqueue.h>
#include <stdbool.h>
#include <sys/stat.h>

static bool copy(mqd_t q)
{
    char buf[6000];
    ssize_t n;
    bool more = true;

    while (more) {
        n = read(0, buf, sizeof(buf) - 1);
        if (n < 0) {
            if (errno == EINTR)
                continue;
            perror("read");
            return false;
        }
        more = n > 0;
        /* The last byte of each message: will there be another? */
        buf[n] = more;
        while (mq_send(q, buf, n + 1, 0) < 0)
            if (errno != EINTR) {
                perror("mq_send");
                return false;
            }
    }
    return true;
}

int main(void)
{
    struct mq_attr attr = {.mq_maxmsg = 5, .mq_msgsize = 6000};
    mqd_t q;
    pid_t ticker;
    bool good;

    q = mq_open("/ipc-lab", O_CREAT | O_WRONLY, 0600, &attr);
    if (q == (mqd_t)-1) {
        perror("mq_open");
        return 1;
    }
    ticker = start_ticker();
    if (ticker < 0)
        perror("no ticker, never mind");

    good = copy(q);
    if (!good)
        mq_unlink("/ipc-lab");
    if (ticker > 0 && stop_ticker(ticker) < 0)
        perror("ticker");
    return good ? 0 : 1;
}
