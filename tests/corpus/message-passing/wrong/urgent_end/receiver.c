#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "proto.h"

#define handle_error(msg) \
    do { perror(msg); mq_unlink(MQ_NAME); exit(EXIT_FAILURE); } while (0)

int
main(void)
{
    struct mq_attr attr = { .mq_maxmsg = 10, .mq_msgsize = MQ_SIZE };
    char           buf[MQ_SIZE];
    unsigned       prio;
    ssize_t        nr;
    mqd_t          mqdes;

    mqdes = mq_open(MQ_NAME, O_RDONLY | O_CREAT, 0600, &attr);
    if (mqdes == (mqd_t) -1) {
        perror("mq_open");
        exit(EXIT_FAILURE);
    }

    for (;;) {
        nr = mq_receive(mqdes, buf, sizeof(buf), &prio);
        if (nr == -1)
            handle_error("mq_receive");
        if (prio == PRIO_STOP)
            break;
        if (fwrite(buf, 1, nr, stdout) != (size_t) nr)
            handle_error("fwrite");
    }
    if (fflush(stdout) != 0)
        handle_error("fflush");

    if (mq_unlink(MQ_NAME) == -1) {
        perror("mq_unlink");
        exit(EXIT_FAILURE);
    }
    exit(EXIT_SUCCESS);
}
