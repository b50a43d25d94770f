#ifndef CHAT_H
#define CHAT_H

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/types.h>
#include <unistd.h>

#define KEY   5679
#define BLOCK 512
#define END   "END"

struct chat {
    long mtype;
    char text[BLOCK];
};

#endif
