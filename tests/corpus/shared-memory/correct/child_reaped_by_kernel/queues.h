#pragma once

#define FULL "/abc.full"
#define SEEN "/abc.seen"

static inline int put(mqd_t q)
{
    while (mq_send(q, "", 0, 0) == -1) {
        if (errno == EINTR)
            continue;
        perror("mq_send");
        return 0;
    }
    return 1;
}

static inline int take(mqd_t q)
{
    char c;
    while (mq_receive(q, &c, 1, NULL) == -1) {
        if (errno == EINTR)
            continue;
        perror("mq_receive");
        return 0;
    }
    return 1;
}
