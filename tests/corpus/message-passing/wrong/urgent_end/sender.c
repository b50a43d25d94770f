#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/stat.h>
#include "proto.h"

#define handle_error(msg) \
    do { perror(msg); mq_unlink(MQ_NAME); exit(EXIT_FAILURE); } while (0)

int
main(void)
{
    struct mq_attr attr = { .mq_maxmsg = 10, .mq_msgsize = MQ_SIZE };
    char           buf[MQ_SIZE];
    ssize_t        nr;
    mqd_t          mqdes;

    mqdes = mq_open(MQ_NAME, O_WRONLY | O_CREAT, 0600, &attr);
    if (mqdes == (mqd_t) -1) {
        perror("mq_open");
        exit(EXIT_FAILURE);
    }

    while ((nr = read(STDIN_FILENO, buf, sizeof(buf))) > 0)
        if (mq_send(mqdes, buf, nr, PRIO_DATA) == -1)
            handle_error("mq_send");
    if (nr == -1)
        handle_error("read");

    if (mq_send(mqdes, "", 0, PRIO_STOP) == -1)
        handle_error("mq_send");
    exit(EXIT_SUCCESS);
}
