#ifndef IPC_H
#define IPC_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/types.h>
#include <unistd.h>

#define KEY 5679
#define NAP 10000 /* microseconds */

struct msgbuf1 {
    long mtype;         /* 1: mtext counts, 2: end */
    char mtext[2000];
};

#endif
