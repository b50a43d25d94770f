/* Stop and wait: one block is under way at a time. The receiver gets the process number of the sender with
 * each block and answers with SIGUSR1. */
#ifndef LINK_H
#define LINK_H

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

#define KEY 5679

struct block {
    long type;              /* 1 */
    pid_t sender;
    int length;             /* 0 at the end, which is not answered */
    char bytes[1500];
};
#define BLOCK_SIZE (sizeof(struct block) - sizeof(long))

#endif
