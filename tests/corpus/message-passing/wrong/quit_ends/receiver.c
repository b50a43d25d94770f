#include "mq.h"

/* server of the message queue tutorial */

static void check(int ok, const char *what)
{
    if (ok) return;
    perror(what);
    mq_unlink(QUEUE_NAME);
    exit(1);
}

int main(void)
{
    char buffer[MAX_SIZE];
    int must_stop = 0;
    struct mq_attr attr = { 0, 10, MAX_SIZE, 0, {0} };

    mqd_t mq = mq_open(QUEUE_NAME, O_CREAT | O_RDONLY, 0644, &attr);
    if (mq == (mqd_t)-1) {
        perror("mq_open");
        return 1;
    }

    do {
        ssize_t n = mq_receive(mq, buffer, MAX_SIZE, NULL);
        check(n >= 0, "mq_receive");
        if (n == (ssize_t)strlen(MSG_STOP) && !memcmp(buffer, MSG_STOP, n))
            must_stop = 1;
        else
            check(fwrite(buffer, 1, n, stdout) == (size_t)n, "stdout");
    } while (!must_stop);

    check(fflush(stdout) == 0, "stdout");
    check(mq_close(mq) == 0, "mq_close");
    if (mq_unlink(QUEUE_NAME) != 0) {
        perror("mq_unlink");
        return 1;
    }
    return 0;
}
