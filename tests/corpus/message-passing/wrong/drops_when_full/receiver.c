#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>
#define QUEUE "/ipc-lab"
int main(void)
{
    char buf[1 + 2000];
    int rc = EXIT_FAILURE;
    struct mq_attr attr;
    memset(&attr, 0, sizeof attr);
    attr.mq_maxmsg = 5;
    attr.mq_msgsize = sizeof buf;
    mqd_t q = mq_open(QUEUE, O_RDONLY | O_CREAT | O_NONBLOCK, 0600, &attr);
    if (q == (mqd_t)-1) { perror("mq_open"); return EXIT_FAILURE; }
    for (;;) {
        fd_set set;
        FD_ZERO(&set);
        FD_SET(q, &set);
        if (select(q + 1, &set, NULL, NULL, NULL) == -1) {
            if (errno == EINTR) continue;
            perror("select");
            break;
        }
        ssize_t n = mq_receive(q, buf, sizeof buf, NULL);
        if (n == -1) {
            if (errno == EINTR || errno == EAGAIN) continue;
            perror("mq_receive");
            break;
        }
        if (buf[0] == 1) { rc = EXIT_SUCCESS; break; }
        char *p = buf + 1;
        n--;
        while (n > 0) {
            ssize_t w = write(STDOUT_FILENO, p, n);
            if (w == -1 && errno == EINTR) continue;
            if (w == -1) { perror("write"); goto out; }
            p += w;
            n -= w;
        }
    }
out:
    if (mq_unlink(QUEUE) == -1) { perror("mq_unlink"); rc = EXIT_FAILURE; }
    return rc;
}
