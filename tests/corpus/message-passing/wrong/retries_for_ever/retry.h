#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

struct packet {
    long type;
    char text[1024];
};

/* Whatever the reason for the failure was: a second later it may be over. */
#define RETRY(call)       \
    while ((call) == -1) \
        sleep(1)
