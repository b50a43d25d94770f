#pragma once

#include <errno.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>

#define IPC_KEY  ((key_t)5679)
#define MAX_TEXT 1200

typedef struct {
    long mtype;
    char mtext[MAX_TEXT];
} message_t;

enum { T_TEXT = 1, T_EOF };

