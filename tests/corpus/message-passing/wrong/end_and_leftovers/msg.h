#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>

#define KEY 5679
#define SIZE 100

struct message {
    long type;
    int length;
    char text[SIZE];
};

#define BYTES (sizeof(struct message) - sizeof(long))
