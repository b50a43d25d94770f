#pragma once
#include <fcntl.h>
#include <mqueue.h>
#include <cstdio>
#include <cstdlib>

const int SIZE = 8192;

inline mqd_t open_or_die(int how)
{
    mqd_t q = mq_open("/ipc-lab", how | O_CREAT, 0600, nullptr);
    if (q == (mqd_t)-1) {
        perror("mq_open");
        exit(1);
    }
    return q;
}

inline void die(const char *why)
{
    perror(why);
    mq_unlink("/ipc-lab");
    exit(1);
}
