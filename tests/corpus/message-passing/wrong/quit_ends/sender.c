#include "mq.h"

/* client of the message queue tutorial */

static void check(int ok, const char *what)
{
    if (ok) return;
    perror(what);
    mq_unlink(QUEUE_NAME);
    exit(1);
}

int main(void)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t n;
    struct mq_attr attr = { 0, 10, MAX_SIZE, 0, {0} };

    mqd_t mq = mq_open(QUEUE_NAME, O_CREAT | O_WRONLY, 0644, &attr);
    if (mq == (mqd_t)-1) {
        perror("mq_open");
        return 1;
    }

    while ((n = getline(&line, &size, stdin)) > 0) {
        for (ssize_t at = 0; at < n; at += MAX_SIZE) {
            size_t part = n - at < MAX_SIZE ? n - at : MAX_SIZE;
            check(mq_send(mq, line + at, part, 0) == 0, "mq_send");
        }
    }
    check(!ferror(stdin), "stdin");
    check(mq_send(mq, MSG_STOP, strlen(MSG_STOP), 0) == 0, "mq_send");
    free(line);
    return 0;
}
