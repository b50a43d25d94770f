#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

/* The sender says hello first; that may take a while. If then nothing comes for three seconds, it has
   sent everything. So we need no message for the end, and nothing that could be mistaken for it. */
#define QUIET 3

int main(void) {
    struct mq_attr a = {.mq_maxmsg = 10, .mq_msgsize = 512};
    char buf[512];
    int bad = 0;

    mqd_t q = mq_open("/ipc-lab", O_RDONLY | O_CREAT, 0600, &a);
    if (q == (mqd_t)-1) {
        perror("mq_open");
        return 1;
    }
    if (mq_receive(q, buf, sizeof buf, NULL) < 0) {
        perror("mq_receive");
        bad = 1;
    }
    while (!bad) {
        struct timespec t;
        ssize_t n;

        clock_gettime(CLOCK_REALTIME, &t);
        t.tv_sec += QUIET;
        n = mq_timedreceive(q, buf, sizeof buf, NULL, &t);
        if (n < 0 && errno == ETIMEDOUT)
            break;
        if (n < 0) {
            perror("mq_timedreceive");
            bad = 1;
            break;
        }
        if (fwrite(buf, 1, n, stdout) != (size_t)n) {
            perror("stdout");
            bad = 1;
            break;
        }
    }
    if (!bad && fflush(stdout) != 0) {
        perror("stdout");
        bad = 1;
    }
    if (mq_unlink("/ipc-lab") < 0) {
        perror("mq_unlink");
        bad = 1;
    }
    return bad;
}
