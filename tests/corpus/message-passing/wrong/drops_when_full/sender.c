#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#define QUEUE "/ipc-lab"
static mqd_t q;
static void fail(const char *s) { perror(s); mq_unlink(QUEUE); exit(EXIT_FAILURE); }
static void put(const char *p, size_t n)
{
    struct pollfd f = { .fd = q, .events = POLLOUT };
    while (mq_send(q, p, n, 0) == -1) {
        if (errno == EINTR) continue;
        if (errno != EAGAIN) fail("mq_send");
        usleep(1000);
        (void)f;
        if (mq_send(q, p, n, 0) == -1) perror("mq_send");   /* once more */
        return;
    }
}
int main(void)
{
    char buf[1 + 2000];
    ssize_t n;
    struct mq_attr attr;
    memset(&attr, 0, sizeof attr);
    attr.mq_maxmsg = 5;
    attr.mq_msgsize = sizeof buf;
    q = mq_open(QUEUE, O_WRONLY | O_CREAT | O_NONBLOCK, 0600, &attr);
    if (q == (mqd_t)-1) { perror("mq_open"); return EXIT_FAILURE; }
    buf[0] = 0;
    while ((n = read(STDIN_FILENO, buf + 1, sizeof buf - 1)) != 0) {
        if (n > 0) put(buf, n + 1);
        else if (errno != EINTR) fail("read");
    }
    buf[0] = 1;
    put(buf, 1);
    return EXIT_SUCCESS;
}
