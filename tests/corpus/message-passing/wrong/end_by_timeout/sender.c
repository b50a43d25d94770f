#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
    struct mq_attr a = {.mq_maxmsg = 10, .mq_msgsize = 512};
    char buf[512];
    ssize_t n;

    mqd_t q = mq_open("/ipc-lab", O_WRONLY | O_CREAT, 0600, &a);
    if (q == (mqd_t)-1) {
        perror("mq_open");
        return 1;
    }
    /* hello, here I am */
    if (mq_send(q, "", 0, 0) < 0) {
        perror("mq_send");
        mq_unlink("/ipc-lab");
        return 1;
    }
    while ((n = read(STDIN_FILENO, buf, sizeof buf)) > 0) {
        if (mq_send(q, buf, n, 0) < 0) {
            perror("mq_send");
            mq_unlink("/ipc-lab");
            return 1;
        }
    }
    if (n < 0) {
        perror("read");
        mq_unlink("/ipc-lab");
        return 1;
    }
    return 0;
}
